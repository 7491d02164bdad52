/* address: see address.h. */
#include "front/address.h"

static const unsigned char mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
	0xff };

static bool
read_quad(struct str text, unsigned char out[4])
{
	unsigned n = 0;

	while (!str_is_none(text)) {
		struct str part = str_split(&text, '.');
		uint64_t value;

		if (n == 4 || part.n == 0 || part.n > 3 ||
			(part.n > 1 && part.p[0] == '0') ||
			!str_to_u64(part, &value) || value > 255)
			return false;
		out[n++] = (unsigned char)value;
	}
	return n == 4;
}

bool
address_read_ipv4(struct str text, struct address *out)
{
	memcpy(out->b, mapped, sizeof(mapped));
	return read_quad(text, out->b + sizeof(mapped));
}

static bool
read_group(struct str text, unsigned char out[2])
{
	unsigned value = 0;

	if (text.n == 0 || text.n > 4)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		size_t digit = str_find_char(
			STR("0123456789abcdef"), ascii_lower(text.p[i]));

		if (digit == 16)
			return false;
		value = value << 4 | (unsigned)digit;
	}
	out[0] = (unsigned char)(value >> 8);
	out[1] = (unsigned char)value;
	return true;
}

/* Groups with ':' between them, the last two maybe as a quad; *n bytes come
 * out, at most 16. */
static bool
read_groups(struct str text, bool may_quad, unsigned char *out, size_t *n)
{
	*n = 0;
	while (!str_is_none(text) && text.n > 0) {
		struct str part = str_split(&text, ':');
		bool quad = may_quad && str_is_none(text) &&
			str_find_char(part, '.') < part.n;
		size_t size = quad ? 4 : 2;

		if (*n + size > sizeof(struct address))
			return false;
		if (quad ? !read_quad(part, out + *n)
			 : !read_group(part, out + *n))
			return false;
		*n += size;
		if (!str_is_none(text) && text.n == 0)
			return false; /* a ':' with nothing behind */
	}
	return true;
}

bool
address_read_ipv6(struct str text, struct address *out)
{
	unsigned char head[sizeof(out->b)], tail[sizeof(out->b)];
	size_t gap = str_find(text, STR("::"));
	size_t head_n, tail_n;

	*out = (struct address){ 0 };
	if (!read_groups(str_cut(text, 0, gap), gap == text.n, head, &head_n))
		return false;
	memcpy(out->b, head, head_n);
	if (gap == text.n)
		return head_n == sizeof(out->b);
	if (!read_groups(str_cut(text, gap + 2, text.n), true, tail, &tail_n) ||
		head_n + tail_n > sizeof(out->b) - 2)
		return false;
	memcpy(out->b + sizeof(out->b) - tail_n, tail, tail_n);
	return true;
}

bool
address_read(struct str text, struct address *out)
{
	return str_find_char(text, ':') < text.n ? address_read_ipv6(text, out)
						 : address_read_ipv4(text, out);
}

bool
address_is_ipv4(const struct address *a)
{
	return memcmp(a->b, mapped, sizeof(mapped)) == 0;
}

bool
address_is_loopback(const struct address *a)
{
	static const struct address one = { .b = { [15] = 1 } };

	return memcmp(a, &one, sizeof(one)) == 0 ||
		(address_is_ipv4(a) && a->b[sizeof(mapped)] == 127);
}

bool
address_shares(const struct address *a, const struct address *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a->b, b->b, whole) != 0)
		return false;
	return rest == 0 || (a->b[whole] ^ b->b[whole]) >> (8 - rest) == 0;
}
