/*
 * token: what a code or a refresh token is exchanged for (RFC 6749 4.1.3, 6).
 *
 * The judgement alone; front/token_endpoint.h loads what is judged and saves
 * what follows, in one transaction.
 *
 *	code ──▶ spent ──(comes back with the right verifier)──▶ grant revoked
 *
 *	refresh ──▶ retired, successor issued
 *	              │ within the grace, successor unused: the same successor
 *	              └ later, or successor used: grant revoked
 *
 * Only digests rest in the store.  So that the same successor can be given
 * twice, successors are derived from the retired token under a key
 * (docs/PROTOCOL.md U-13); an access token that was revoked meanwhile is
 * replaced by a fresh one.
 */
#ifndef OAUTH_TOKEN_H
#define OAUTH_TOKEN_H

#include "base/buf.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include "crypto/token.h"
#include "model/grant.h"

struct arena;
struct client;
struct form;
struct seal_key;

/* The name under which the store knows a token: its SHA-256 in hexadecimal. */
struct token_name {
	char hex[2 * DIGEST_BYTES];
};

struct token_name token_name(struct str text);

static inline struct str
token_name_str(const struct token_name *name)
{
	return (struct str){ name->hex, sizeof(name->hex) };
}

enum token_grant_type { TOKEN_BY_CODE, TOKEN_BY_REFRESH };

/* A request, as far as it can be read without the store. */
struct token_ask {
	enum token_grant_type type;
	struct str presented;    /* the code or the refresh token */
	struct str verifier;     /* STR_NONE: none */
	struct str redirect_uri; /* STR_NONE: not sent */
	struct str resource;     /* STR_NONE: not sent */
	struct str scope;        /* sorted; STR_NONE: not sent */
};

/* Parameter names that may stand more than once, for form_parse(). */
extern const char *const token_repeatable[];

/* FAULT_INVALID_REQUEST, FAULT_UNSUPPORTED_GRANT_TYPE, FAULT_INVALID_GRANT
 * when it can be no token of ours, FAULT_INVALID_TARGET,
 * FAULT_INVALID_SCOPE. */
bool token_read(struct arena *a, const struct form *form, struct token_ask *ask,
	struct fault *f);

enum token_verdict {
	TOKEN_ISSUE,  /* spend or retire it, and issue */
	TOKEN_REPEAT, /* refresh: the successor again */
	TOKEN_REFUSE, /* f says why; nothing changes */
	TOKEN_REVOKE  /* f says why; revoke the grant */
};

/* What is judged with: the client has authenticated. */
struct token_scene {
	const struct client *client;
	const struct grant *grant;
	int64_t now;   /* seconds since 1970 */
	int64_t grace; /* seconds */
};

/* Spent codes come before expired ones: a replay counts however late. */
enum token_verdict token_judge_code(const struct token_ask *ask,
	const struct token_scene *scene, const struct auth_code *code,
	struct fault *f);

/* successor: what the store knows of the token that replaced this one; NULL
 * when there is none. */
enum token_verdict token_judge_refresh(const struct token_ask *ask,
	const struct token_scene *scene, const struct refresh_token *old,
	const struct refresh_token *successor, struct fault *f);

/* What replaces a refresh token: the next refresh token, or an access token
 * of that scope.  The same arguments always give the same text.  STR_NONE at
 * the arena's cap. */
struct str token_successor(struct arena *a, const struct seal_key *key,
	enum token_kind kind, const struct token_name *old, struct str scope);

/* The successful answer (RFC 6749 5.1). */
struct token_answer {
	struct str access;
	struct str refresh; /* STR_NONE: none */
	struct str scope;
	int64_t expires_in; /* seconds */
};
void token_write(struct buf *out, const struct token_answer *answer);

#endif
