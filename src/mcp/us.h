/*
 * us: what we call ourselves to both sides (V-19), and how the protocol's own
 * _meta keys begin.
 */
#ifndef MCP_US_H
#define MCP_US_H

/* Raw JSON: clientInfo and serverInfo. */
#define US_JSON                                                                      \
	"{\"name\":\"ostiary\",\"title\":\"Ostiary\",\"version\":\"" OSTIARY_VERSION \
	"\"}"

#define US_META "io.modelcontextprotocol/"

#endif
