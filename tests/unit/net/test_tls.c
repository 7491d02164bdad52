/* Whom the client trusts, and what the two sides agree on. */
#include "caller.h"
#include "pki.h"

#define SIMPLE "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static const struct peer_move answers[] = { { PEER_ACCEPT }, { PEER_SHAKE },
	{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_UNTIL_CLOSED },
	{ PEER_END } };

static struct pki pki;

static int
open_pki(void **state)
{
	(void)state;
	pki_open(&pki);
	return 0;
}

static int
close_pki(void **state)
{
	(void)state;
	pki_close(&pki);
	return 0;
}

/* One call over TLS; host NULL: 127.0.0.1. */
static void
play(struct told *t, SSL_CTX *ctx, const struct peer_move *moves,
	const char *host)
{
	struct http_ask ask = { .method = HTTP_GET };
	struct caller caller;
	struct peer peer;
	char origin[128];

	peer_start(&peer, moves, ctx);
	caller_open_tls(&caller, pki.ca_path, NULL);
	told_init(t, &caller);
	snprintf(origin, sizeof(origin), "https://%s:%u",
		host != NULL ? host : "127.0.0.1", peer.port);
	ask.origin = str_from(origin);
	caller_ask(t, &ask);
	caller_run(&caller);
	caller_close(&caller);
	peer_join(&peer);
	SSL_CTX_free(ctx);
}

static void
trusted(struct pki_leaf leaf, const char *host)
{
	struct told t;

	leaf.from_s = -60;
	leaf.until_s = 600;
	if (leaf.common_name == NULL)
		leaf.common_name = "x";
	play(&t, pki_server(&pki, &leaf), answers, host);
	if (t.fault.id != FAULT_NONE)
		fail_msg("%s: %s", host, t.fault.detail);
	assert_int_equal(t.status, 200);
	assert_body(&t, "hello");
	told_clear(&t);
}

/* The request must not have been sent, and the detail says why. */
static void
distrusted(SSL_CTX *ctx, const char *host, const char *why)
{
	struct told t;

	play(&t, ctx, answers, host);
	assert_int_equal(t.fault.id, FAULT_TLS);
	assert_false(t.sent);
	assert_int_equal(t.heads, 0);
	if (strstr(t.fault.detail, why) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", t.fault.detail, why);
	told_clear(&t);
}

static void
test_the_right_names_are_trusted(void **state)
{
	(void)state;
	trusted((struct pki_leaf){ "IP:127.0.0.1" }, "127.0.0.1");
	trusted((struct pki_leaf){ "DNS:localhost" }, "localhost");
	trusted((struct pki_leaf){ "DNS:x,DNS:localhost" }, "localhost");
	trusted((struct pki_leaf){ "DNS:*.b.localhost" }, "a.b.localhost");
}

static void
mismatch(const char *names, const char *common_name, const char *host)
{
	struct pki_leaf leaf = { names, common_name, -60, 600 };

	distrusted(pki_server(&pki, &leaf), host, "mismatch");
}

static void
test_wrong_names_are_not(void **state)
{
	(void)state;
	mismatch("DNS:example.com", "x", "localhost");
	mismatch("DNS:localhost", "x", "127.0.0.1");
	mismatch("IP:127.0.0.2", "x", "127.0.0.1");
	mismatch("DNS:127.0.0.1", "x", "127.0.0.1");
	mismatch("DNS:*.b.localhost", "x", "b.localhost");
	mismatch("DNS:*.b.localhost", "x", "c.a.b.localhost");
	mismatch("DNS:a*.b.localhost", "x", "ab.b.localhost");
	mismatch("DNS:*.localhost", "x", "a.localhost");
	mismatch(NULL, "localhost", "localhost");
	mismatch("DNS:example.com", "localhost", "localhost");
}

static void
test_dates_are_checked(void **state)
{
	struct pki_leaf old = { "DNS:localhost", "x", -7200, -3600 };
	struct pki_leaf young = { "DNS:localhost", "x", 3600, 7200 };

	(void)state;
	distrusted(pki_server(&pki, &old), "localhost", "expired");
	distrusted(pki_server(&pki, &young), "localhost", "not yet valid");
}

static void
test_other_authorities_are_not_trusted(void **state)
{
	struct pki_leaf leaf = { "DNS:localhost", "x", -60, 600 };
	struct pki other;

	(void)state;
	pki_open(&other);
	distrusted(pki_server(&other, &leaf), "localhost",
		"certificate signature failure");
	pki_close(&other);
}

static void
test_old_protocols_are_refused(void **state)
{
	struct pki_leaf leaf = { "DNS:localhost", "x", -60, 600 };
	SSL_CTX *ctx = pki_server(&pki, &leaf);

	(void)state;
	SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION);
	SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	distrusted(ctx, "localhost", "protocol version");
}

