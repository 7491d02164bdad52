/* child_feed: see child_feed.h. */
#include "net/child_feed.h"

#include "net/stream.h"

#define PARTS_MAX 14             /* of one writev() */
#define KEEP      ((size_t)4096) /* more memory is given back when empty */

void
child_feed_init(struct child_feed *feed, size_t max)
{
	*feed = (struct child_feed){ 0 };
	buf_init(&feed->waiting, max);
}

void
child_feed_close(struct child_feed *feed)
{
	stream_close(&feed->stream);
	buf_clear(&feed->waiting);
	feed->sent = 0;
}

static void
drop_sent(struct child_feed *feed, size_t n)
{
	feed->sent += n;
	if (feed->sent * 2 < feed->waiting.n)
		return;
	buf_drop(&feed->waiting, feed->sent);
	feed->sent = 0;
	if (feed->waiting.n == 0 && feed->waiting.cap > KEEP)
		buf_clear(&feed->waiting);
}

bool
child_feed_flush(struct child_feed *feed)
{
	struct iovec part = { feed->waiting.p + feed->sent,
		feed->waiting.n - feed->sent };
	size_t n;

	if (part.iov_len == 0)
		return true;
	switch (stream_write(feed->stream, &part, 1, &n)) {
	case STREAM_MOVED:
		drop_sent(feed, n);
		break;
	case STREAM_AGAIN:
		break;
	case STREAM_END:
	case STREAM_BROKEN:
		return false;
	}
	if (feed->waiting.n > 0)
		stream_want_write(feed->stream);
	return true;
}

/* Queues what the pipe did not take: all after the first skip bytes. */
static void
keep_rest(
	struct child_feed *feed, const struct str *parts, size_t n, size_t skip)
{
	for (size_t i = 0; i < n; i++) {
		if (skip < parts[i].n)
			buf_str(&feed->waiting,
				str_cut(parts[i], skip, parts[i].n));
		skip = skip < parts[i].n ? 0 : skip - parts[i].n;
	}
	buf_char(&feed->waiting, '\n');
	stream_want_write(feed->stream);
}

/* At once, as far as the pipe takes it. */
static bool
write_now(struct child_feed *feed, const struct str *parts, size_t n,
	size_t *done)
{
	struct iovec out[PARTS_MAX + 1];

	for (size_t i = 0; i < n; i++) {
		out[i].iov_base = (char *)(uintptr_t)parts[i].p;
		out[i].iov_len = parts[i].n;
	}
	out[n] = (struct iovec){ (char *)(uintptr_t) "\n", 1 };
	switch (stream_write(feed->stream, out, (int)n + 1, done)) {
	case STREAM_MOVED:
	case STREAM_AGAIN:
		return true;
	case STREAM_END:
	case STREAM_BROKEN:
		break;
	}
	return false;
}

enum child_fed
child_feed_line(struct child_feed *feed, const struct str *parts, size_t n)
{
	size_t total = 1, done = 0;

	for (size_t i = 0; i < n; i++)
		total += parts[i].n;
	if (feed->stream == NULL)
		return CHILD_CLOSED;
	if (total > feed->waiting.max - feed->waiting.n)
		return CHILD_FULL;
	if (feed->waiting.n == 0 && n <= PARTS_MAX &&
		!write_now(feed, parts, n, &done))
		return CHILD_CLOSED;
	if (done < total)
		keep_rest(feed, parts, n, done);
	return CHILD_FED;
}
