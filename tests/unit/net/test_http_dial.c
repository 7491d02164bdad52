/* Names, addresses and proxies on the way to a connection.  The resolver is
 * ours: uv_getaddrinfo() is replaced when the test is linked. */
#include "caller.h"
#include "pki.h"

#include <netdb.h>
#include <uv.h>

#define SIMPLE "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

/* ---- a resolver that says what the test wants ---- */

struct answer {
	uv_timer_t timer;
	uv_getaddrinfo_t *request;
	uv_getaddrinfo_cb heard;
	uint16_t port;
	unsigned turn;
};

/* What look-up number 0, 1, ... says: addresses with commas; NULL: none. */
static const char *resolver_says[4];
static unsigned resolver_asked;
static char resolver_name[256];

static struct addrinfo *
info_of(const char *text, uint16_t port)
{
	struct addrinfo *info = calloc(1, sizeof(*info));
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	bool is4 = inet_pton(AF_INET, text, &v4.sin_addr) == 1;

	if (!is4)
		assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	v4.sin_port = v6.sin6_port = htons(port);
	info->ai_family = is4 ? AF_INET : AF_INET6;
	info->ai_addrlen = is4 ? sizeof(v4) : sizeof(v6);
	info->ai_addr = calloc(1, info->ai_addrlen);
	memcpy(info->ai_addr, is4 ? (void *)&v4 : (void *)&v6,
		info->ai_addrlen);
	return info;
}

static struct addrinfo *
list_of(const char *says, uint16_t port)
{
	struct addrinfo *first = NULL, **last = &first;
	char *copy = strdup(says), *save = NULL;

	for (char *at = strtok_r(copy, ",", &save); at != NULL;
		at = strtok_r(NULL, ",", &save)) {
		*last = info_of(at, port);
		last = &(*last)->ai_next;
	}
	free(copy);
	return first;
}

static void
free_answer(uv_handle_t *h)
{
	free(h->data);
}

static void
on_answer(uv_timer_t *t)
{
	struct answer *a = t->data;
	const char *says = resolver_says[a->turn];

	uv_close((uv_handle_t *)t, free_answer);
	if (says == NULL)
		a->heard(a->request, UV_EAI_NONAME, NULL);
	else
		a->heard(a->request, 0, list_of(says, a->port));
}

int
uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request,
	uv_getaddrinfo_cb heard, const char *node, const char *service,
	const struct addrinfo *hints)
{
	struct answer *a = calloc(1, sizeof(*a));

	(void)hints;
	a->request = request;
	a->heard = heard;
	a->port = (uint16_t)strtoul(service, NULL, 10);
	a->turn = resolver_asked++;
	a->timer.data = a;
	snprintf(resolver_name, sizeof(resolver_name), "%s", node);
	uv_timer_init(loop, &a->timer);
	uv_timer_start(&a->timer, on_answer, 1, 0);
	return 0;
}

void
uv_freeaddrinfo(struct addrinfo *info)
{
	while (info != NULL) {
		struct addrinfo *next = info->ai_next;

		free(info->ai_addr);
		free(info);
		info = next;
	}
}

static void
resolver(const char *first, const char *second)
{
	resolver_says[0] = first;
	resolver_says[1] = second;
	resolver_says[2] = resolver_says[3] = NULL;
	resolver_asked = 0;
}

/* ---- calls ---- */

static const struct peer_move answers[] = { { PEER_ACCEPT }, { PEER_HEAR },
	{ PEER_SAY, SIMPLE }, { PEER_UNTIL_CLOSED }, { PEER_END } };

struct scene {
	struct peer peer;
	struct caller caller;
	struct told told;
};

static void
scene_open(struct scene *s, const struct peer_move *moves,
	const struct http_client_settings *settings)
{
	peer_start(&s->peer, moves, NULL);
	caller_open(&s->caller, settings);
	told_init(&s->told, &s->caller);
}

static void
scene_close(struct scene *s)
{
	told_clear(&s->told);
	caller_close(&s->caller);
	peer_join(&s->peer);
}

