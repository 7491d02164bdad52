/*
 * cookie: RFC 6265, reading Cookie and writing Set-Cookie.
 */
#ifndef TEXT_COOKIE_H
#define TEXT_COOKIE_H

#include "base/buf.h"
#include "base/fault.h"

/* The value of that name in a Cookie field's value, or STR_NONE.  If the name
 * stands twice with different values, STR_NONE as well: a shadowed cookie is
 * an attack, not a login.  So is a name whose value holds bytes that no
 * cookie may, and a control character anywhere.  Other malformed pairs are
 * passed over. */
struct str cookie_get(struct str header, struct str name);

struct cookie {
	struct str name;
	struct str value; /* cookie-octets only */
	struct str path;  /* STR_NONE: "/" */
	int64_t max_age;  /* seconds; < 0: a session cookie; 0: delete */
	bool secure;      /* the caller then names it __Host-<name> */
	bool strict;      /* SameSite=Strict instead of Lax */
};

/* Writes a Set-Cookie value, always HttpOnly.  False (nothing written) when
 * name, value or path hold bytes that may not stand there. */
bool cookie_write(struct buf *out, const struct cookie *c);

#endif
