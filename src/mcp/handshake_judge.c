/* handshake_judge: which era a server speaks, told from its answer to
 * server/discover; see handshake.h. */
#include "mcp/handshake.h"

#include "base/arena.h"

#define HEADER_MISMATCH     INT64_C(-32020)
#define MISSING_CAPABILITY  INT64_C(-32021)
#define UNSUPPORTED_VERSION INT64_C(-32022)

/* "supported" of -32022: whether a version that we speak is in it. */
static bool
names_ours(const struct json *data)
{
	enum revision r;

	json_each(one, json_get(data, "supported"))
		if (json_is(one, JSON_STRING) &&
			revision_parse(one->text, &r) && revision_is_modern(r))
			return true;
	return false;
}

/* A code alone proves nothing where the definition asks for data, since older
 * servers used it for other things (V-07); that of -32020 asks for none. */
static enum handshake_verdict
judge_error(struct arena *a, const struct envelope *e, struct fault *f)
{
	const struct json *error = json_parse(a, e->error.value, NULL, NULL);
	const struct json *data = json_get(error, "data");
	int64_t n = 0;

	if (!json_to_i64(json_get(error, "code"), &n))
		return HANDSHAKE_LEGACY;
	if (n == UNSUPPORTED_VERSION &&
		json_is(json_get(data, "supported"), JSON_ARRAY) &&
		json_is(json_get(data, "requested"), JSON_STRING)) {
		if (!names_ours(data))
			return HANDSHAKE_LEGACY;
		fault_set(f, FAULT_SERVER_ANSWER,
			"it refuses a version that it says it supports");
		return HANDSHAKE_AGAIN;
	}
	if (n == MISSING_CAPABILITY &&
		json_is(json_get(data, "requiredCapabilities"), JSON_OBJECT)) {
		fault_set(f, FAULT_SERVER_ANSWER,
			"it needs capabilities that we don't declare");
		return HANDSHAKE_AGAIN;
	}
	if (n == HEADER_MISMATCH) {
		fault_set(f, FAULT_SERVER_ANSWER,
			"it found headers and body at odds");
		return HANDSHAKE_AGAIN;
	}
	return HANDSHAKE_LEGACY;
}

/* 401 and 403 are about us, 5xx about the moment: no evidence (TR-72).  429
 * likewise. */
static bool
is_evidence(int status)
{
	return status == 0 || status == 200 ||
		(status >= 400 && status < 500 && status != 401 &&
			status != 403 && status != 407 && status != 408 &&
			status != 429);
}

enum handshake_verdict
handshake_judge(struct arena *a, const struct handshake_reply *reply,
	struct handshake_server *s, struct fault *f)
{
	struct envelope e;

	if (!is_evidence(reply->status)) {
		fault_set(f, FAULT_SERVER_ANSWER, "it answered HTTP %d",
			reply->status);
		return HANDSHAKE_UNKNOWN;
	}
	if (!envelope_read(reply->body, &e, f))
		return HANDSHAKE_LEGACY;
	if (e.kind == ENVELOPE_RESULT &&
		handshake_discover_read(a, e.result.value, s, f))
		return HANDSHAKE_MODERN;
	if (e.kind == ENVELOPE_ERROR)
		return judge_error(a, &e, f);
	return HANDSHAKE_LEGACY;
}
