/*
 * fuzz_cookie: line 1 is a name, the rest a Cookie field's value; then the
 * rest is written as a cookie of that name, and read back.
 */
#include "fuzz.h"

#include "text/cookie.h"
#include "text/field.h"

static void
check_get(struct str header, struct str name)
{
	struct str value = cookie_get(header, name);

	if (str_is_none(value))
		return;
	insist(field_is_value(header));
	insist(value.p >= header.p && value.p + value.n <= header.p + header.n);
	for (size_t i = 0; i < value.n; i++)
		insist(value.p[i] > ' ' && value.p[i] < 0x7f &&
			value.p[i] != ';' && value.p[i] != ',');
}

static void
check_write(struct str name, struct str value)
{
	struct cookie c = {
		.name = name, .value = value, .max_age = 5, .secure = true
	};
	struct str written, rest, pair;
	struct buf out;

	buf_init(&out, FUZZ_ARENA_MAX);
	if (cookie_write(&out, &c)) {
		written = rest = buf_view(&out);
		insist(field_is_value(written));
		pair = str_split(&rest, ';');
		insist(str_eq_lit(rest,
			" Path=/; Max-Age=5; HttpOnly; Secure; "
			"SameSite=Lax"));
		insist(str_eq(cookie_get(pair, name), value));
	} else {
		insist(buf_view(&out).n == 0);
	}
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = fuzz_str(data, size), name = fuzz_line(&rest);

	check_get(rest, name);
	check_write(name, rest);
	return 0;
}
