/* http_dial: see http_dial.h. */
#include "net/http_dial.h"

#include "base/die.h"
#include "net/http_connect.h"
#include "net/http_head.h"
#include "net/http_lookup.h"
#include "net/http_proxy.h"
#include "net/loop.h"
#include "net/stream.h"

#include <inttypes.h>
#include <stdlib.h>

#define TUNNEL_MAX ((size_t)8192) /* of the proxy's answer */

/* Who moves it: begin() → LOOKING; heard() → CONNECTING; reached() →
 * TUNNELLING or SHAKING; on_tunnel() → SHAKING. */
enum state { LOOKING, CONNECTING, TUNNELLING, SHAKING };

struct http_dial {
	struct loop *loop;
	struct http_dial_plan plan;
	void (*done)(void *, struct stream *, const struct fault *);
	void *with;
	enum state state;
	struct loop_timer limit;
	struct loop_timer soon; /* begins */
	struct http_lookup *lookup;
	struct http_connect connect;      /* with the list of addresses */
	struct stream *stream;            /* once it is connected */
	char target[HTTP_AUTHORITY_SIZE]; /* what the proxy is asked for */
	bool target_known;
	struct buf out;
	struct buf in;
	size_t scanned;
	struct fault fault; /* why the last attempt failed */
};

static void reached(struct http_dial *d);
static void look(struct http_dial *d);

static void
dial_free(struct http_dial *d)
{
	loop_timer_stop(&d->limit);
	loop_timer_stop(&d->soon);
	http_lookup_cancel(&d->lookup);
	http_connect_stop(&d->connect);
	stream_close(&d->stream);
	buf_clear(&d->out);
	buf_clear(&d->in);
	free(d);
}

static void
fail(struct http_dial *d)
{
	void (*done)(void *, struct stream *, const struct fault *) = d->done;
	struct fault f = d->fault;
	void *with = d->with;

	insist(fault_is_set(&f));
	dial_free(d);
	done(with, NULL, &f);
}

static void
finish(struct http_dial *d)
{
	void (*done)(void *, struct stream *, const struct fault *) = d->done;
	struct stream *s = d->stream;
	void *with = d->with;

	stream_pause(s);
	d->stream = NULL;
	dial_free(d);
	done(with, s, NULL);
}

static const struct http_origin *
peer_of(const struct http_dial *d)
{
	return d->plan.proxy != NULL ? &d->plan.proxy->at : d->plan.to;
}

static void
on_limit(void *with)
{
	static const char *const doing[] = {
		[LOOKING] = "the name look-up",
		[CONNECTING] = "connecting",
		[TUNNELLING] = "the proxy's answer",
		[SHAKING] = "the TLS handshake",
	};
	struct http_dial *d = with;

	fault_set(&d->fault, FAULT_TIMEOUT,
		"%s: %s was not over after %" PRId64 " ms", d->plan.to->host,
		doing[d->state], d->plan.ms);
	fail(d);
}

/* ---- connecting ---- */

static void
on_connected(void *with, struct stream *s, const char *why)
{
	struct http_dial *d = with;

	d->stream = s;
	if (s != NULL) {
		reached(d);
		return;
	}
	/* why begins with an address; where that is the host, once is enough. */
	if (str_starts(str_from(why), str_from(peer_of(d)->host)))
		fault_set(&d->fault, FAULT_DIAL, "%s", why);
	else
		fault_set(
			&d->fault, FAULT_DIAL, "%s: %s", peer_of(d)->host, why);
	fail(d);
}

static void
connect_now(struct http_dial *d)
{
	d->state = CONNECTING;
	d->connect.done = on_connected;
	d->connect.with = d;
	http_connect_start(&d->connect, d->loop);
}

/* ---- looking up ---- */

/* Keeps the addresses that the policy lets through. */
static bool
vet_list(struct http_dial *d, enum vet_policy policy)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->connect.list.n; i++)
		if (vet_address(&d->connect.list.at[i].any, policy, &d->fault))
			d->connect.list.at[kept++] = d->connect.list.at[i];
	d->connect.list.n = kept;
	if (kept > 0)
		return true;
	return fault_within(&d->fault, "%s", d->plan.to->host);
}

/* What the addresses are for: to be told to the proxy, or to be called. */
static void
heard(struct http_dial *d)
{
	bool for_proxy = d->plan.proxy != NULL && d->target_known;
	enum vet_policy policy = for_proxy ? VET_CONFIGURED : d->plan.vet;

	if (!vet_list(d, policy)) {
		fail(d);
	} else if (d->plan.proxy != NULL && !d->target_known) {
		http_address_text(&d->connect.list.at[0], d->target);
		d->target_known = true;
		look(d);
	} else {
		connect_now(d);
	}
}

static void
on_looked_up(void *with, const struct http_addresses *list, const char *why)
{
	struct http_dial *d = with;

	d->lookup = NULL;
	if (list != NULL) {
		d->connect.list = *list;
		heard(d);
		return;
	}
	fault_set(&d->fault, FAULT_DIAL, "looking up %s: %s",
		d->target_known ? peer_of(d)->host : d->plan.to->host, why);
	fail(d);
}

static void
look(struct http_dial *d)
{
	const struct http_origin *o = d->target_known ? peer_of(d) : d->plan.to;

	http_origin_addresses(o, &d->connect.list);
	if (d->connect.list.n > 0) {
		heard(d);
		return;
	}
	d->lookup = http_lookup_start(d->loop, o, on_looked_up, d, &d->fault);
	if (d->lookup == NULL)
		fail(d);
}

