/* map: see map.h.  Linear probing, removal by shifting back. */
#include "base/map.h"

#include "base/die.h"

#include <stdlib.h>
#include <sys/random.h>

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static uint64_t seed[2];

/* Drawn before main, so that no thread can race for it. */
__attribute__((constructor)) static void
draw_seed(void)
{
	if (getrandom(seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		die("no random bytes from the kernel");
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = ROTL(v[1], 13) ^ v[0];
	v[0] = ROTL(v[0], 32);
	v[2] += v[3];
	v[3] = ROTL(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = ROTL(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = ROTL(v[1], 17) ^ v[2];
	v[2] = ROTL(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein, 2012). */
static uint64_t
hash_of(struct str s)
{
	uint64_t v[4] = { seed[0] ^ 0x736f6d6570736575u,
		seed[1] ^ 0x646f72616e646f6du, seed[0] ^ 0x6c7967656e657261u,
		seed[1] ^ 0x7465646279746573u };
	uint64_t last = (uint64_t)s.n << 56, word;
	size_t whole = s.n & ~(size_t)7;

	for (size_t i = 0; i < whole; i += 8) {
		memcpy(&word, s.p + i, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = 0;
	if (s.n > whole)
		memcpy(&word, s.p + whole, s.n - whole);
	last |= word;
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void
map_init(struct map *m)
{
	*m = (struct map){ 0 };
}

void
map_clear(struct map *m)
{
	free(m->slots);
	map_init(m);
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t
place_of(const struct map *m, struct str key, uint64_t hash)
{
	size_t at = hash & (m->cap - 1);

	while (m->slots[at].key.p != NULL) {
		if (m->slots[at].hash == hash && str_eq(m->slots[at].key, key))
			break;
		at = (at + 1) & (m->cap - 1);
	}
	return at;
}

void *
map_get(const struct map *m, struct str key)
{
	if (m->n == 0)
		return NULL;
	return m->slots[place_of(m, key, hash_of(key))].value;
}

static void
grow(struct map *m)
{
	struct map bigger = { .cap = m->cap == 0 ? 16 : m->cap * 2, .n = m->n };

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		die("out of memory");
	for (size_t i = 0; i < m->cap; i++) {
		const struct map_slot *s = &m->slots[i];

		if (s->key.p != NULL)
			bigger.slots[place_of(&bigger, s->key, s->hash)] = *s;
	}
	free(m->slots);
	*m = bigger;
}

void *
map_put(struct map *m, struct str key, void *value)
{
	uint64_t hash = hash_of(key);
	struct map_slot *s;
	void *before;

	insist(value != NULL && key.p != NULL);
	if ((m->n + 1) * 4 > m->cap * 3)
		grow(m);
	s = &m->slots[place_of(m, key, hash)];
	before = s->value;
	if (before == NULL)
		m->n++;
	*s = (struct map_slot){ key, value, hash };
	return before;
}

/* Moves back what was displaced over the hole at at. */
static void
close_hole(struct map *m, size_t at)
{
	size_t mask = m->cap - 1, next = at;

	for (;;) {
		size_t home;

		next = (next + 1) & mask;
		if (m->slots[next].key.p == NULL)
			break;
		home = m->slots[next].hash & mask;
		if (((next - home) & mask) < ((next - at) & mask))
			continue;
		m->slots[at] = m->slots[next];
		at = next;
	}
	m->slots[at] = (struct map_slot){ 0 };
}

void *
map_remove(struct map *m, struct str key)
{
	size_t at;
	void *value;

	if (m->n == 0)
		return NULL;
	at = place_of(m, key, hash_of(key));
	value = m->slots[at].value;
	if (value == NULL)
		return NULL;
	close_hole(m, at);
	m->n--;
	return value;
}

void *
map_next(const struct map *m, size_t *at)
{
	while (*at < m->cap) {
		const struct map_slot *s = &m->slots[(*at)++];

		if (s->key.p != NULL)
			return s->value;
	}
	return NULL;
}
