/* http_bytes: see http_bytes.h. */
#include "net/http_bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Sums of enum http_bytes; eight bytes a line, from NUL on. */
/* clang-format off */
const unsigned char http_bytes_table[256] = {
	 0,  0,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,
	 0,  7,  0,  1,  7,  7,  7,  7, /*   ! " # $ % & ' */
	 6,  6,  7,  7,  6, 15, 15,  6, /* ( ) * + , - . / */
	15, 15, 15, 15, 15, 15, 15, 15,
	15, 15,  6,  6,  0,  6,  0,  4, /* 8 9 : ; < = > ? */
	 6, 15, 15, 15, 15, 15, 15, 15, /* @ A */
	15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15,  6,  4,  6,  7, 15, /* X Y Z [ \ ] ^ _ */
	 7, 15, 15, 15, 15, 15, 15, 15, /* ` a */
	15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15,  6,  7,  6, 15,  0, /* x y z { | } ~ */
};
/* clang-format on */

static bool
stands_in_value(char c)
{
	unsigned char u = (unsigned char)c;

	return (u >= 0x20 && u != 0x7f) || u == '\t';
}

#ifdef __SSE2__
static int
bad_bytes(const char *p)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
	__m128i tab = _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'));
	__m128i del = _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f));

	return _mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, low), del));
}
#endif

const char *
http_bytes_value_end(const char *p, const char *end)
{
#ifdef __SSE2__
	for (int bad; end - p >= 16; p += 16)
		if ((bad = bad_bytes(p)) != 0)
			return p + __builtin_ctz((unsigned)bad);
#endif
	while (p < end && stands_in_value(*p))
		p++;
	return p;
}
