/*
 * http_service: the inside of struct http_server, for the files of the server
 * alone.
 */
#ifndef NET_HTTP_SERVICE_H
#define NET_HTTP_SERVICE_H

#include "base/list.h"
#include "net/http_server.h"
#include "net/loop.h"

struct http_connection;
struct http_listen;

#define HTTP_DATE_SIZE 40

struct http_server {
	struct loop *loop;
	struct tls_context *tls;
	struct http_limits limits;
	struct http_handler handler;
	struct http_listen *listen; /* NULL while draining */
	struct list idle;           /* the longest idle first */
	struct list busy;           /* the longest busy first */
	struct list later;          /* something to do on the next turn */
	struct loop_timer later_timer;
	struct loop_timer sweep;
	struct loop_timer drain_end;
	int64_t sweep_ms;
	void (*drained)(void *with);
	void *drained_with;
	bool draining;
	struct http_server_counts counts;
	int64_t date_until;        /* loop_now() from which date is stale */
	char date[HTTP_DATE_SIZE]; /* "Date: ...\r\n" */
	char address[80];
	struct fault fault; /* scratch of one turn */
};

/* The Date field with its line end. */
struct str http_service_date(struct http_server *s);

/* A connection came or went. */
void http_service_count(struct http_server *s, int by);

/* How long the rest of a head may take from now on: while draining, nobody
 * waits long for requests that may never come. */
int64_t http_service_head_ms(const struct http_server *s);

/* Accepts again if it was full: a connection can be spared now. */
void http_service_resume(struct http_server *s);

/* The connection that can best be spared: the one that is idle for the
 * longest, else the one whose peer has been sending its request, or not
 * reading its answer, for the longest.  NULL: all of them are served.  So
 * those who hold connections without a request keep out nobody else. */
struct http_connection *http_service_spare(const struct http_server *s);

#endif
