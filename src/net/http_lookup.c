/* http_lookup: see http_lookup.h. */
#include "net/http_lookup.h"

#include "base/die.h"
#include "net/loop.h"

#include <stdlib.h>
#include <uv.h>

struct http_lookup {
	uv_getaddrinfo_t request;
	void (*done)(void *, const struct http_addresses *, const char *);
	void *with;
	bool unheard; /* cancelled */
};

/* The loop's thread alone counts. */
static unsigned running;

static bool
take(struct http_addresses *to, const struct addrinfo *info)
{
	union http_address *a = &to->at[to->n];

	if (info->ai_addrlen > sizeof(*a) ||
		(info->ai_family != AF_INET && info->ai_family != AF_INET6))
		return false;
	*a = (union http_address){ .v6 = { 0 } };
	memcpy(a, info->ai_addr, info->ai_addrlen);
	to->n++;
	return true;
}

/* The resolver's order within each family, the families in turn, the first
 * one's first (RFC 8305 4). */
static void
collect(struct http_addresses *to, const struct addrinfo *all)
{
	int family = all == NULL ? AF_INET : all->ai_family;
	const struct addrinfo *mine = all, *other = all;

	to->n = 0;
	while ((mine != NULL || other != NULL) && to->n < HTTP_ADDRESSES_MAX) {
		while (mine != NULL && mine->ai_family != family)
			mine = mine->ai_next;
		if (mine != NULL) {
			take(to, mine);
			mine = mine->ai_next;
		}
		while (other != NULL && other->ai_family == family)
			other = other->ai_next;
		if (other != NULL && to->n < HTTP_ADDRESSES_MAX) {
			take(to, other);
			other = other->ai_next;
		}
	}
}

static void
on_done(uv_getaddrinfo_t *request, int status, struct addrinfo *info)
{
	struct http_lookup *look = request->data;
	struct http_addresses list;

	running--;
	collect(&list, info);
	uv_freeaddrinfo(info);
	if (look->unheard)
		;
	else if (status != 0)
		look->done(look->with, NULL, uv_strerror(status));
	else if (list.n == 0)
		look->done(look->with, NULL, "no address");
	else
		look->done(look->with, &list, NULL);
	free(look);
}

struct http_lookup *
http_lookup_start(struct loop *l, const struct http_origin *o,
	void (*done)(
		void *with, const struct http_addresses *list, const char *why),
	void *with, struct fault *f)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV };
	struct http_lookup *look;
	char port[6];
	int status;

	if (running >= HTTP_LOOKUPS_MAX) {
		fault_set(f, FAULT_DIAL, "too many name look-ups at once");
		return NULL;
	}
	look = calloc(1, sizeof(*look));
	if (look == NULL)
		die("out of memory");
	look->request.data = look;
	look->done = done;
	look->with = with;
	snprintf(port, sizeof(port), "%u", o->port);
	status = uv_getaddrinfo(
		loop_uv(l), &look->request, on_done, o->host, port, &hints);
	if (status != 0) {
		fault_set(
			f, FAULT_DIAL, "%s: %s", o->host, uv_strerror(status));
		free(look);
		return NULL;
	}
	running++;
	return look;
}

void
http_lookup_cancel(struct http_lookup **lookup)
{
	struct http_lookup *look = *lookup;

	if (look == NULL)
		return;
	*lookup = NULL;
	look->unheard = true;
	uv_cancel((uv_req_t *)&look->request);
}
