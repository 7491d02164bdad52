/* convert_content: see convert_content.h. */
#include "mcp/convert_content.h"

#include "base/arena.h"
#include "mcp/names.h"
#include "text/json.h"
#include "text/json_write.h"

/* A URI may grow by the hub's front, and blocks are short. */
#define GROWTH 8u
#define SPARE  ((size_t)4096)

struct work {
	struct arena *a;
	const struct convert_content *q;
	struct json_write w;
	struct buf out;
	bool failed;
};

static bool
holds(struct str raw, struct str word)
{
	return str_find(raw, word) < raw.n;
}

static bool
is_needed(const struct convert_content *q)
{
	if (!str_is_none(q->hub) && holds(q->raw, STR("\"uri\"")))
		return true;
	if (q->from <= q->to || q->kind == CONVERT_CONTENT_RESOURCES)
		return false;
	if (q->to <= REVISION_2025_03_26 &&
		holds(q->raw, STR("\"resource_link\"")))
		return true;
	return q->to == REVISION_2024_11_05 && holds(q->raw, STR("\"audio\""));
}

static struct str
client_uri(struct work *k, struct str uri)
{
	struct str mapped;

	if (str_is_none(uri) || str_is_none(k->q->hub))
		return uri;
	mapped = names_hub_uri(k->a, k->q->hub, uri);
	k->failed = k->failed || str_is_none(mapped);
	return mapped;
}

/* An object as it is, but for its uri. */
static void
write_with_uri(struct work *k, const struct json *v)
{
	json_begin(&k->w, '{');
	json_each(child, v) {
		json_member_key(&k->w, child->key);
		if (str_eq_lit(child->key, "uri") &&
			json_is(child, JSON_STRING))
			json_str(&k->w, client_uri(k, child->text));
		else
			json_raw(&k->w, child->raw);
	}
	json_end(&k->w);
}

static void
write_embedded(struct work *k, const struct json *block)
{
	json_begin(&k->w, '{');
	json_each(child, block) {
		json_member_key(&k->w, child->key);
		if (str_eq_lit(child->key, "resource") &&
			json_is(child, JSON_OBJECT))
			write_with_uri(k, child);
		else
			json_raw(&k->w, child->raw);
	}
	json_end(&k->w);
}

/* To revisions without resource_link: its name and place as text. */
static void
write_link_as_text(struct work *k, const struct json *block)
{
	struct str uri = client_uri(k, json_get_str(block, "uri"));
	struct str name = json_get_str(block, "title"), text;

	if (str_is_none(name))
		name = json_get_str(block, "name");
	text = str_join(k->a, str_is_none(name) ? STR("") : name, STR(" <"),
		str_is_none(uri) ? STR("") : uri, STR(">"));
	json_begin(&k->w, '{');
	json_member_str(&k->w, "type", STR("text"));
	json_member(&k->w, "text");
	json_str(&k->w, text);
	json_end(&k->w);
	k->failed = k->failed || str_is_none(text);
}

/* To 2024-11-05, which knows no audio: the same bytes as a resource. */
static void
write_audio_as_resource(struct work *k, const struct json *block)
{
	struct str data = json_get_str(block, "data");

	json_begin(&k->w, '{');
	json_member_str(&k->w, "type", STR("resource"));
	json_member(&k->w, "resource");
	json_begin(&k->w, '{');
	json_member_str(&k->w, "uri", STR("urn:ostiary:audio"));
	json_member_str(&k->w, "mimeType", json_get_str(block, "mimeType"));
	json_member_str(&k->w, "blob", str_is_none(data) ? STR("") : data);
	json_end(&k->w);
	json_end(&k->w);
}

static void
write_block(struct work *k, const struct json *block)
{
	struct str type = json_get_str(block, "type");
	enum revision to = k->q->to;

	if (str_eq_lit(type, "resource_link") && to <= REVISION_2025_03_26)
		write_link_as_text(k, block);
	else if (str_eq_lit(type, "resource_link"))
		write_with_uri(k, block);
	else if (str_eq_lit(type, "audio") && to == REVISION_2024_11_05)
		write_audio_as_resource(k, block);
	else if (str_eq_lit(type, "resource"))
		write_embedded(k, block);
	else
		json_raw(&k->w, block->raw);
}

static void
write_message(struct work *k, const struct json *message)
{
	if (!json_is(message, JSON_OBJECT)) {
		json_raw(&k->w, message->raw);
		return;
	}
	json_begin(&k->w, '{');
	json_each(child, message) {
		json_member_key(&k->w, child->key);
		if (str_eq_lit(child->key, "content") &&
			json_is(child, JSON_OBJECT))
			write_block(k, child);
		else
			json_raw(&k->w, child->raw);
	}
	json_end(&k->w);
}

static void
write_one(struct work *k, const struct json *one)
{
	switch (k->q->kind) {
	case CONVERT_CONTENT_BLOCKS:
		write_block(k, one);
		break;
	case CONVERT_CONTENT_MESSAGES:
		write_message(k, one);
		break;
	case CONVERT_CONTENT_RESOURCES:
		if (json_is(one, JSON_OBJECT))
			write_with_uri(k, one);
		else
			json_raw(&k->w, one->raw);
		break;
	}
}

bool
convert_content(struct arena *a, const struct convert_content *q,
	struct str *out, struct fault *f)
{
	struct work k = { .a = a, .q = q };
	struct fault inner = { .id = FAULT_NONE };
	const struct json *all;

	*out = q->raw;
	if (!is_needed(q))
		return true;
	all = json_parse(a, q->raw, NULL, &inner);
	if (all == NULL)
		return fault_set(f,
			inner.id == FAULT_TOO_LARGE ? FAULT_TOO_LARGE
						    : FAULT_SERVER_ANSWER,
			"content: %s", inner.detail);
	if (!json_is(all, JSON_ARRAY))
		return true;
	buf_in(&k.out, a, GROWTH * q->raw.n + SPARE);
	json_write_init(&k.w, &k.out);
	json_begin(&k.w, '[');
	json_each(one, all)
		write_one(&k, one);
	json_end(&k.w);
	if (k.failed || !buf_ok(&k.out))
		return fault_set(f, FAULT_TOO_LARGE, "the converted content");
	*out = buf_view(&k.out);
	return true;
}

struct str
convert_content_text(struct arena *a, struct str json)
{
	struct buf out;

	buf_in(&out, a, 6 * json.n + 64);
	buf_lit(&out, "[{\"type\":\"text\",\"text\":");
	json_quote(&out, json);
	buf_lit(&out, "}]");
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}
