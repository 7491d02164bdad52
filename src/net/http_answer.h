/*
 * http_answer: reads the answer to a call from its link.
 *
 * Heads and bodies are read in place.  A body that is gathered stays in the
 * link's buffer, right behind the head; the sizes of its chunks are squeezed
 * out as they come.  Inside of the HTTP client only.
 */
#ifndef NET_HTTP_ANSWER_H
#define NET_HTTP_ANSWER_H

struct http_link;

/* The link has bytes to read, and a call: reads, and works on it when the
 * turn comes. */
void http_answer_read(struct http_link *l);

/* Works on what was read. */
void http_answer_go_on(struct http_link *l);

#endif
