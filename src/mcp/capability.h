/*
 * capability: what a server can do, as bits.
 *
 * Read from InitializeResult or DiscoverResult, merged for the hub by "or",
 * cut down to what we serve, and written for each revision.
 */
#ifndef MCP_CAPABILITY_H
#define MCP_CAPABILITY_H

#include "mcp/methods.h"

struct json;
struct json_write;

#define CAPABILITY_TOOLS               0x001u
#define CAPABILITY_TOOLS_CHANGED       0x002u
#define CAPABILITY_PROMPTS             0x004u
#define CAPABILITY_PROMPTS_CHANGED     0x008u
#define CAPABILITY_RESOURCES           0x010u
#define CAPABILITY_RESOURCES_CHANGED   0x020u
#define CAPABILITY_RESOURCES_SUBSCRIBE 0x040u
#define CAPABILITY_COMPLETIONS         0x080u
#define CAPABILITY_LOGGING             0x100u
/* Needed by methods that nobody behind us is asked for: never set. */
#define CAPABILITY_TASKS               0x200u
#define CAPABILITY_LISTEN              0x400u

/* Reads a "capabilities" object of a server that speaks r; caps may be NULL.
 * 2024-11-05 had no completions capability: a server of it that has prompts
 * or resources counts as having it (BR-40). */
unsigned capability_read(const struct json *caps, enum revision r);

/* What we offer to a client of revision r out of what the servers have.
 * listChanged, subscribe and logging/setLevel only to legacy clients, whose GET
 * stream carries the notifications; a modern one still gets logging, which is
 * asked for by logLevel in each request. */
unsigned capability_offer(unsigned servers, enum revision r);

/* Whether the offered bits serve a method; methods that need none are. */
bool capability_serves(unsigned offered, enum method m);

/* Writes the object for a client of revision r. */
void capability_write(struct json_write *w, unsigned offered, enum revision r);

#endif