static void
test_tls_1_2_is_spoken(void **state)
{
	struct pki_leaf leaf = { "DNS:localhost", "x", -60, 600 };
	SSL_CTX *ctx = pki_server(&pki, &leaf);
	struct told t;

	(void)state;
	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	play(&t, ctx, answers, "localhost");
	assert_int_equal(t.fault.id, FAULT_NONE);
	assert_int_equal(t.status, 200);
	told_clear(&t);
}

static void
test_no_tls_at_all_is_a_tls_fault(void **state)
{
	static const struct peer_move plain[] = { { PEER_ACCEPT },
		{ PEER_SAY, SIMPLE }, { PEER_UNTIL_CLOSED }, { PEER_END } };
	static const struct peer_move mute[] = { { PEER_ACCEPT },
		{ PEER_CLOSE }, { PEER_END } };
	struct told t;

	(void)state;
	play(&t, NULL, plain, NULL);
	assert_int_equal(t.fault.id, FAULT_TLS);
	told_clear(&t);
	play(&t, NULL, mute, NULL);
	assert_int_equal(t.fault.id, FAULT_TLS);
	told_clear(&t);
}

/* ---- what is offered ---- */

static char offered_name[64];
static char offered_protocol[64];

static int
note_name(SSL *ssl, int *alert, void *with)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	(void)alert;
	(void)with;
	snprintf(offered_name, sizeof(offered_name), "%s",
		name == NULL ? "(none)" : name);
	return SSL_TLSEXT_ERR_OK;
}

static int
note_protocol(SSL *ssl, const unsigned char **out, unsigned char *n,
	const unsigned char *in, unsigned in_n, void *with)
{
	(void)ssl;
	(void)out;
	(void)n;
	(void)with;
	snprintf(offered_protocol, sizeof(offered_protocol), "%.*s", (int)in_n,
		(const char *)in);
	return SSL_TLSEXT_ERR_NOACK;
}

static void
offers(const char *host, const char *name)
{
	struct pki_leaf leaf = { "DNS:localhost,IP:127.0.0.1", "x", -60, 600 };
	SSL_CTX *ctx = pki_server(&pki, &leaf);
	struct told t;

	SSL_CTX_set_tlsext_servername_callback(ctx, note_name);
	SSL_CTX_set_alpn_select_cb(ctx, note_protocol, NULL);
	play(&t, ctx, answers, host);
	assert_int_equal(t.fault.id, FAULT_NONE);
	assert_string_equal(offered_name, name);
	assert_string_equal(offered_protocol, "\x08http/1.1");
	told_clear(&t);
}

static void
test_names_are_sent_as_sni_and_addresses_not(void **state)
{
	(void)state;
	offers("localhost", "localhost");
	offers("127.0.0.1", "(none)");
}

/* ---- the end of a connection ---- */

static void
test_a_body_that_was_cut_off_is_not_taken_for_whole(void **state)
{
	static const struct peer_move cut[] = { { PEER_ACCEPT }, { PEER_SHAKE },
		{ PEER_HEAR }, { PEER_SAY, "HTTP/1.1 200 OK\r\n\r\nhalf" },
		{ PEER_CUT }, { PEER_END } };
	static const struct peer_move ended[] = { { PEER_ACCEPT },
		{ PEER_SHAKE }, { PEER_HEAR },
		{ PEER_SAY, "HTTP/1.1 200 OK\r\n\r\nwhole" }, { PEER_CLOSE },
		{ PEER_END } };
	struct pki_leaf leaf = { "DNS:localhost", "x", -60, 600 };
	struct told t;

	(void)state;
	play(&t, pki_server(&pki, &leaf), cut, "localhost");
	assert_int_equal(t.fault.id, FAULT_PEER_CLOSED);
	told_clear(&t);
	play(&t, pki_server(&pki, &leaf), ended, "localhost");
	assert_int_equal(t.fault.id, FAULT_NONE);
	assert_body(&t, "whole");
	told_clear(&t);
}

