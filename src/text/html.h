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

/* & < > " ' ` become entities.  What has no business in a page becomes
 * U+FFFD: control characters (but TAB and LF), marks that turn the direction
 * of text (U+202A to U+202E, U+2066 to U+2069) and invalid UTF-8.  Safe in
 * text and in quoted attributes. */
void html_escape(struct buf *out, struct str s);

/* A URL for an attribute: escaped, and replaced by "#" unless it is http,
 * https, or a path beginning with a single '/', and holds only what a URI
 * may (uri.h). */
void html_url(struct buf *out, struct str s);

/* Bytes that a template made, as they are. */
void html_raw(struct buf *out, struct html fragment);

/* A number. */
void html_u64(struct buf *out, uint64_t v);

#endif