/* format: the origin, with the peer's port. */
static void
scene_play(struct scene *s, const char *host, enum vet_policy vet)
{
	struct http_ask ask = { .method = HTTP_GET, .vet = vet };
	char origin[300];

	snprintf(origin, sizeof(origin), "http://%s:%u", host, s->peer.port);
	ask.origin = str_from(origin);
	caller_ask(&s->told, &ask);
	caller_run(&s->caller);
}

static void
told_fault(const struct told *t, enum fault_id id, const char *words)
{
	if (t->fault.id != id || strstr(t->fault.detail, words) == NULL)
		fail_msg("fault %d \"%s\", not %d \"%s\"", (int)t->fault.id,
			t->fault.detail, (int)id, words);
	assert_int_equal(t->dones, 1);
	if (id != FAULT_NONE)
		assert_false(t->sent);
}

static void
test_names_are_looked_up_and_sent_as_host(void **state)
{
	struct scene s;

	(void)state;
	resolver("127.0.0.1", NULL);
	scene_open(&s, answers, NULL);
	scene_play(&s, "server.example", VET_CONFIGURED);
	told_fault(&s.told, FAULT_NONE, "");
	assert_string_equal(resolver_name, "server.example");
	assert_non_null(strstr(s.peer.heard, "Host: server.example:"));
	scene_close(&s);
}

static void
test_localhost_is_not_asked_of_the_resolver(void **state)
{
	struct scene s;

	(void)state;
	resolver("192.0.2.1", NULL);
	scene_open(&s, answers, NULL);
	scene_play(&s, "localhost", VET_LOOPBACK);
	told_fault(&s.told, FAULT_NONE, "");
	assert_int_equal(resolver_asked, 0);
	scene_close(&s);
}

static void
test_the_next_address_is_tried(void **state)
{
	struct scene s;

	(void)state;
	/* Nothing listens at the others. */
	resolver("127.0.0.3,127.0.0.2,::1,127.0.0.1", NULL);
	scene_open(&s, answers, NULL);
	scene_play(&s, "server.example", VET_CONFIGURED);
	told_fault(&s.told, FAULT_NONE, "");
	scene_close(&s);
}

static void
test_look_ups_and_connections_that_fail(void **state)
{
	struct scene s;

	(void)state;
	resolver(NULL, NULL);
	scene_open(&s, answers, NULL);
	scene_play(&s, "server.example", VET_CONFIGURED);
	told_fault(&s.told, FAULT_DIAL, "looking up server.example: ");
	told_init(&s.told, &s.caller);
	resolver("127.0.0.2,127.0.0.3", NULL);
	scene_play(&s, "server.example", VET_CONFIGURED);
	told_fault(&s.told, FAULT_DIAL, "Connection refused");
	assert_non_null(strstr(s.told.fault.detail, "127.0.0.3:"));
	told_init(&s.told, &s.caller);
	scene_play(&s, "127.0.0.1.", VET_CONFIGURED);
	told_fault(&s.told, FAULT_DIAL, "no host name");
	told_init(&s.told, &s.caller);
	scene_play(&s, "0x7f.1", VET_CONFIGURED);
	told_fault(&s.told, FAULT_DIAL_FORBIDDEN, "no plain IPv4 address");
	assert_int_equal(s.peer.accepted, 0);
	scene_close(&s);
}

/* Every address that the policy refuses is passed over, however written. */
static void
lesson_B09_refused_addresses_are_never_called(void **state)
{
	static const char *const says[] = { "127.0.0.1", "::1",
		"::ffff:127.0.0.1", "10.0.0.1,169.254.169.254", "fd00::1",
		"64:ff9b::7f00:1", "2002:7f00:1::1", "0.0.0.0", "::" };
	static const char *const hosts[] = { "127.0.0.1", "[::1]", "localhost",
		"[::ffff:127.0.0.1]", "0.0.0.0" };
	struct scene s;

	(void)state;
	scene_open(&s, answers, NULL);
	for (size_t i = 0; i < sizeof(says) / sizeof(*says); i++) {
		resolver(says[i], NULL);
		told_init(&s.told, &s.caller);
		scene_play(&s, "server.example", VET_PUBLIC);
		told_fault(&s.told, FAULT_DIAL_FORBIDDEN, "special-use");
	}
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		told_init(&s.told, &s.caller);
		scene_play(&s, hosts[i], VET_PUBLIC);
		told_fault(&s.told, FAULT_DIAL_FORBIDDEN, "special-use");
	}
	assert_int_equal(s.peer.accepted, 0);
	scene_close(&s);
}

