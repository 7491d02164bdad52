/* slug: see slug.h. */
#include "app/slug.h"

#include "base/utf8.h"

/*
 * Each code point of a block has its word, in order, with a blank between: "-"
 * parts words, "_" is nothing at all.
 */
static const struct block {
	uint32_t first;
	uint32_t last;
	const char *words;
} blocks[] = {
	/* Latin-1 Supplement to Latin Extended-B */
	{ 0x00c0, 0x024f,
		"a a a a a a ae c e e e e i i i i d n o o o o o - o u u u "
		"u y th ss a a a a a a ae c e e e e i i i i d n o o o o o "
		"- o u u u u y th y a a a a a a c c c c c c c c d d d d e "
		"e e e e e e e e e g g g g g g g g h h h h i i i i i i i "
		"i i i ij ij j j k k k l l l l l l l l l l n n n n n n n "
		"ng ng o o o o o o oe oe r r r r r r s s s s s s s s t t "
		"t t t t u u u u u u u u u u u u w w y y y z z z z z z s "
		"b b b b - - o c c d d d d - e e e f f g g hv i i k k l l "
		"m n n o o o oi oi p p r s s s s t t t t u u u v y y z z "
		"z z z z z z z - w - - - - dz dz dz lj lj lj nj nj nj a a "
		"i i o o u u u u u u u u u u e a a a a - - g g g g k k o "
		"o o o - - j dz dz dz g g hv w n n a a - - - - a a a a e "
		"e e e i i i i o o o o r r r r u u u u s s t t y y h h n "
		"d ou ou z z a a e e o o o o o o o o y y l n t j db qp a "
		"c c l t s z - - b u v e e j j q q r r y y" },
	/* Greek */
	{ 0x0370, 0x03ff,
		"- - - - - - - - - - - - - - - - - - - - - - a - e i i - "
		"o - y o i a v g d e z i th i k l m n x o p r - s t y f "
		"ch ps o i y a e i i y a v g d e z i th i k l m n x o p r "
		"s s t y f ch ps o i y o y o - v th y y y f p - - - - - - "
		"- - - - - - - - - - - - - - - - - - - k r s - th e - - - "
		"s - - - - - -" },
	/* Cyrillic */
	{ 0x0400, 0x0491,
		"e yo dj gj ye dz i yi j lj nj c kj i u dz a b v g d e zh "
		"z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu "
		"ya a b v g d e zh z i y k l m n o p r s t u f kh ts ch "
		"sh shch _ y _ e yu ya e yo dj gj ye dz i yi j lj nj c kj "
		"i u dz - - - - - - - - - - - - - - - - - - - - - - - - - "
		"- - - - - - - - - - _ _ _ _ _ - - - - - - - - g g" },
	/* Latin Extended Additional */
	{ 0x1e00, 0x1eff,
		"a a b b b b b b c c d d d d d d d d d d e e e e e e e e "
		"e e f f g g h h h h h h h h h h i i i i k k k k k k l l "
		"l l l l l l m m m m m m n n n n n n n n o o o o o o o o "
		"p p p p r r r r r r r r s s s s s s s s s s t t t t t t "
		"t t u u u u u u u u u u v v v v w w w w w w w w w w x x "
		"x x y y z z z z z z h t w y a s s s ss d a a a a a a a a "
		"a a a a a a a a a a a a a a a a e e e e e e e e e e e e "
		"e e e e i i i i o o o o o o o o o o o o o o o o o o o o "
		"o o o o u u u u u u u u u u u u u u y y y y y y y y ll "
		"ll v v y y" },
	/* Greek Extended */
	{ 0x1f00, 0x1fff,
		"a a a a a a a a a a a a a a a a e e e e e e - - e e e e "
		"e e - - i i i i i i i i i i i i i i i i i i i i i i i i "
		"i i i i i i i i o o o o o o - - o o o o o o - - y y y y "
		"y y y y - y - y - y - y o o o o o o o o o o o o o o o o "
		"a a e e i i i i o o y y o o - - a a a a a a a a a a a a "
		"a a a a i i i i i i i i i i i i i i i i o o o o o o o o "
		"o o o o o o o o a a a a a - a a a a a a a - i - - - i i "
		"i - i i e e i i i - - - i i i i - - i i i i i i - - - - "
		"y y y y r r y y y y y y r - - - - - o o o - o o o o o o "
		"o - - -" },
};

