/* era: see era.h. */
#include "mcp/era.h"

#include "base/arena.h"
#include "mcp/capability.h"
#include "mcp/headers.h"
#include "mcp/level.h"

enum era
era_decide(const struct envelope *e, const struct era_fields *fields)
{
	if (envelope_has(e->meta_version) || e->method == METHOD_DISCOVER)
		return ERA_MODERN;
	return revision_claims_modern(fields->version) ? ERA_MODERN
						       : ERA_LEGACY;
}

/* ---- the modern checks, one step each, in the order of TR-31 ---- */

struct check {
	struct arena *a;
	const struct envelope *e;
	const struct era_fields *fields;
	unsigned offered;
	struct str version; /* protocolVersion, decoded; STR_NONE */
	struct str *data;
	struct fault *f;
};

static bool
check_kind(struct check *c)
{
	enum envelope_kind kind = c->e->kind;

	if (kind == ENVELOPE_BATCH)
		return fault_set(c->f, FAULT_MCP_BATCH, "a modern client's");
	return kind == ENVELOPE_REQUEST || kind == ENVELOPE_NOTIFICATION ||
		fault_set(c->f, FAULT_MCP_INVALID,
			"a response was sent to a modern endpoint");
}

static bool
lacks(struct check *c, struct str data, const char *key)
{
	*c->data = data;
	return fault_set(c->f, FAULT_MCP_PARAMS, "_meta lacks a valid %s", key);
}

#define LACKS(c, key)                                                          \
	lacks((c), STR("{\"missing\":[\"io.modelcontextprotocol/" key "\"]}"), \
		key)

static bool
check_meta(struct check *c)
{
	const struct envelope *e = c->e;
	bool request = e->kind == ENVELOPE_REQUEST;
	enum level level;

	c->version = envelope_text(c->a, e->meta_version);
	if (str_is_none(c->version) &&
		(request || envelope_has(e->meta_version)))
		return LACKS(c, "protocolVersion");
	if (!envelope_is_object(e->meta_capabilities) &&
		(request || envelope_has(e->meta_capabilities)))
		return LACKS(c, "clientCapabilities");
	if (envelope_has(e->meta_client_info) &&
		!envelope_is_object(e->meta_client_info))
		return fault_set(
			c->f, FAULT_MCP_PARAMS, "clientInfo is no object");
	if (envelope_has(e->meta_log_level) &&
		!level_parse(envelope_text(c->a, e->meta_log_level), &level))
		return fault_set(
			c->f, FAULT_MCP_PARAMS, "logLevel is no level");
	return true;
}

/* A field of a request has to be there and to say what the body says; of a
 * notification it may be missing (TR-23). */
static bool
check_field(
	struct check *c, const char *name, struct str field, struct str body)
{
	if (str_is_none(field) && c->e->kind == ENVELOPE_NOTIFICATION)
		return true;
	if (str_is_none(field))
		return fault_set(c->f, FAULT_MCP_HEADER, "%s is missing", name);
	if (str_is_none(body) || str_eq(field, body))
		return true;
	return fault_set(c->f, FAULT_MCP_HEADER,
		"%s is %.*s and the body says %.*s", name,
		STR_ARG(str_cut(field, 0, 64)), STR_ARG(str_cut(body, 0, 64)));
}

static struct envelope_member
named_member(const struct envelope *e)
{
	if (e->method != METHOD_UNKNOWN) {
		switch (methods_row(e->method)->named) {
		case METHOD_NAMED_NOT:
			break;
		case METHOD_NAMED_NAME:
			return e->name;
		case METHOD_NAMED_URI:
			return e->uri;
		}
	}
	return (struct envelope_member){ NULL, STR_NONE };
}

/* A name that the body lacks is the params' fault, not the field's. */
static bool
check_name(struct check *c)
{
	struct str body = envelope_text(c->a, named_member(c->e));
	struct str field = c->fields->name;

	if (str_is_none(body))
		return true;
	if (!str_is_none(field) && !headers_decode(c->a, field, &field))
		return fault_set(
			c->f, FAULT_MCP_HEADER, "Mcp-Name can't be decoded");
	return check_field(c, "Mcp-Name", field, body);
}

static bool
check_fields(struct check *c)
{
	const struct era_fields *fields = c->fields;

	return check_field(c, "MCP-Protocol-Version", fields->version,
		       c->version) &&
		check_field(
			c, "Mcp-Method", fields->method, c->e->method_name) &&
		check_name(c);
}