/* ---- after the connection is there ---- */

static void
on_shake(void *with)
{
	struct http_dial *d = with;

	switch (stream_shake(d->stream)) {
	case STREAM_MOVED:
		finish(d);
		return;
	case STREAM_AGAIN:
		return;
	case STREAM_END:
	case STREAM_BROKEN:
		break;
	}
	fault_set(&d->fault, FAULT_TLS, "%s: %s", d->plan.to->host,
		stream_why(d->stream));
	fail(d);
}

static void
shake(struct http_dial *d)
{
	d->state = SHAKING;
	stream_secure(d->stream, d->plan.tls, d->plan.to->host);
	stream_own(d->stream,
		(struct stream_owner){ on_shake, on_shake, d, NULL });
	on_shake(d);
}

static void
tunnel_failed(struct http_dial *d, enum fault_id id, const char *why)
{
	fault_set(&d->fault, id, "proxy %s: %s", peer_of(d)->host, why);
	fail(d);
}

/* Judges the proxy's answer as far as it is here. */
static void
hear_proxy(struct http_dial *d)
{
	struct http_head head;
	struct fault f = { 0 };
	size_t used;

	switch (http_head_response(
		&head, buf_view(&d->in), true, &d->scanned, &used, &f)) {
	case HTTP_INCOMPLETE:
		if (d->in.n == TUNNEL_MAX)
			tunnel_failed(d, FAULT_PEER_HTTP, "endless answer");
		return;
	case HTTP_REFUSED:
		tunnel_failed(d, FAULT_PEER_HTTP, f.detail);
		return;
	case HTTP_PARSED:
		break;
	}
	if (head.status / 100 != 2) {
		fault_set(&d->fault, FAULT_DIAL,
			"proxy %s: refused to connect to %s with status %d",
			peer_of(d)->host, d->target, head.status);
		fail(d);
	} else if (used != d->in.n) {
		tunnel_failed(d, FAULT_PEER_HTTP, "bytes before the tunnel");
	} else {
		shake(d);
	}
}

static void
on_tunnel(void *with)
{
	struct http_dial *d = with;
	size_t room = TUNNEL_MAX - d->in.n, n;
	char *to = buf_room(&d->in, room);

	switch (stream_read(d->stream, to, room, &n)) {
	case STREAM_MOVED:
		buf_took(&d->in, n);
		hear_proxy(d);
		return;
	case STREAM_AGAIN:
		return;
	case STREAM_END:
	case STREAM_BROKEN:
		tunnel_failed(d, FAULT_DIAL, "closed the connection");
		return;
	}
}

static void
write_connect(void *with)
{
	struct http_dial *d = with;
	struct iovec part = { d->out.p, d->out.n };
	size_t n;

	switch (stream_write(d->stream, &part, 1, &n)) {
	case STREAM_MOVED:
		buf_drop(&d->out, n);
		if (d->out.n == 0)
			return;
		break;
	case STREAM_AGAIN:
		break;
	case STREAM_END:
	case STREAM_BROKEN:
		tunnel_failed(d, FAULT_DIAL, "closed the connection");
		return;
	}
	stream_want_write(d->stream);
}

static void
tunnel(struct http_dial *d)
{
	d->state = TUNNELLING;
	http_proxy_write_connect(&d->out, d->plan.proxy, d->target);
	stream_own(d->stream,
		(struct stream_owner){ on_tunnel, write_connect, d, NULL });
	write_connect(d);
}

static void
reached(struct http_dial *d)
{
	if (!d->plan.to->is_tls)
		finish(d);
	else if (d->plan.proxy != NULL)
		tunnel(d);
	else
		shake(d);
}

/* ---- beginning and giving up ---- */

/* A name that a person wrote is the proxy's to look up; a stranger's is ours.
 * Addresses are vetted here in any case. */
static void
begin(void *with)
{
	struct http_dial *d = with;

	if (d->plan.proxy == NULL) {
		d->target_known = true;
	} else if (d->plan.vet == VET_CONFIGURED &&
		d->plan.to->kind == HTTP_HOST_NAME) {
		http_origin_authority(d->plan.to, true, d->target);
		d->target_known = true;
	} else if (d->plan.vet != VET_CONFIGURED && !d->plan.to->is_tls) {
		fault_set(&d->fault, FAULT_DIAL_FORBIDDEN,
			"%s: plain http through a proxy can't be vetted",
			d->plan.to->host);
		fail(d);
		return;
	}
	look(d);
}

struct http_dial *
http_dial_start(struct loop *l, const struct http_dial_plan *plan,
	void (*done)(void *with, struct stream *s, const struct fault *f),
	void *with)
{
	struct http_dial *d = calloc(1, sizeof(*d));

	if (d == NULL)
		die("out of memory");
	d->loop = l;
	d->plan = *plan;
	d->done = done;
	d->with = with;
	buf_init(&d->out, TUNNEL_MAX);
	d->out.secret = true;
	buf_init(&d->in, TUNNEL_MAX);
	loop_timer_init(&d->limit, l, on_limit, d);
	loop_timer_init(&d->soon, l, begin, d);
	loop_timer_set(&d->limit, plan->ms);
	loop_timer_set(&d->soon, 0);
	return d;
}

void
http_dial_cancel(struct http_dial **dial)
{
	if (*dial == NULL)
		return;
	dial_free(*dial);
	*dial = NULL;
}
