/* utf8: see utf8.h. */
#include "base/utf8.h"

#define HIGH_BITS   0x8080808080808080u
#define REPLACEMENT 0xfffdu

static bool
is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* The second byte is where overlong forms, surrogates and points past
 * U+10FFFF show themselves (RFC 3629 4). */
static bool
is_second(unsigned char lead, unsigned char c)
{
	switch (lead) {
	case 0xe0:
		return c >= 0xa0 && c <= 0xbf;
	case 0xed:
		return c >= 0x80 && c <= 0x9f;
	case 0xf0:
		return c >= 0x90 && c <= 0xbf;
	case 0xf4:
		return c >= 0x80 && c <= 0x8f;
	}
	return is_tail(c);
}

size_t
utf8_length(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n;

	if (s.n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (s.n < n || !is_second(p[0], p[1]))
		return 0;
	for (size_t i = 2; i < n; i++)
		if (!is_tail(p[i]))
			return 0;
	return n;
}

size_t
utf8_ascii(struct str s)
{
	size_t at = 0;
	uint64_t word;

	for (; s.n - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, s.p + at, sizeof(word));
		if ((word & HIGH_BITS) != 0)
			break;
	}
	while (at < s.n && (unsigned char)s.p[at] < 0x80)
		at++;
	return at;
}

bool
utf8_is_valid(struct str s)
{
	size_t at = utf8_ascii(s);

	while (at < s.n) {
		size_t n = utf8_length(str_of(s.p + at, s.n - at));

		if (n == 0)
			return false;
		at += n;
		if (at < s.n && (unsigned char)s.p[at] < 0x80)
			at += utf8_ascii(str_of(s.p + at, s.n - at));
	}
	return true;
}

bool
utf8_next(struct str *s, uint32_t *point)
{
	static const unsigned char lead_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t n = utf8_length(*s);
	uint32_t v;

	if (n == 0)
		return false;
	v = (unsigned char)s->p[0] & lead_bits[n];
	for (size_t i = 1; i < n; i++)
		v = v << 6 | ((unsigned char)s->p[i] & 0x3f);
	*point = v;
	s->p += n;
	s->n -= n;
	return true;
}

static size_t
length_of(uint32_t point)
{
	if (point < 0x80)
		return 1;
	if (point < 0x800)
		return 2;
	return point < 0x10000 ? 3 : 4;
}

void
utf8_write(struct buf *out, uint32_t point)
{
	char bytes[4];
	size_t n = length_of(point);
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
		utf8_write(out, REPLACEMENT);
		return;
	}
	for (size_t i = n - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (point & 0x3f));
		point >>= 6;
	}
	bytes[0] = (char)(leads[n] | point);
	buf_add(out, bytes, n);
}

struct str
utf8_cut(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max > 0 && is_tail((unsigned char)s.p[max]))
		max--;
	return str_of(s.p, max);
}