static bool
check_version(struct check *c)
{
	struct str asked =
		str_is_none(c->version) ? c->fields->version : c->version;
	struct str raw = c->e->meta_version.value;
	enum revision r;

	if (revision_parse(asked, &r) && revision_is_modern(r))
		return true;
	if (!str_is_none(raw))
		*c->data = str_join(c->a, STR("{\"supported\":"),
			revision_supported_json(), STR(",\"requested\":"), raw,
			STR("}"));
	return fault_set(c->f, FAULT_MCP_VERSION, "version %.*s",
		STR_ARG(str_cut(asked, 0, 64)));
}

static bool
check_method(struct check *c)
{
	const struct envelope *e = c->e;

	if (e->kind == ENVELOPE_NOTIFICATION)
		return true;
	if (!methods_for_server(e->method, REVISION_LATEST))
		return fault_set(c->f, FAULT_MCP_METHOD,
			"method %.*s is not of this revision",
			STR_ARG(str_cut(e->method_name, 0, 64)));
	if (!capability_serves(c->offered, e->method))
		return fault_set(c->f, FAULT_MCP_METHOD,
			"method %.*s is not offered", STR_ARG(e->method_name));
	return true;
}

bool
era_check_modern(struct arena *a, const struct era_ask *ask, struct str *data,
	struct fault *f)
{
	struct check c = {
		.a = a,
		.e = ask->e,
		.fields = &ask->fields,
		.offered = ask->offered,
		.version = STR_NONE,
		.data = data,
		.f = f,
	};

	*data = STR_NONE;
	return check_kind(&c) && check_meta(&c) && check_fields(&c) &&
		check_version(&c) && check_method(&c) &&
		era_check_params(ask->e, f);
}

/* ---- both eras ---- */

static bool
is_string(struct envelope_member m)
{
	return m.value.n >= 2 && m.value.p[0] == '"';
}

static bool
check_ref(const struct envelope *e, struct fault *f)
{
	bool prompt = envelope_is(e->ref_type, STR("ref/prompt"));
	bool resource = envelope_is(e->ref_type, STR("ref/resource")) ||
		envelope_is(e->ref_type, STR("ref\\/resource"));

	prompt = prompt || envelope_is(e->ref_type, STR("ref\\/prompt"));
	if ((prompt && is_string(e->ref_name)) ||
		(resource && is_string(e->ref_uri)))
		return true;
	return fault_set(f, FAULT_MCP_CALL_PARAMS,
		"ref names no prompt and no resource");
}

bool
era_check_params(const struct envelope *e, struct fault *f)
{
	if (e->kind != ENVELOPE_REQUEST)
		return true;
	if (e->method == METHOD_COMPLETE)
		return check_ref(e, f);
	if (e->method != METHOD_UNKNOWN &&
		methods_row(e->method)->named != METHOD_NAMED_NOT &&
		!is_string(named_member(e)))
		return fault_set(f, FAULT_MCP_CALL_PARAMS,
			"%.*s needs a name or uri", STR_ARG(e->method_name));
	if (e->method == METHOD_TOOLS_CALL && envelope_has(e->arguments) &&
		!envelope_is_object(e->arguments))
		return fault_set(
			f, FAULT_MCP_CALL_PARAMS, "arguments is no object");
	if (methods_has(e->method, METHOD_LISTS) && envelope_has(e->cursor) &&
		!is_string(e->cursor))
		return fault_set(f, FAULT_MCP_CURSOR, "it is no string");
	return true;
}

bool
era_check_legacy(const struct era_fields *fields, struct fault *f)
{
	enum revision r;

	if (str_is_none(fields->version) ||
		(revision_parse(fields->version, &r) &&
			r >= REVISION_OLDEST_HTTP && !revision_is_modern(r)))
		return true;
	return fault_set(f, FAULT_MCP_INVALID, "MCP-Protocol-Version is %.*s",
		STR_ARG(str_cut(fields->version, 0, 64)));
}

int
era_status(enum era era, enum fault_id id)
{
	if (era == ERA_LEGACY &&
		(id == FAULT_MCP_METHOD || id == FAULT_MCP_PARAMS ||
			id == FAULT_MCP_CAPABILITY || id == FAULT_MCP_CALLS))
		return 200;
	return fault_row(id)->http;
}