/* The first look-up says what is fine; what it says later is never asked. */
static void
lesson_B09_the_address_connected_to_is_the_one_vetted(void **state)
{
	struct scene s;

	(void)state;
	resolver("127.0.0.1", "169.254.169.254");
	scene_open(&s, answers, NULL);
	scene_play(&s, "server.example", VET_LOOPBACK);
	told_fault(&s.told, FAULT_NONE, "");
	assert_int_equal(resolver_asked, 1);
	scene_close(&s);
	/* A forbidden one beside an allowed one is left out. */
	resolver("10.0.0.1,127.0.0.1", NULL);
	scene_open(&s, answers, NULL);
	scene_play(&s, "server.example", VET_LOOPBACK);
	told_fault(&s.told, FAULT_NONE, "");
	scene_close(&s);
}

/* A connection that a person's word opened is not for strangers' asks. */
static void
lesson_B09_a_kept_connection_does_not_pass_the_vetting(void **state)
{
	struct scene s;

	(void)state;
	resolver("127.0.0.1", "127.0.0.1");
	scene_open(&s, answers, NULL);
	scene_play(&s, "server.example", VET_CONFIGURED);
	told_fault(&s.told, FAULT_NONE, "");
	told_clear(&s.told);
	told_init(&s.told, &s.caller);
	scene_play(&s, "server.example", VET_PUBLIC);
	told_fault(&s.told, FAULT_DIAL_FORBIDDEN, "special-use");
	scene_close(&s);
}

static void
test_a_slow_connection_is_given_up(void **state)
{
	struct http_ask ask = { .method = HTTP_GET,
		.connect_ms = 20,
		.origin = STR("http://server.example") };
	struct caller c;
	struct told t;

	(void)state;
	/* 192.0.2.0/24 goes nowhere; where it is refused, that is fine too. */
	resolver("192.0.2.1", NULL);
	caller_open(&c, NULL);
	told_init(&t, &c);
	caller_ask(&t, &ask);
	caller_run(&c);
	assert_true(t.fault.id == FAULT_TIMEOUT || t.fault.id == FAULT_DIAL);
	assert_false(t.sent);
	told_clear(&t);
	caller_close(&c);
}

static void
stop(void *with)
{
	loop_stop(with);
}

static void
test_cancel_while_looking_up_and_connecting(void **state)
{
	static const int64_t after[] = { 0, 1, 3 };
	struct http_ask ask = { .method = HTTP_GET,
		.origin = STR("http://server.example") };

	(void)state;
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
		struct loop_timer timer;
		struct caller c;
		struct told t;

		resolver("192.0.2.1", NULL);
		caller_open(&c, NULL);
		told_init(&t, &c);
		caller_ask(&t, &ask);
		loop_timer_init(&timer, c.loop, stop, c.loop);
		loop_timer_set(&timer, after[i]);
		loop_run(c.loop);
		if (t.dones == 0)
			http_call_cancel(&t.call);
		loop_timer_set(&timer, 5);
		loop_run(c.loop);
		told_clear(&t);
		caller_close(&c);
	}
}

/* ---- proxies ---- */

/* A proxy in the peer's place: hears CONNECT, then is the server itself. */
static void
play_tunnel(struct told *t, struct peer *peer, const struct peer_move *moves,
	SSL_CTX *ctx, struct pki *pki, enum vet_policy vet)
{
	struct http_ask ask = { .method = HTTP_GET,
		.vet = vet,
		.origin = STR("https://server.example:8443") };
	struct http_client_settings settings = { 0 };
	struct caller caller;
	char proxy[64];

	peer_start(peer, moves, ctx);
	snprintf(proxy, sizeof(proxy), "http://u:pw@127.0.0.1:%u", peer->port);
	settings.https_proxy = str_from(proxy);
	caller_open_tls(&caller, pki->ca_path, &settings);
	told_init(t, &caller);
	caller_ask(t, &ask);
	caller_run(&caller);
	caller_close(&caller);
	shutdown(peer->listener, SHUT_RDWR);
	pthread_join(peer->thread, NULL);
	close(peer->listener);
}

