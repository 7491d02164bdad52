/*
 * form_page: what the forms of strangers (login, set-up) have in common: the
 * cookie that binds them, and reading what was posted.
 */
#ifndef FRONT_FORM_PAGE_H
#define FRONT_FORM_PAGE_H

#include "front/front.h"
#include "front/reply.h"
#include "text/form.h"

#define FORM_PAGE_MAX ((size_t)64 << 10)

/* The form's token for this stranger; how gets the Set-Cookie that it is bound
 * to.  An existing cookie is kept, so that two tabs don't make each other
 * stale. */
struct str form_page_token(struct front *front, struct http_request *r,
	struct str form, struct reply *how);

/* The posted form, if its token is the stranger's.  FAULT_MEDIA_TYPE,
 * FAULT_BAD_FORM, FAULT_STALE_FORM. */
bool form_page_read(struct front *front, struct http_request *r,
	struct str name, struct form *form, struct fault *f);

/* The posted form, whatever its token. */
bool form_page_parse(
	struct http_request *r, struct form *form, struct fault *f);

/* The value, or "" when it is absent. */
struct str form_page_get(const struct form *form, const char *name);

#endif
