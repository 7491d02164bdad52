/* base64: see base64.h. */
#include "text/base64.h"

#include "base/arena.h"

static const char url_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char plain_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char hex_digits[] = "0123456789abcdef";

/* Writes what up to three bytes give; answers how many digits. */
static size_t
put_group(char *to, struct str bytes, const char *digits)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 3; i++)
		v = v << 8 | (i < bytes.n ? (unsigned char)bytes.p[i] : 0);
	for (size_t i = 0; i <= bytes.n; i++)
		to[i] = digits[v >> (18 - 6 * i) & 0x3f];
	return bytes.n + 1;
}

static void
encode(struct buf *out, struct str bytes, const char *digits)
{
	char group[4];

	for (size_t at = 0; at < bytes.n; at += 3) {
		size_t n = put_group(group, str_cut(bytes, at, at + 3), digits);

		buf_add(out, group, n);
		if (digits == plain_digits)
			buf_add(out, "==", 4 - n);
	}
}

void
base64url_write(struct buf *out, struct str bytes)
{
	encode(out, bytes, url_digits);
}

struct str
base64url_of(struct arena *a, struct str bytes)
{
	struct buf out;
	size_t n = bytes.n / 3 * 4 + (bytes.n % 3 == 0 ? 0 : bytes.n % 3 + 1);

	buf_in(&out, a, n);
	base64url_write(&out, bytes);
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

void
base64_write(struct buf *out, struct str bytes)
{
	encode(out, bytes, plain_digits);
}

static int
digit_value(char c, const char *digits)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == digits[62] ? 62 : c == digits[63] ? 63 : -1;
}

/* Reads up to four digits; answers how many bytes, 0 when they are wrong. */
static size_t
take_group(char *to, struct str group, const char *digits)
{
	uint32_t v = 0;
	size_t n = group.n - 1;

	for (size_t i = 0; i < 4; i++) {
		int digit = i < group.n ? digit_value(group.p[i], digits) : 0;

		if (digit < 0)
			return 0;
		v = v << 6 | (uint32_t)digit;
	}
	if ((v & (0xffffffu >> 8 * n)) != 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		to[i] = (char)(v >> (16 - 8 * i) & 0xff);
	return n;
}

/* text has no padding. */
static bool
decode(struct arena *a, struct str text, const char *digits, struct str *out)
{
	char *to;
	size_t n = 0;

	*out = STR_NONE;
	if (text.n % 4 == 1)
		return false;
	to = arena_bytes(a, text.n / 4 * 3 + 3);
	if (to == NULL)
		return false;
	for (size_t at = 0; at < text.n; at += 4) {
		size_t got =
			take_group(to + n, str_cut(text, at, at + 4), digits);

		if (got == 0)
			return false;
		n += got;
	}
	*out = str_of(to, n);
	return true;
}

bool
base64url_read(struct arena *a, struct str text, struct str *out)
{
	return decode(a, text, url_digits, out);
}

bool
base64_read(struct arena *a, struct str text, struct str *out)
{
	size_t n = text.n;

	*out = STR_NONE;
	if (n % 4 != 0)
		return false;
	if (n > 0 && text.p[n - 1] == '=')
		n -= text.p[n - 2] == '=' ? 2 : 1;
	return decode(a, str_of(text.p, n), plain_digits, out);
}

void
hex_write(struct buf *out, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		buf_char(out, hex_digits[(unsigned char)bytes.p[i] >> 4]);
		buf_char(out, hex_digits[(unsigned char)bytes.p[i] & 0xf]);
	}
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
hex_read(struct arena *a, struct str text, struct str *out)
{
	char *to;

	*out = STR_NONE;
	if (text.n % 2 != 0)
		return false;
	to = arena_bytes(a, text.n / 2);
	if (to == NULL)
		return false;
	for (size_t i = 0; i < text.n; i += 2) {
		int high = hex_value(text.p[i]), low = hex_value(text.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		to[i / 2] = (char)(high << 4 | low);
	}
	*out = str_of(to, text.n / 2);
	return true;
}
