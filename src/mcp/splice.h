/*
 * splice: a few changes to a text, written as parts instead of as a copy.
 *
 * The edits are collected in any order and must not overlap; splice_parts()
 * then gives the pieces of the original and of the new texts in order, ready
 * for writev().  Nothing is copied or allocated; the texts must outlive the
 * parts.
 *
 * Members of a JSON object can be taken out and put in without care for
 * commas: they are set right when the parts are made, however many
 * neighbours go.
 */
#ifndef MCP_SPLICE_H
#define MCP_SPLICE_H

#include "mcp/envelope.h"

#define SPLICE_EDITS_MAX 16u
#define SPLICE_PARTS_MAX (3u * SPLICE_EDITS_MAX + 1u)

enum splice_kind { SPLICE_REPLACE, SPLICE_REMOVE, SPLICE_INSERT };

struct splice_edit {
	enum splice_kind kind;
	const char *from; /* bytes of the original that go */
	const char *to;
	struct str text; /* what comes there */
	bool last;       /* SPLICE_REMOVE: no member stays after it */
};

struct splice {
	struct str original;
	struct splice_edit edits[SPLICE_EDITS_MAX];
	unsigned n;
	bool failed; /* too many edits, or STR_NONE as a text */
};

/* Begins with the whole text and no edits. */
void splice_init(struct splice *s, struct str original);

/* Puts text where part (a piece of the original) stands. */
void splice_replace(struct splice *s, struct str part, struct str text);

/* Takes a member out, key and comma included.  Absent members are left
 * alone. */
void splice_remove(struct splice *s, struct envelope_member m);

/* Puts a member ("key":value, no comma) first into an object, whose value
 * begins at object.p; several for one object stand in the order given. */
void splice_insert(struct splice *s, struct str object, struct str member);

/* The parts in order; how many, or 0 when the splice failed.  Parts of no
 * length are left out.  Call once, when all edits are made. */
size_t splice_parts(struct splice *s, struct str parts[SPLICE_PARTS_MAX]);

/* The parts as one text in the arena; STR_NONE at its cap or when failed. */
struct str splice_text(struct arena *a, struct splice *s);

/* Bytes of n parts together. */
size_t splice_size(const struct str *parts, size_t n);

#endif
