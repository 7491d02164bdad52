/* demo_call: see demo_call.h. */
#include "app/demo_call.h"

#include "app/demo.h"
#include "app/slug.h"
#include "base/arena.h"
#include "mcp/message.h"
#include "text/json_write.h"

#include <stdio.h>

#define TEXT_MAX ((size_t)8 << 20)
#define LIST_MAX ((size_t)16 << 10)
#define SECOND   1000

/* ---- tools/list ---- */

static void
write_tool(struct json_write *w, enum revision r, const char *const row[6])
{
	json_begin(w, '{');
	json_member_str(w, "name", str_from(row[0]));
	if (r >= REVISION_2025_06_18)
		json_member_str(w, "title", str_from(row[1]));
	json_member_str(w, "description", str_from(row[2]));
	json_member_raw(w, "inputSchema", str_from(row[3]));
	if (r >= REVISION_2025_06_18)
		json_member_raw(w, "outputSchema", str_from(row[4]));
	if (r >= REVISION_2025_03_26)
		json_member_raw(w, "annotations", str_from(row[5]));
	json_end(w);
}

static const char annotations[] =
	"{\"readOnlyHint\":true,\"destructiveHint\":false,"
	"\"idempotentHint\":true,\"openWorldHint\":false}";

static const char *const slugify[6] = { "slugify", "Slugify",
	"Turns a text into a URL slug: lower case, hyphens, Latin letters.",
	"{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\","
	"\"description\":\"The text\"}},\"required\":[\"text\"]}",
	"{\"type\":\"object\",\"properties\":{\"slug\":{\"type\":\"string\"}},"
	"\"required\":[\"slug\"]}",
	annotations };

static const char *const countdown[6] = { "countdown", "Countdown",
	"Counts down some seconds and tells of its progress. Can be cancelled.",
	"{\"type\":\"object\",\"properties\":{\"seconds\":{\"type\":"
	"\"integer\",\"minimum\":1,\"maximum\":15,\"description\":"
	"\"How many seconds\"}},\"required\":[\"seconds\"]}",
	"{\"type\":\"object\",\"properties\":{\"seconds\":{\"type\":"
	"\"integer\"}},\"required\":[\"seconds\"]}",
	annotations };

struct str
demo_call_list(struct arena *a, enum revision r)
{
	struct json_write w;
	struct buf out;

	buf_in(&out, a, LIST_MAX);
	json_write_init(&w, &out);
	json_begin(&w, '{');
	if (revision_is_modern(r)) {
		json_member_str(&w, "resultType", STR("complete"));
		json_member_i64(&w, "ttlMs", 3600000);
		json_member_str(&w, "cacheScope", STR("public"));
	}
	json_member(&w, "tools");
	json_begin(&w, '[');
	write_tool(&w, r, countdown);
	write_tool(&w, r, slugify);
	json_end(&w);
	json_end(&w);
	return buf_view(&out);
}

/* ---- responses ---- */

struct said {
	struct str id;
	enum revision revision;
	struct str text;
	struct str structured;
	const char *error; /* "true", or NULL */
};

static void
write_result(struct buf *out, const struct said *said)
{
	struct json_write w;

	json_write_init(&w, out);
	json_begin(&w, '{');
	json_member_raw(&w, "jsonrpc", STR("\"2.0\""));
	json_member_raw(&w, "id", said->id);
	json_member(&w, "result");
	json_begin(&w, '{');
	if (revision_is_modern(said->revision))
		json_member_str(&w, "resultType", STR("complete"));
	json_member(&w, "content");
	json_begin(&w, '[');
	json_begin(&w, '{');
	json_member_str(&w, "type", STR("text"));
	json_member_str(&w, "text", said->text);
	json_end(&w);
	json_end(&w);
	if (said->revision >= REVISION_2025_06_18)
		json_member_raw(&w, "structuredContent", said->structured);
	json_member_raw(&w, "isError", str_from(said->error));
	json_end(&w);
	json_end(&w);
	buf_char(out, '\n');
}

void
demo_call_answer(struct buf *out, const struct demo_call *c, struct str text,
	struct str structured)
{
	write_result(out,
		&(struct said){ .id = c->id,
			.revision = c->revision,
			.text = text,
			.structured = structured });
}

