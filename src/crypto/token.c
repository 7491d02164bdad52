/* token: see token.h. */
#include "crypto/token.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/die.h"
#include "text/base64.h"

#define RANDOM_BYTES 32u
#define PREFIX_CHARS 7u
#define BODY_CHARS   43u
#define CHECK_CHARS  6u
#define TOKEN_CHARS  (PREFIX_CHARS + BODY_CHARS + CHECK_CHARS)

static const struct str prefixes[] = {
	[TOKEN_ACCESS] = STR_INIT("ost_at_"),
	[TOKEN_REFRESH] = STR_INIT("ost_rt_"),
	[TOKEN_CODE] = STR_INIT("ost_ac_"),
	[TOKEN_CLIENT_SECRET] = STR_INIT("ost_cs_"),
	[TOKEN_SESSION] = STR_INIT("ost_ws_"),
	[TOKEN_REGISTRATION] = STR_INIT("ost_ra_"),
	[TOKEN_SETUP] = STR_INIT("ost_su_"),
};

static uint32_t crc_rows[256];

/* CRC-32 of IEEE 802.3. */
__attribute__((constructor)) static void
fill_crc_rows(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t v = i;

		for (int bit = 0; bit < 8; bit++)
			v = (v >> 1) ^ ((v & 1) != 0 ? 0xedb88320u : 0u);
		crc_rows[i] = v;
	}
}

static uint32_t
crc32_of(struct str s)
{
	uint32_t v = 0xffffffffu;

	for (size_t i = 0; i < s.n; i++)
		v = (v >> 8) ^ crc_rows[(v ^ (unsigned char)s.p[i]) & 255];
	return ~v;
}

static void
write_check(struct str before, char out[CHECK_CHARS])
{
	static const char digits[] = "0123456789"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	uint32_t v = crc32_of(before);

	for (size_t i = CHECK_CHARS; i-- > 0; v /= 62)
		out[i] = digits[v % 62];
}

struct str
token_make(struct arena *a, enum token_kind kind, const unsigned char bits[32])
{
	struct buf b;
	char check[CHECK_CHARS];

	buf_in(&b, a, TOKEN_CHARS + 1);
	if (buf_room(&b, TOKEN_CHARS + 1) == NULL)
		return STR_NONE;
	buf_str(&b, prefixes[kind]);
	base64url_write(&b, str_of((const char *)bits, RANDOM_BYTES));
	write_check(buf_view(&b), check);
	buf_add(&b, check, sizeof(check));
	buf_char(&b, '\0');
	insist(buf_ok(&b) && b.n == TOKEN_CHARS + 1);
	return str_cut(buf_view(&b), 0, TOKEN_CHARS);
}

static bool
is_base64url(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		char low = ascii_lower(c);

		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
			c != '-' && c != '_')
			return false;
	}
	return true;
}

bool
token_is_well_formed(struct str text, enum token_kind kind)
{
	char check[CHECK_CHARS];
	struct str body =
		str_cut(text, PREFIX_CHARS, PREFIX_CHARS + BODY_CHARS);

	if (text.n != TOKEN_CHARS || !str_starts(text, prefixes[kind]) ||
		!is_base64url(body))
		return false;
	/* 256 bits leave two of the last character's six, which are zero. */
	if (memchr("AEIMQUYcgkosw048", body.p[BODY_CHARS - 1], 16) == NULL)
		return false;
	write_check(str_cut(text, 0, PREFIX_CHARS + BODY_CHARS), check);
	return str_eq(str_of(check, CHECK_CHARS),
		str_cut(text, PREFIX_CHARS + BODY_CHARS, TOKEN_CHARS));
}

struct digest
token_digest(struct str text)
{
	return digest_sha256(text);
}
