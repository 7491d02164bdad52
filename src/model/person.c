/*
 * person: see person.h.
 *
 * Letters beyond ASCII are told from the rest by refusing the blocks that
 * hold none: controls, blanks, punctuation, symbols, pictures, whatever turns
 * the direction of text or can't be seen, and what is private or no character
 * at all.
 */
#include "model/person.h"

#include "base/utf8.h"

#define NAME_MAX_CHARS 64u

struct range {
	uint32_t first;
	uint32_t last;
};

/* In rising order. */
static const struct range refused[] = {
	{ 0x0080, 0x00a9 }, /* C1 controls, no-break space, signs */
	{ 0x00ab, 0x00b4 }, /* signs, soft hyphen */
	{ 0x00b6, 0x00b9 }, { 0x00bb, 0x00bf }, { 0x00d7, 0x00d7 }, /* times */
	{ 0x00f7, 0x00f7 }, /* divided by */
	{ 0x034f, 0x034f }, /* invisible joiner */
	{ 0x061c, 0x061c }, /* Arabic letter mark (direction) */
	{ 0x115f, 0x1160 }, /* Hangul fillers */
	{ 0x1680, 0x1680 }, /* Ogham blank */
	{ 0x17b4, 0x17b5 }, /* Khmer, invisible */
	{ 0x180b, 0x180f }, /* Mongolian selectors */
	{ 0x2000, 0x2bff }, /* blanks, direction, punctuation, symbols */
	{ 0x2e00, 0x2e7f }, /* punctuation */
	{ 0x2ff0, 0x3004 }, /* description characters, CJK punctuation */
	{ 0x3008, 0x3020 }, { 0x3030, 0x3030 },
	{ 0x3164, 0x3164 }, /* Hangul filler */
	{ 0xd800, 0xf8ff }, /* surrogates, private use */
	{ 0xfe00, 0xfe6f }, /* selectors, half marks, small forms */
	{ 0xfeff, 0xff0f }, /* byte order mark, full-width signs */
	{ 0xff1a, 0xff20 }, { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 },
	{ 0xffa0, 0xffa0 },                       /* Hangul filler */
	{ 0xffe0, 0xffff }, { 0x1d000, 0x1d3ff }, /* music, numbers */
	{ 0x1f000, 0x1fbff },                     /* pictures */
	{ 0xe0000, 0x10ffff },                    /* tags, private use */
};

static bool
is_ascii_of_a_name(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
		c == '@' || c == '+';
}

static bool
is_of_a_name(uint32_t point)
{
	if (point < 0x80)
		return is_ascii_of_a_name(point);
	if ((point & 0xfffe) == 0xfffe)
		return false;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (point <= refused[i].last)
			return point < refused[i].first;
	}
	return false;
}

bool
person_name_is_valid(struct str name)
{
	size_t n = 0;
	uint32_t point;

	while (name.n > 0) {
		if (!utf8_next(&name, &point) || !is_of_a_name(point))
			return false;
		if (++n > NAME_MAX_CHARS)
			return false;
	}
	return n > 0;
}
