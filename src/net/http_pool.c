/* http_pool: see http_pool.h. */
#include "net/http_pool.h"

#include "base/die.h"

#include <stdio.h>
#include <stdlib.h>

#define FREE_BYTES  ((size_t)64 << 10)
#define ANSWERS_MAX ((size_t)128 << 20)

static struct str
keep(struct str s)
{
	char *p = malloc(s.n + 1);

	if (p == NULL)
		die("out of memory");
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return str_of(p, s.n);
}

static void
let_go(struct str s)
{
	free((char *)(uintptr_t)s.p);
}

/* The proxy for the origin, or a fault when its setting is broken: calling
 * directly instead would be what the person did not want. */
static bool
find_proxy(const struct http_client *c, struct http_pool *p, struct fault *f)
{
	const struct http_proxy *proxy =
		p->origin.is_tls ? &c->https_proxy : &c->http_proxy;
	const struct fault *broken =
		p->origin.is_tls ? &c->https_fault : &c->http_fault;

	if (http_proxy_is_bypassed(c->no_proxy, &p->origin))
		return true;
	if (fault_is_set(broken))
		return fault_set(f, broken->id, "%s", broken->detail);
	p->proxy = proxy->is_set ? proxy : NULL;
	return true;
}

static void
pool_free(struct http_pool *p)
{
	let_go(p->key);
	let_go(p->host_field);
	free(p);
}

static struct http_pool *
pool_new(struct http_client *c, struct str origin, struct fault *f)
{
	char authority[HTTP_AUTHORITY_SIZE];
	char host[HTTP_AUTHORITY_SIZE + 16];
	struct http_pool *p = calloc(1, sizeof(*p));
	int n;

	if (p == NULL)
		die("out of memory");
	p->client = c;
	list_init(&p->idle);
	if (!http_origin_parse(origin, &p->origin, f) || !find_proxy(c, p, f)) {
		if (f->id == FAULT_BAD_URI)
			f->id = FAULT_DIAL;
		pool_free(p);
		return NULL;
	}
	http_origin_authority(&p->origin, false, authority);
	n = snprintf(host, sizeof(host), "Host: %s\r\n", authority);
	p->host_field = keep(str_of(host, (size_t)n));
	p->key = keep(origin);
	map_put(&c->pools, p->key, p);
	return p;
}

struct http_pool *
http_pool_join(struct http_client *c, struct str origin, struct fault *f)
{
	struct http_pool *p = map_get(&c->pools, origin);

	if (p == NULL)
		p = pool_new(c, origin, f);
	if (p != NULL)
		p->users++;
	return p;
}

void
http_pool_leave(struct http_pool *p)
{
	insist(p->users > 0);
	if (--p->users > 0)
		return;
	insist(list_is_empty(&p->idle));
	map_remove(&p->client->pools, p->key);
	pool_free(p);
}

static size_t
counted(size_t bytes)
{
	return bytes > FREE_BYTES ? bytes : 0;
}

bool
http_pool_keep(struct http_pool *p, size_t before, size_t now, struct fault *f)
{
	struct http_client *c = p->client;
	size_t less = counted(before), more = counted(now);
	size_t all = c->kept - less + more, own = p->kept - less + more;
	bool fits = own <= c->answers_max / 2 &&
		(all <= c->answers_max || own <= c->answers_max / 16);

	insist(less <= p->kept && p->kept <= c->kept);
	if (more > less && !fits)
		return fault_set(f, FAULT_CROWDED,
			"%zu MB of unfinished answers are kept, %zu MB of them "
			"from %s",
			c->kept >> 20, p->kept >> 20, p->origin.host);
	c->kept = c->kept - less + more;
	p->kept = p->kept - less + more;
	return true;
}

bool
http_pool_is_absolute(const struct http_pool *p)
{
	return p->proxy != NULL && !p->origin.is_tls;
}

/* ---- the client ---- */

#define IDLE_PER_ORIGIN 128u
#define IDLE_MS         (30 * 1000)

struct http_client *
http_client_new(struct loop *l, struct tls_context *tls,
	const struct http_client_settings *s)
{
	struct http_client *c = calloc(1, sizeof(*c));

	if (c == NULL)
		die("out of memory");
	c->loop = l;
	c->tls = tls;
	c->idle_per_origin =
		s->idle_per_origin != 0 ? s->idle_per_origin : IDLE_PER_ORIGIN;
	c->answers_max = s->answers_max != 0 ? s->answers_max : ANSWERS_MAX;
	c->idle_ms = s->idle_ms != 0 ? s->idle_ms : IDLE_MS;
	http_proxy_parse(s->https_proxy, &c->https_proxy, &c->https_fault);
	http_proxy_parse(s->http_proxy, &c->http_proxy, &c->http_fault);
	c->no_proxy = keep(s->no_proxy);
	map_init(&c->pools);
	list_init(&c->calls);
	list_init(&c->spare);
	return c;
}

void
http_pool_client_free(struct http_client *c)
{
	insist(c->pools.n == 0 && list_is_empty(&c->calls));
	map_clear(&c->pools);
	http_proxy_clear(&c->https_proxy);
	http_proxy_clear(&c->http_proxy);
	let_go(c->no_proxy);
	free(c);
}
