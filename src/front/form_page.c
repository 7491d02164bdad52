/* form_page: see form_page.h. */
#include "front/form_page.h"

#include "crypto/random.h"
#include "front/browser.h"

struct str
form_page_token(struct front *front, struct http_request *r, struct str form,
	struct reply *how)
{
	struct str nonce = browser_stranger(front, r);

	nonce = str_is_none(nonce) ? random_text(r->arena, 32)
				   : str_dup(r->arena, nonce);
	how->cookies[0] = browser_set_stranger(r->arena, front, nonce);
	return browser_form_token(r->arena, front, nonce, form);
}

bool
form_page_parse(struct http_request *r, struct form *form, struct fault *f)
{
	struct str type = r->head->known[HTTP_FIELD_CONTENT_TYPE];

	if (str_is_none(type) ||
		!field_media_is(type, STR("application/x-www-form-urlencoded")))
		return fault_set(f, FAULT_MEDIA_TYPE, "not a form");
	return form_parse(r->arena, r->body, NULL, form, f);
}

bool
form_page_read(struct front *front, struct http_request *r, struct str name,
	struct form *form, struct fault *f)
{
	return form_page_parse(r, form, f) &&
		browser_form_check(front, browser_stranger(front, r), name,
			form_get(form, "form_token"), f);
}

struct str
form_page_get(const struct form *form, const char *name)
{
	struct str value = form_get(form, name);

	return str_is_none(value) ? STR("") : value;
}