static const struct peer_move tunnel[] = { { PEER_ACCEPT }, { PEER_HEAR },
	{ PEER_SAY, "HTTP/1.1 200 Conn" }, { PEER_BREATH },
	{ PEER_SAY, "ection established\r\nProxy-Agent: x\r\n\r\n" },
	{ PEER_SHAKE }, { PEER_HEAR }, { PEER_SAY, SIMPLE },
	{ PEER_UNTIL_CLOSED }, { PEER_END } };

static void
test_https_goes_through_a_tunnel(void **state)
{
	struct pki_leaf leaf = { "DNS:server.example", "x", -60, 600 };
	struct pki pki;
	SSL_CTX *ctx;
	struct peer peer;
	struct told t;

	(void)state;
	resolver(NULL, NULL);
	pki_open(&pki);
	ctx = pki_server(&pki, &leaf);
	play_tunnel(&t, &peer, tunnel, ctx, &pki, VET_CONFIGURED);
	told_fault(&t, FAULT_NONE, "");
	assert_body(&t, "hello");
	assert_int_equal(resolver_asked, 0);
	assert_int_equal(strncmp(peer.heard,
				 "CONNECT server.example:8443 HTTP/1.1\r\n"
				 "Host: server.example:8443\r\n"
				 "Proxy-Authorization: Basic dTpwdw==\r\n\r\n"
				 "GET / HTTP/1.1\r\n"
				 "Host: server.example:8443\r\n\r\n",
				 200),
		0);
	told_clear(&t);
	free(peer.heard);
	SSL_CTX_free(ctx);
	pki_close(&pki);
}

/* What a stranger named is vetted here, and the proxy gets the address. */
static void
lesson_B09_a_proxy_is_told_the_vetted_address(void **state)
{
	struct pki_leaf leaf = { "DNS:server.example", "x", -60, 600 };
	struct pki pki;
	SSL_CTX *ctx;
	struct peer peer;
	struct told t;

	(void)state;
	pki_open(&pki);
	ctx = pki_server(&pki, &leaf);
	resolver("10.0.0.1,8.8.4.4", NULL);
	play_tunnel(&t, &peer, tunnel, ctx, &pki, VET_PUBLIC);
	told_fault(&t, FAULT_NONE, "");
	assert_int_equal(strncmp(peer.heard, "CONNECT 8.8.4.4:8443 ", 21), 0);
	told_clear(&t);
	free(peer.heard);
	resolver("10.0.0.1", NULL);
	play_tunnel(&t, &peer, tunnel, ctx, &pki, VET_PUBLIC);
	told_fault(&t, FAULT_DIAL_FORBIDDEN, "server.example: 10.0.0.1");
	assert_int_equal(peer.n, 0);
	told_clear(&t);
	free(peer.heard);
	SSL_CTX_free(ctx);
	pki_close(&pki);
}

static void
tunnel_fails(const struct peer_move *moves, enum fault_id id, const char *words)
{
	struct pki pki;
	struct peer peer;
	struct told t;

	pki_open(&pki);
	play_tunnel(&t, &peer, moves, NULL, &pki, VET_CONFIGURED);
	told_fault(&t, id, words);
	assert_null(strstr(peer.heard, "GET"));
	told_clear(&t);
	free(peer.heard);
	pki_close(&pki);
}

#define PROXY(...)                                                             \
	(const struct peer_move[])                                             \
	{                                                                      \
		{ PEER_ACCEPT }, { PEER_HEAR }, __VA_ARGS__,                   \
		{                                                              \
			PEER_END                                               \
		}                                                              \
	}