static void
test_large_answers_and_kept_connections(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_SHAKE }, { PEER_HEAR },
		{ PEER_SAY,
			"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" },
		{ PEER_FLOOD, "0123456789", 100000 }, { PEER_HEAR },
		{ PEER_SAY, SIMPLE }, { PEER_END } };
	struct pki_leaf leaf = { "IP:127.0.0.1", "x", -60, 600 };
	SSL_CTX *ctx = pki_server(&pki, &leaf);
	struct http_ask ask = { .method = HTTP_POST };
	struct caller caller;
	struct told first, second;
	struct peer peer;
	char origin[64];

	(void)state;
	peer_start(&peer, moves, ctx);
	caller_open_tls(&caller, pki.ca_path, NULL);
	told_init(&first, &caller);
	told_init(&second, &caller);
	snprintf(origin, sizeof(origin), "https://127.0.0.1:%u", peer.port);
	ask.origin = str_from(origin);
	first.again = &ask;
	first.again_told = &second;
	caller_ask(&first, &ask);
	caller_run(&caller);
	assert_int_equal(first.fault.id, FAULT_NONE);
	assert_int_equal(first.body.n, 1000000);
	assert_int_equal(first.pieces, 1);
	assert_int_equal(second.fault.id, FAULT_NONE);
	assert_body(&second, "hello");
	assert_int_equal(peer.accepted, 1);
	told_clear(&first);
	told_clear(&second);
	caller_close(&caller);
	peer_join(&peer);
	SSL_CTX_free(ctx);
}

/* ---- contexts ---- */

static void
test_contexts_that_can_not_be_made_say_why(void **state)
{
	struct pki_leaf leaf = { "DNS:localhost", "x", -60, 600 };
	struct tls_context *t;
	struct fault f = { 0 };
	struct pki other;

	(void)state;
	pki_write(&pki, &leaf);
	t = tls_server_new(pki.cert_path, pki.key_path, &f);
	assert_non_null(t);
	tls_context_free(&t);
	assert_null(tls_server_new("/no/cert.pem", pki.key_path, &f));
	assert_int_equal(f.id, FAULT_CERTIFICATE);
	assert_string_equal(f.detail,
		"certificate /no/cert.pem: No such file or directory");
	assert_null(tls_server_new(pki.cert_path, "/no/key.pem", &f));
	assert_non_null(strstr(f.detail, "/no/key.pem"));
	pki_open(&other);
	pki_write(&other, &leaf);
	assert_null(tls_server_new(pki.cert_path, other.key_path, &f));
	assert_int_equal(f.id, FAULT_CERTIFICATE);
	pki_close(&other);
	assert_null(tls_client_new("/no/ca.pem", &f));
	assert_non_null(strstr(f.detail, "/no/ca.pem"));
}

/* SSL_CERT_FILE stands for the system's trust store. */
static void
test_the_environment_names_the_trust_store(void **state)
{
	struct pki_leaf leaf = { "IP:127.0.0.1", "x", -60, 600 };
	SSL_CTX *ctx = pki_server(&pki, &leaf);
	struct http_ask ask = { .method = HTTP_GET };
	struct caller caller;
	struct told t;
	struct peer peer;
	char origin[64];

	(void)state;
	peer_start(&peer, answers, ctx);
	setenv("SSL_CERT_FILE", pki.ca_path, 1);
	caller_open_tls(&caller, NULL, NULL);
	told_init(&t, &caller);
	snprintf(origin, sizeof(origin), "https://127.0.0.1:%u", peer.port);
	ask.origin = str_from(origin);
	caller_ask(&t, &ask);
	caller_run(&caller);
	unsetenv("SSL_CERT_FILE");
	assert_int_equal(t.fault.id, FAULT_NONE);
	told_clear(&t);
	caller_close(&caller);
	peer_join(&peer);
	SSL_CTX_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_right_names_are_trusted),
		cmocka_unit_test(test_wrong_names_are_not),
		cmocka_unit_test(test_dates_are_checked),
		cmocka_unit_test(test_other_authorities_are_not_trusted),
		cmocka_unit_test(test_old_protocols_are_refused),
		cmocka_unit_test(test_tls_1_2_is_spoken),
		cmocka_unit_test(test_no_tls_at_all_is_a_tls_fault),
		cmocka_unit_test(test_names_are_sent_as_sni_and_addresses_not),
		cmocka_unit_test(
			test_a_body_that_was_cut_off_is_not_taken_for_whole),
		cmocka_unit_test(test_large_answers_and_kept_connections),
		cmocka_unit_test(test_contexts_that_can_not_be_made_say_why),
		cmocka_unit_test(test_the_environment_names_the_trust_store),
	};

	return cmocka_run_group_tests(tests, open_pki, close_pki);
}