void
demo_call_wrong(struct buf *out, const struct demo_call *c, struct str why)
{
	write_result(out,
		&(struct said){ .id = c->id,
			.revision = c->revision,
			.text = why,
			.structured = STR_NONE,
			.error = "true" });
}

/* ---- slugify ---- */

void
demo_call_slugify(struct buf *out, const struct demo_call *c)
{
	struct str text = json_get_str(c->arguments, "text");
	struct buf slug, structured;
	struct json_write w;

	if (str_is_none(text)) {
		demo_call_wrong(
			out, c, STR("\"text\" is missing or is no string."));
		return;
	}
	buf_in(&slug, c->arena, TEXT_MAX);
	slug_write(&slug, text);
	buf_in(&structured, c->arena, TEXT_MAX);
	json_write_init(&w, &structured);
	json_begin(&w, '{');
	json_member_str(&w, "slug", buf_view(&slug));
	json_end(&w);
	if (buf_ok(&slug) && buf_ok(&structured))
		demo_call_answer(
			out, c, buf_view(&slug), buf_view(&structured));
	else
		demo_call_wrong(out, c, STR("The text is too long."));
}

/* ---- countdown ---- */

static void
say_progress(const struct demo_countdown *d, struct buf *out, struct str words)
{
	struct json_write w;
	struct buf params;

	buf_init(&params, 1024);
	json_write_init(&w, &params);
	json_begin(&w, '{');
	json_member_raw(&w, "progressToken", str_of(d->token, d->token_length));
	json_member_i64(&w, "progress", d->total - d->left);
	json_member_i64(&w, "total", d->total);
	if (d->revision >= REVISION_2025_03_26)
		json_member_str(&w, "message", words);
	json_end(&w);
	message_notification(out, METHOD_PROGRESS, buf_view(&params));
	buf_char(out, '\n');
	buf_clear(&params);
}

static void
say_log(struct buf *out, struct str words)
{
	struct json_write w;
	struct buf params;

	buf_init(&params, 1024);
	json_write_init(&w, &params);
	json_begin(&w, '{');
	json_member_str(&w, "level", level_name(LEVEL_INFO));
	json_member_str(&w, "logger", STR("countdown"));
	json_member_str(&w, "data", words);
	json_end(&w);
	message_notification(out, METHOD_MESSAGE, buf_view(&params));
	buf_char(out, '\n');
	buf_clear(&params);
}

static void
finish(struct demo_countdown *d, struct buf *out)
{
	char text[64], structured[64];

	snprintf(text, sizeof(text), "Counted down %lld second%s.",
		(long long)d->total, d->total == 1 ? "" : "s");
	snprintf(structured, sizeof(structured), "{\"seconds\":%lld}",
		(long long)d->total);
	write_result(out,
		&(struct said){ .id = str_of(d->id, d->id_length),
			.revision = d->revision,
			.text = str_from(text),
			.structured = str_from(structured) });
	d->running = false;
}

static void
say(const struct demo_countdown *d, struct buf *out)
{
	char words[64];

	snprintf(words, sizeof(words), "%lld second%s left", (long long)d->left,
		d->left == 1 ? "" : "s");
	if (d->token_length > 0)
		say_progress(d, out, str_from(words));
	if (d->level <= LEVEL_INFO)
		say_log(out, str_from(words));
}

bool
demo_call_countdown(struct demo_countdown *d, const struct demo_call *c,
	int64_t now, struct buf *out)
{
	int64_t seconds;

	if (!json_to_i64(json_get(c->arguments, "seconds"), &seconds) ||
		seconds < 1 || seconds > DEMO_COUNTDOWN_MAX) {
		demo_call_wrong(out, c,
			STR("\"seconds\" has to be a whole number from 1 to "
			    "15."));
		return false;
	}
	*d = (struct demo_countdown){
		.running = true,
		.revision = c->revision,
		.level = c->level,
		.due = now + SECOND,
		.left = seconds,
		.total = seconds,
		.id_length = c->id.n,
		.token_length = c->token.n,
	};
	memcpy(d->id, c->id.p, c->id.n);
	if (c->token.n > 0)
		memcpy(d->token, c->token.p, c->token.n);
	say(d, out);
	return true;
}

void
demo_call_count(struct demo_countdown *d, struct buf *out)
{
	d->left--;
	d->due += SECOND;
	/* The response says it for the last second: what comes just before it
	 * is lost on some clients. */
	if (d->left == 0)
		finish(d, out);
	else
		say(d, out);
}
