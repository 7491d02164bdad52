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
#define HTTP_REPLY_ROOM ((size_t)2048)

struct http_server {
	struct loop *loop;
	struct tls_context *tls;
	struct http_limits limits;
	struct http_handler handler;
	struct http_listen *listen; /* NULL while draining */
	struct list idle;           /* the longest idle first */
	struct list busy;
	struct list later;          /* something to do on the next turn */
	struct loop_timer later_timer;
	struct loop_timer sweep;
	struct loop_timer drain_end;
	int64_t sweep_ms;
	void (*drained)(void *with);
	void *drained_with;
	bool draining;
	struct http_server_counts counts;
	int64_t date_until;         /* loop_now() from which date is stale */
	char date[HTTP_DATE_SIZE];  /* "Date: ...\r\n" */
	char reply[HTTP_REPLY_ROOM]; /* a head is written here */
	char address[80];
	struct fault fault;         /* scratch of one turn */
};

/* The Date field with its line end. */
struct str http_service_date(struct http_server *s);

/* A connection came or went. */
void http_service_count(struct http_server *s, int by);

/* Closes the connection that is idle for the longest, if one is. */
void http_service_close_idle(struct http_server *s);

#endif
