/*
 * doors: may this request come in at all?
 *
 * Before anybody asks for a token, Host and Origin are looked at: a page in
 * somebody's browser must not reach a server on their own machine through a
 * name that it controls (DNS rebinding), nor post forms for them.
 *
 *	Host    publicUrl's authority, the listen address, or a loopback name
 *	        (localhost, 127.0.0.1, [::1]) with our port; else
 *	        FAULT_FOREIGN_HOST.  Probes (/health, /ready) may also use any
 *	        address literal: rebinding needs a name.
 *	Origin  absent is fine (no browser, or a plain navigation); a doubled
 *	        one is refused everywhere, "null" and what doesn't parse
 *	        nearly everywhere but at DOOR_ANY: FAULT_FOREIGN_ORIGIN.  What else
 *	        passes depends on the door:
 *
 *	DOOR_OWN      publicUrl's origin and its loopback twins; "null" if the
 *	              browser itself says that the page was ours
 *	              ("Sec-Fetch-Site: same-origin"), because our pages send
 *	              no referrer.  Pages and forms; never any CORS field.
 *	DOOR_ALLOWED  as DOOR_OWN, and when publicUrl is a loopback one any
 *	              loopback origin on any port (a client that runs as a
 *	              local web page).  These may read the answer, without
 *	              credentials.  /mcp.
 *	DOOR_ANY      every origin may read, without credentials: metadata,
 *	              token, registration, which read no cookie.
 *	DOOR_PROBE    as DOOR_OWN, with the laxer Host above.
 *
 * No X-Forwarded-... field is read for any of this.  See docs/decisions.md.
 *
 * The set of names lives from one settings snapshot to the next.
 */
#ifndef FRONT_DOORS_H
#define FRONT_DOORS_H

#include "base/fault.h"
#include "model/settings.h"
#include "net/http_head.h"
#include "text/field.h"

enum door { DOOR_OWN, DOOR_ALLOWED, DOOR_ANY, DOOR_PROBE };

struct doors;

/* For that snapshot; bound is the address that is listened at ("host:port")
 * or STR_NONE: then the settings' listen.  Copies what it needs. */
struct doors *doors_new(const struct settings *s, struct str bound);
void doors_free(struct doors **d);

/* FAULT_FOREIGN_HOST, FAULT_FOREIGN_ORIGIN.  Allocates nothing. */
bool doors_check(const struct doors *d, const struct http_head *head,
	enum door door, struct fault *f);

/* The CORS fields of an answer through that door to that (checked) request:
 * fills at most DOORS_FIELDS, gives how many.  origin: the request's Origin
 * or STR_NONE; it must outlive the fields. */
#define DOORS_FIELDS 3u
size_t doors_cors(enum door door, struct str origin, struct field *out);

/* The fields of the answer to a preflight; methods as for Allow. */
#define DOORS_PREFLIGHT_FIELDS 6u
size_t doors_preflight(enum door door, struct str origin, struct str methods,
	struct field *out);

#endif
