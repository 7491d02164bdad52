/* throttle: see throttle.h. */
#include "front/throttle.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/list.h"
#include "base/map.h"

/* Buckets of a kind. */
#define BUCKETS_MAX 4096u

/* Of an IPv6 address. */
#define GROUPS 8u

static const char digits[] = "0123456789abcdef";

struct rule {
	int64_t burst;    /* tries that a full bucket holds */
	int64_t every_ms; /* for one more */
};

/* A name's bucket is larger than a network's and fills up faster: no network
 * can lock somebody out alone. */
static const struct rule rules[THROTTLE_KINDS] = {
	[THROTTLE_LOGIN_NETWORK] = { 20, 15000 },
	[THROTTLE_LOGIN_NAME] = { 30, 10000 },
	[THROTTLE_SETUP] = { 10, 60000 },
	[THROTTLE_SECRET] = { 20, 15000 },
	[THROTTLE_REGISTER] = { 60, 10000 },
};

struct bucket {
	struct list link;
	int64_t full_at; /* ms at which nothing is missing any more */
	size_t n;
	char key[];
};

struct shelf {
	struct map map;
	struct list touched; /* the one touched longest ago first */
};

struct throttle {
	struct shelf shelves[THROTTLE_KINDS];
};

struct throttle *
throttle_new(void)
{
	struct throttle *t = calloc(1, sizeof(*t));

	if (t == NULL)
		die("out of memory");
	for (size_t i = 0; i < THROTTLE_KINDS; i++) {
		map_init(&t->shelves[i].map);
		list_init(&t->shelves[i].touched);
	}
	return t;
}

static struct str
key_of(const struct bucket *b)
{
	return str_of(b->key, b->n);
}

static void
forget(struct shelf *s, struct bucket *b)
{
	map_remove(&s->map, key_of(b));
	list_remove(&b->link);
	free(b);
}

void
throttle_free(struct throttle **t)
{
	if (*t == NULL)
		return;
	for (size_t i = 0; i < THROTTLE_KINDS; i++) {
		struct shelf *s = &(*t)->shelves[i];

		list_each(link, &s->touched)
			forget(s, list_entry(link, struct bucket, link));
		map_clear(&s->map);
	}
	free(*t);
	*t = NULL;
}

static struct bucket *
bucket_new(struct shelf *s, struct str key)
{
	struct bucket *b;

	if (s->map.n >= BUCKETS_MAX)
		forget(s, list_entry(s->touched.next, struct bucket, link));
	b = malloc(sizeof(*b) + key.n);
	if (b == NULL)
		die("out of memory");
	b->full_at = 0;
	b->n = key.n;
	if (key.n > 0)
		memcpy(b->key, key.p, key.n);
	list_init(&b->link);
	map_put(&s->map, key_of(b), b);
	return b;
}

/* When the bucket would be full again, had one more try been taken now. */
static int64_t
full_after(const struct bucket *b, const struct rule *rule, int64_t now_ms)
{
	int64_t full_at =
		b == NULL || b->full_at < now_ms ? now_ms : b->full_at;

	return full_at + rule->every_ms;
}

/* How long until one try is there, ms. */
static int64_t
missing(const struct bucket *b, const struct rule *rule, int64_t now_ms)
{
	int64_t over = full_after(b, rule, now_ms) - now_ms -
		rule->burst * rule->every_ms;

	return over > 0 ? over : 0;
}

static bool
none_left(struct fault *f, struct str key)
{
	return fault_set(f, FAULT_TOO_MANY, "no try is left for \"%.*s\"",
		STR_ARG(str_cut(key, 0, 100)));
}

bool
throttle_take(struct throttle *t, enum throttle_kind kind, struct str key,
	int64_t now_ms, struct fault *f)
{
	struct shelf *s = &t->shelves[kind];
	const struct rule *rule = &rules[kind];
	struct bucket *b = map_get(&s->map, key);

	if (missing(b, rule, now_ms) > 0)
		return none_left(f, key);
	if (b == NULL)
		b = bucket_new(s, key);
	b->full_at = full_after(b, rule, now_ms);
	list_remove(&b->link);
	list_add(&s->touched, &b->link);
	return true;
}

bool
throttle_has(const struct throttle *t, enum throttle_kind kind, struct str key,
	int64_t now_ms, struct fault *f)
{
	const struct bucket *b = map_get(&t->shelves[kind].map, key);

	return missing(b, &rules[kind], now_ms) == 0 || none_left(f, key);
}

int64_t
throttle_wait(const struct throttle *t, enum throttle_kind kind, struct str key,
	int64_t now_ms)
{
	const struct bucket *b = map_get(&t->shelves[kind].map, key);

	return (missing(b, &rules[kind], now_ms) + 999) / 1000;
}

void
throttle_give(struct throttle *t, enum throttle_kind kind, struct str key)
{
	struct bucket *b = map_get(&t->shelves[kind].map, key);

	if (b != NULL)
		b->full_at -= rules[kind].every_ms;
}

void
throttle_clear(struct throttle *t, enum throttle_kind kind, struct str key)
{
	struct bucket *b = map_get(&t->shelves[kind].map, key);

	if (b != NULL)
		forget(&t->shelves[kind], b);
}

/* One side of "::": groups of up to four hexadecimal digits, ':' between. */
static bool
read_groups(struct str side, uint16_t groups[GROUPS], size_t *n)
{
	*n = 0;
	while (side.n > 0 && !str_is_none(side)) {
		struct str group = str_split(&side, ':');
		unsigned value = 0;

		if (group.n == 0 || group.n > 4 || *n == GROUPS)
			return false;
		for (size_t i = 0; i < group.n; i++) {
			const char *digit =
				memchr(digits, ascii_lower(group.p[i]), 16);

			if (digit == NULL)
				return false;
			value = value << 4 | (unsigned)(digit - digits);
		}
		groups[(*n)++] = (uint16_t)value;
	}
	return true;
}

/* RFC 4291 2.2, without a dotted end. */
static bool
read_ipv6(struct str text, uint16_t groups[GROUPS])
{
	size_t gap = str_find(text, STR("::"));
	uint16_t right[GROUPS];
	size_t n, n_right;

	memset(groups, 0, GROUPS * sizeof(*groups));
	if (!read_groups(str_cut(text, 0, gap), groups, &n))
		return false;
	if (gap == text.n)
		return n == GROUPS;
	if (!read_groups(str_cut(text, gap + 2, text.n), right, &n_right) ||
		n + n_right >= GROUPS)
		return false;
	memcpy(groups + GROUPS - n_right, right, n_right * sizeof(*right));
	return true;
}

struct str
throttle_network(struct arena *a, struct str peer)
{
	struct str mapped = STR("::ffff:");
	uint16_t g[GROUPS];

	if (str_starts_nocase(peer, mapped) &&
		str_find_char(peer, '.') < peer.n)
		return str_cut(peer, mapped.n, peer.n);
	if (!read_ipv6(peer, g))
		return peer;
	return str_fmt(a, "%x:%x:%x:%x::/56", (unsigned)g[0], (unsigned)g[1],
		(unsigned)g[2], g[3] & 0xff00u);
}