static void
test_tunnels_that_are_not_dug(void **state)
{
	(void)state;
	tunnel_fails(PROXY({ PEER_SAY,
			     "HTTP/1.1 407 Proxy Authentication Required\r\n"
			     "Content-Length: 0\r\n\r\n" }),
		FAULT_DIAL, "with status 407");
	tunnel_fails(
		PROXY({ PEER_SAY, "HTTP/1.1 403 Forbidden\r\n\r\nGo away" }),
		FAULT_DIAL, "server.example:8443 with status 403");
	tunnel_fails(PROXY({ PEER_SAY, "HTTP/1.1 200 OK\r\n\r\nearly" }),
		FAULT_PEER_HTTP, "bytes before the tunnel");
	tunnel_fails(PROXY({ PEER_SAY, "hello, who is there?\r\n\r\n" }),
		FAULT_PEER_HTTP, "proxy 127.0.0.1");
	tunnel_fails(PROXY({ PEER_CLOSE }), FAULT_DIAL, "closed");
	tunnel_fails(
		PROXY({ PEER_SAY, "HTTP/1.1 200 OK\r\n" },
			{ PEER_FLOOD, "X-Y: aaaaaaaaaaaaaaaaaaaa\r\n", 1000 }),
		FAULT_PEER_HTTP, "proxy 127.0.0.1");
}

static void
test_plain_http_names_the_whole_target(void **state)
{
	struct http_client_settings settings = { 0 };
	struct http_ask ask = { .method = HTTP_GET,
		.target = STR("/a?b"),
		.origin = STR("http://server.example") };
	struct caller caller;
	struct told t;
	struct peer peer;
	char proxy[64];

	(void)state;
	resolver(NULL, NULL);
	peer_start(&peer, answers, NULL);
	snprintf(proxy, sizeof(proxy), "u:pw@127.0.0.1:%u", peer.port);
	settings.http_proxy = str_from(proxy);
	caller_open(&caller, &settings);
	told_init(&t, &caller);
	caller_ask(&t, &ask);
	caller_run(&caller);
	told_fault(&t, FAULT_NONE, "");
	assert_string_equal(peer.heard,
		"GET http://server.example/a?b HTTP/1.1\r\n"
		"Host: server.example\r\n"
		"Proxy-Authorization: Basic dTpwdw==\r\n\r\n");
	/* A stranger's plain address can't be vetted there. */
	told_clear(&t);
	told_init(&t, &caller);
	ask.vet = VET_PUBLIC;
	caller_ask(&t, &ask);
	caller_run(&caller);
	told_fault(&t, FAULT_DIAL_FORBIDDEN, "through a proxy");
	told_clear(&t);
	caller_close(&caller);
	peer_join(&peer);
}

static void
test_no_proxy_and_broken_proxies(void **state)
{
	struct http_client_settings settings = {
		.http_proxy = STR("socks5://127.0.0.1:1"),
		.no_proxy = STR("direct.example")
	};
	struct scene s;

	(void)state;
	resolver("127.0.0.1", "127.0.0.1");
	scene_open(&s, answers, &settings);
	scene_play(&s, "direct.example", VET_CONFIGURED);
	told_fault(&s.told, FAULT_NONE, "");
	told_clear(&s.told);
	told_init(&s.told, &s.caller);
	scene_play(&s, "other.example", VET_CONFIGURED);
	told_fault(&s.told, FAULT_DIAL, "the proxy is no http:// address");
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_looked_up_and_sent_as_host),
		cmocka_unit_test(test_localhost_is_not_asked_of_the_resolver),
		cmocka_unit_test(test_the_next_address_is_tried),
		cmocka_unit_test(test_look_ups_and_connections_that_fail),
		cmocka_unit_test(lesson_B09_refused_addresses_are_never_called),
		cmocka_unit_test(
			lesson_B09_the_address_connected_to_is_the_one_vetted),
		cmocka_unit_test(
			lesson_B09_a_kept_connection_does_not_pass_the_vetting),
		cmocka_unit_test(test_a_slow_connection_is_given_up),
		cmocka_unit_test(test_cancel_while_looking_up_and_connecting),
		cmocka_unit_test(test_https_goes_through_a_tunnel),
		cmocka_unit_test(lesson_B09_a_proxy_is_told_the_vetted_address),
		cmocka_unit_test(test_tunnels_that_are_not_dug),
		cmocka_unit_test(test_plain_http_names_the_whole_target),
		cmocka_unit_test(test_no_proxy_and_broken_proxies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
