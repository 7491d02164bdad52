/*
 * html: what compiled templates call, and nothing else.
 *
 * web/NAME.html is compiled by tools/compile_templates.py into
 *	void page_NAME(struct buf *out, const struct page_NAME *args);
 * {{x}} is escaped, always; there is no raw form except {{{x}}} for a
 * fragment that another template made (struct html).  {{#if x}}, {{#else}},
 * {{#each xs}} (an array of structs) and {{> other}} nest.  Every
 * attribute is quoted, a URL goes through {{url x}} (http, https and paths
 * only); the compiler refuses a template with an inline script, style or
 * event handler.
 */
#ifndef TEXT_HTML_H
#define TEXT_HTML_H

#include "base/buf.h"

/* Bytes that are HTML already: made by a template. */
struct html {
	struct str bytes;
};

/* & < > " ' ` and control characters; invalid UTF-8 becomes U+FFFD.  Safe in
 * text and in quoted attributes. */
void html_escape(struct buf *out, struct str s);

/* A URL for an attribute: escaped, and replaced by "#" unless it is http,
 * https, or a path beginning with a single '/'. */
void html_url(struct buf *out, struct str s);

#endif