/* Marks that belong to the letter before them. */
static const struct range {
	uint32_t first;
	uint32_t last;
} marks[] = {
	{ 0x0300, 0x036f },
	{ 0x0483, 0x0489 },
	{ 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff },
	{ 0x200b, 0x200d },
	{ 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f },
};

/* What is no letter of any script. */
static const struct range others[] = {
	{ 0x0000, 0x00bf },
	{ 0x02b0, 0x02ff },
	{ 0x0589, 0x05cf },
	{ 0x0600, 0x061f },
	{ 0x066a, 0x066d },
	{ 0x06d4, 0x06ed },
	{ 0x0964, 0x0965 },
	{ 0x2000, 0x2bff },
	{ 0x2e00, 0x2e7f },
	{ 0x3000, 0x3004 },
	{ 0x3008, 0x3020 },
	{ 0x30fb, 0x30fb },
	{ 0xd800, 0xf8ff },
	{ 0xfe10, 0xfe6f },
	{ 0xff00, 0xff0f },
	{ 0xff1a, 0xff20 },
	{ 0xff3b, 0xff40 },
	{ 0xff5b, 0xff65 },
	{ 0xffe0, 0xffff },
	{ 0x1d000, 0x1d7ff },
	{ 0x1f000, 0x1fbff },
	{ 0xe0000, 0x10ffff },
};

static bool
is_among(const struct range *ranges, size_t n, uint32_t point)
{
	for (size_t i = 0; i < n; i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

#define IS_AMONG(ranges, point)                                                \
	is_among(ranges, sizeof(ranges) / sizeof((ranges)[0]), point)

static struct str
word_in(const struct block *b, uint32_t point)
{
	struct str rest = str_from(b->words);

	for (uint32_t i = b->first; i < point; i++)
		str_split(&rest, ' ');
	return str_split(&rest, ' ');
}

/* Both digits and letters as they stand, in lower case. */
static bool
ascii_word(uint32_t point, char out[1])
{
	char c = point < 0x80 ? ascii_lower((char)point) : '\0';

	out[0] = c;
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

struct slugging {
	struct buf *out;
	size_t start;
	bool parted; /* a hyphen is due before the next letter */
};

static void
put(struct slugging *s, struct str word)
{
	if (s->parted && s->out->n > s->start)
		buf_char(s->out, '-');
	s->parted = false;
	buf_str(s->out, word);
}

static void
put_point(struct slugging *s, uint32_t point, struct str bytes)
{
	char ascii[1];

	if (ascii_word(point, ascii)) {
		put(s, str_of(ascii, 1));
		return;
	}
	if (point == '\'' || point == 0x2019 || IS_AMONG(marks, point))
		return;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct str word;

		if (point < blocks[i].first || point > blocks[i].last)
			continue;
		word = word_in(&blocks[i], point);
		if (str_eq_lit(word, "-"))
			s->parted = true;
		else if (!str_eq_lit(word, "_"))
			put(s, word);
		return;
	}
	if (IS_AMONG(others, point))
		s->parted = true;
	else
		put(s, bytes);
}

void
slug_write(struct buf *out, struct str text)
{
	struct slugging s = { out, out->n, false };

	while (text.n > 0) {
		struct str before = text;
		uint32_t point;

		if (!utf8_next(&text, &point)) {
			text = str_cut(text, 1, text.n);
			s.parted = true;
			continue;
		}
		put_point(&s, point, str_cut(before, 0, before.n - text.n));
	}
}
