// Attacks on the way to a code: routes, clients, redirects, PKCE, pages,
// consent.  One daemon; its owner is logged in, as a victim would be.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { REDIRECT, OWNER, Visitor, authorizeUrl, consent, hiddenFields, obtain, pkce, raw, register, request, startDaemon, token } from '../e2e/lib.mjs';
import { CODE, addPerson, forge, headerOf, healthy, isSafePage, leaksNothing, logLines, paths, startGuarded } from './kit.mjs';

const WEB = 'https://app.example.com/cb';
const MARKUP = `"'><script>alert(1)</script><img src=x onerror=alert(2)>{{name}}&lt;`;
let d, owner, client, web;

before(async () => {
	d = await startGuarded({ settings: { scopes: { 'notes:write': 'Write <b>notes</b>' } } });
	owner = d.owner;
	client = await register(d);
	web = await register(d, { client_name: 'Web app', redirect_uris: [WEB] });
});
after(() => d?.close());

const url = (c, extra = {}) => authorizeUrl(d, c, { challenge: pkce().challenge, resource: `${d.url}/mcp`, ...extra });

// Nothing that could carry a code anywhere.
function givesNoCode(r, what) {
	assert.doesNotMatch(r.text, CODE, what);
	assert.doesNotMatch(JSON.stringify(r.raw ?? [...r.headers]), CODE, what);
	const to = headerOf(r, 'location');
	if (to) assert.equal(new URL(to, d.url).searchParams.has('code'), false, `${what}: ${to}`);
}

// A page of our own, no way to anywhere.
function staysHere(r, what, status = 400) {
	assert.equal(r.status, status, `${what}: ${r.location ?? ''} ${r.text.slice(0, 200)}`);
	assert.equal(r.location, null, what);
	assert.equal(r.headers.get('refresh'), null, what);
	isSafePage(r, what);
	leaksNothing(r.text, what);
	for (const [, href] of r.text.matchAll(/\b(?:href|action|src)="([^"]*)"/gi)) assert.match(href, /^(\/(?!\/)|#)/, `${what}: ${href}`);
}

// ---- F01 ----

test('lesson_F01 no route yields a code without a session', async () => {
	const stranger = { query: url(client).search, form: url(client).searchParams.toString() };
	const internal = ['/authorize', '/oauth/authorize', '/api/oauth/authorize', '/oauth/code', '/api/oauth/code', '/internal/code', '/internal/oauth/issue',
		'/oauth/authorize/internal', '/oauth/authorize/confirm', '/oauth/consent', '/oauth/approve', '/api/oauth/consent', '/oauth/callback', '/api/oauth/callback',
		'/oauth/par', '/oauth/device', '/device', '/api/events', '/api/clients', '/oauth//authorize', '/oauth/./authorize', '/x/../oauth/authorize', '/OAUTH/authorize'];
	const all = [...new Set([...await paths(), ...internal])];
	assert.ok(all.includes('/oauth/authorize') && all.includes('/oauth/token') && all.includes('/login'), `${all}`);
	for (const path of all)
		for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
			const r = await request(`${d.url}${path}${stranger.query}&decision=allow&approve=true&user=${OWNER.username}`, { method,
				headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', 'x-internal': '1', 'x-user': OWNER.username },
				body: ['POST', 'PUT', 'PATCH'].includes(method) ? `${stranger.form}&decision=allow&user=${OWNER.username}` : undefined });
			givesNoCode(r, `${method} ${path}`);
			assert.ok(r.status >= 300 || method === 'OPTIONS' || !/authorize/.test(path), `${method} ${path}: ${r.status}`);
		}
	assert.equal(logLines(d).some(l => l.event === 'consent'), false, 'nobody consented');
	const q = await consent(owner, url(client));
	assert.match(q.get('code'), CODE, 'the same request, with a person, gives one');
});

// ---- F02 ----

test('lesson_F02 an unknown client gets a page and no redirect', async () => {
	for (const id of ['c_nobody', '', undefined, 'c_', `${client.client_id}x`, client.client_id.toUpperCase(), ` ${client.client_id}`, 'https://evil.example/client.json', MARKUP, 'a'.repeat(3000)]) {
		const u = url(client, { redirect_uri: 'https://evil.example/steal' });
		if (id === undefined) u.searchParams.delete('client_id'); else u.searchParams.set('client_id', id);
		for (const v of [owner, new Visitor(d)]) {
			const r = await v.get(u);
			staysHere(r, `client_id ${id}`);
			assert.doesNotMatch(r.text, /evil\.example\/steal/);
		}
	}
	const t = await token(d, { grant_type: 'authorization_code', client_id: 'c_nobody', code: forge('ac'), code_verifier: pkce().verifier });
	assert.equal(t.status, 401);
	assert.equal(t.error, 'invalid_client');
});

const nearMisses = [
	'https://app.example.com/cb/', 'https://app.example.com/CB', 'https://APP.example.com/cb', 'HTTPS://app.example.com/cb', 'https://app.example.com/c',
	'https://app.example.com/cb/evil', 'https://app.example.com/cb?x=1', 'https://app.example.com/cb?', 'https://app.example.com/cb#', 'https://app.example.com/cb#x',
	'https://user@app.example.com/cb', 'https://app.example.com:443/cb', 'https://app.example.com:8443/cb', 'https://app.example.com:/cb', 'http://app.example.com/cb',
	'https://app.example.com./cb', 'https://app.example.com.evil.example/cb', 'https://app.example.com@evil.example/cb', 'https://evil.example/cb',
	'https://evil.example\\@app.example.com/cb', 'https://app.example.com\\.evil.example/cb', 'https://app.example.com/./cb', 'https://app.example.com/x/../cb',
	'https://app.example.com/%63b', 'https://app.example.com/cb%2f', 'https://app.example.com//cb', '//app.example.com/cb', '/cb', 'app.example.com/cb',
	'https://app.example.com/cb ', ' https://app.example.com/cb', 'https://app.example.com/cb\r\nX: y', 'https://app.example.com/cb\t', 'https://app.example.com/cb\0',
	'https://аpp.example.com/cb', 'https://xn--pp-8cd.example.com/cb', 'javascript:alert(1)//https://app.example.com/cb', 'data:text/html,x', 'https:app.example.com/cb', 'https:///app.example.com/cb',
];
const loopbackMisses = [
	'http://localhost:47811/callback', 'http://[::1]:47811/callback', 'http://127.0.0.2:47811/callback', 'http://127.1:47811/callback', 'http://0x7f000001:47811/callback',
	'http://2130706433:47811/callback', 'http://0:47811/callback', 'https://127.0.0.1:47811/callback', 'http://127.0.0.1:47811/callback/', 'http://127.0.0.1:47811/Callback',
	'http://127.0.0.1:47811/callback?x', 'http://127.0.0.1:47811/callback#', 'http://u@127.0.0.1:47811/callback', 'http://127.0.0.1:47811@evil.example/callback',
	'http://127.0.0.1.evil.example:47811/callback', 'http://127.0.0.1:0/callback', 'http://127.0.0.1:/callback', 'http://127.0.0.1:99999/callback', 'http://127.0.0.1:47811',
	'http://127.0.0.1:047811/callback/..', 'http://[::ffff:127.0.0.1]:47811/callback',
];

test('lesson_F02 near misses of a redirect address get a page and no redirect', async () => {
	for (const [c, list] of [[web, nearMisses], [client, loopbackMisses]])
		for (const redirect_uri of list) {
			const r = await owner.get(url(c, { redirect_uri }));
			staysHere(r, JSON.stringify(redirect_uri));
			assert.doesNotMatch(r.text, /href="[^"]*evil/, redirect_uri);
		}
	const twice = url(web);
	twice.searchParams.set('redirect_uri', WEB);
	twice.searchParams.append('redirect_uri', 'https://evil.example/cb');
	staysHere(await owner.get(twice), 'two redirect addresses');
});

test('lesson_F02 what is registered still works, and a loopback port may vary', async () => {
	for (const [c, redirect_uri] of [[web, WEB], [client, REDIRECT], [client, 'http://127.0.0.1:1234/callback'], [client, 'http://127.0.0.1/callback']]) {
		const page = await owner.get(url(c, { redirect_uri }));
		assert.equal(page.status, 200, redirect_uri);
		const done = await owner.submit(page, { decision: 'allow' });
		assert.ok(done.location.startsWith(`${redirect_uri}?code=`), done.location);
	}
	// With several registered, none is chosen for the client.
	const two = await register(d, { redirect_uris: [WEB, 'https://app.example.com/other'] });
	staysHere(await owner.get(url(two, { redirect_uri: undefined })), 'no redirect address');
});

test('lesson_F02 a client that is gone gets nothing', async () => {
	const c = await register(d);
	const page = await owner.get(url(c));
	assert.equal((await request(`${d.url}/oauth/register/${c.client_id}`, { method: 'DELETE', headers: { authorization: `Bearer ${c.registration_access_token}` } })).status, 204);
	const r = await owner.submit(page, { decision: 'allow' });
	staysHere(r, 'consent for a client that is gone');
	staysHere(await owner.get(url(c)), 'authorize for a client that is gone');
});

// ---- F03 ----

test('lesson_F03 no request without an S256 challenge', async () => {
	const { verifier, challenge } = pkce();
	for (const [what, extra] of Object.entries({
		'no challenge': { code_challenge: undefined, code_challenge_method: undefined }, 'method alone': { code_challenge: undefined },
		'plain': { code_challenge: verifier, code_challenge_method: 'plain' }, 'no method means plain': { code_challenge: verifier, code_challenge_method: undefined },
		'lower case': { code_challenge_method: 's256' }, 'unknown method': { code_challenge_method: 'S512' }, 'empty challenge': { code_challenge: '' },
		'short challenge': { code_challenge: challenge.slice(1) }, 'long challenge': { code_challenge: `${challenge}A` }, 'padded challenge': { code_challenge: `${challenge}=` } })) {
		const u = url(client, { challenge });
		for (const [k, v] of Object.entries(extra)) if (v === undefined) u.searchParams.delete(k); else u.searchParams.set(k, v);
		const r = await owner.get(u);
		givesNoCode(r, what);
		assert.equal(r.status, 303, `${what}: ${r.text.slice(0, 200)}`);
		const to = new URL(r.location);
		assert.equal(to.origin + to.pathname, REDIRECT);
		assert.equal(to.searchParams.get('error'), 'invalid_request', what);
		assert.doesNotMatch(r.location, new RegExp(challenge), 'the challenge is never echoed');
	}
	const twice = url(client, { challenge });
	twice.searchParams.append('code_challenge', pkce().challenge);
	staysHere(await owner.get(twice), 'two challenges');
});

test('lesson_F03 a code opens for the verifier of its challenge alone', async () => {
	const { verifier, challenge } = pkce();
	const code = (await consent(owner, url(client, { challenge, resource: undefined }))).get('code');
	const ask = extra => token(d, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, client_id: client.client_id, ...extra });
	for (const [what, code_verifier, error] of [['none', undefined, 'invalid_request'], ['empty', '', 'invalid_request'], ['the challenge itself', challenge, 'invalid_grant'],
		['another', pkce().verifier, 'invalid_grant'], ['short', verifier.slice(0, 42), 'invalid_grant'], ['long', verifier + 'a'.repeat(100), 'invalid_grant'],
		['with a blank', `${verifier} `, 'invalid_grant'], ['other letters', `${verifier.slice(0, -1)}!`, 'invalid_grant']]) {
		const r = await ask({ code_verifier });
		assert.equal(r.status, 400, what);
		assert.equal(r.error, error, what);
	}
	const t = await ask({ code_verifier: verifier });
	assert.equal(t.status, 200, 'wrong verifiers have spent nothing');
	const again = await token(d, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, client_id: client.client_id, code_verifier: pkce().verifier });
	assert.equal(again.error, 'invalid_grant');
	assert.equal((await request(`${d.url}/mcp`, { headers: { authorization: `Bearer ${t.access_token}`, accept: 'text/event-stream' } })).status !== 401, true,
		'a replay with the wrong verifier revokes nothing');
});

// ---- F04 ----

async function hostilePages() {
	const hostile = await register(d, { client_name: MARKUP, redirect_uris: [REDIRECT, 'https://hostile.example/cb'] });
	const q = encodeURIComponent(MARKUP);
	const stranger = new Visitor(d), v = await new Visitor(d).login();
	await obtain(d, v, { client: hostile });
	const loginPage = await stranger.get(`/login?next=${q}`);
	return { hostile, pages: {
		'login, next': loginPage,
		'login, local next': await stranger.get(`/login?next=/${q}`),
		'login, name': await stranger.submit(loginPage, { username: MARKUP, password: 'x', next: MARKUP }),
		'login, stale form': await stranger.post('/login', { username: MARKUP, password: MARKUP, form_token: MARKUP, next: MARKUP }),
		'setup': await stranger.get(`/setup?token=${q}`),
		'setup posted': await stranger.post('/setup', { token: MARKUP, username: MARKUP, password: MARKUP, form_token: MARKUP }),
		'authorize, client': await v.get(`/oauth/authorize?client_id=${q}`),
		'authorize, redirect': await v.get(url(hostile, { redirect_uri: MARKUP })),
		'authorize, everything': await v.get(url(hostile, { redirect_uri: 'https://hostile.example/cb', state: MARKUP, scope: MARKUP, resource: MARKUP, nonce: MARKUP, [MARKUP]: MARKUP })),
		'consent': await v.get(url(hostile, { state: MARKUP, scope: 'mcp notes:write' })),
		'consent posted': await v.post('/oauth/authorize', { decision: MARKUP, form_token: MARKUP, request: MARKUP }),
		'logout': await v.post('/logout', { form_token: MARKUP }),
		'nothing there': await v.get(`/${q}?${q}=${q}`),
		'nothing there, below': await v.get(`/oauth/${q}`),
		'dashboard': await v.get(`/?${q}=${q}`),
		'connect': await v.get(`/connect?server=${q}`),
		'connect, below': await v.get(`/connect/${q}`),
		'access': await v.get(`/access?${q}=${q}`),
		'access taken back': await v.post('/access/revoke', { form_token: MARKUP, grant: MARKUP }),
		'an asset': await v.get(`/assets/${q}`),
	} };
}

test('lesson_F04 hostile markup in every parameter of every page', async () => {
	const { pages } = await hostilePages();
	for (const [what, r] of Object.entries(pages)) {
		assert.ok(r.status >= 200 && r.status < 500, `${what}: ${r.status}`);
		assert.doesNotMatch(r.text, /<script>|<img src=x|onerror=alert\(2\)>/i, what);
		leaksNothing(r.text, what);
		if (/^text\/html/.test(r.headers.get('content-type') ?? '')) isSafePage(r, what);
		else if (r.text) assert.match(r.headers.get('content-type'), /^text\/plain|^application\/json/, what);
		assert.equal(r.headers.get('x-content-type-options') ?? (r.text ? null : 'nosniff'), 'nosniff', what);
	}
	const consentPage = pages.consent.text;
	assert.match(pages.access.text, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/, 'what was allowed is shown, escaped');
	assert.match(consentPage, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/, 'the name is shown, escaped');
	assert.match(consentPage, /Write &lt;b&gt;notes&lt;\/b&gt;/, 'so are the sentences of the settings');
	await healthy(d);
});

// What a person reads, without the markup.
const shownIn = html => html.replace(/<[^>]*>/g, '').replace(/&#39;|&#x27;/gi, "'").replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

// AS-30
test('the consent page shows the whole redirect URI, its host emphasised', async () => {
	const far = 'https://app.example.com:8443/a/b/callback?x=1&next=https://good.example/cb';
	const long = `https://app.example.com/${'deeper/'.repeat(280)}cb`;
	const own = 'cursor://anysphere.cursor-retrieval/oauth/cb';
	const c = await register(d, { redirect_uris: [far, long, own, REDIRECT], application_type: 'native' });
	for (const [redirect_uri, place] of [[far, 'app.example.com:8443'], [long, 'app.example.com'], [own, 'cursor:'], [REDIRECT, '127.0.0.1:47811'], ['http://127.0.0.1:1/callback', '127.0.0.1:1']]) {
		const page = await owner.get(url(c, { redirect_uri }));
		assert.equal(page.status, 200, redirect_uri);
		const row = page.text.match(/Answer goes to<\/dt><dd[^>]*>([^]*?)<\/dd>/)[1];
		assert.equal(shownIn(row), redirect_uri);
		assert.equal(shownIn(row.match(/<strong>([^]*?)<\/strong>/)[1]), place);
		assert.equal(/on your own computer/.test(page.text), !redirect_uri.startsWith('https:'), `a warning for ${redirect_uri}`);
	}
});

test('lesson_F04 a redirect address can not write into the policy', async () => {
	const good = 'https://good.example/cb;%20script-src%20%27unsafe-inline%27';
	const c = await register(d, { redirect_uris: [good] });
	const page = await owner.get(url(c, { redirect_uri: good }));
	isSafePage(page, good);
	assert.match(page.headers.get('content-security-policy'), /form-action 'self' https:\/\/good\.example;/);
	for (const bad of ['https://a.example;script-src/cb', "https://a.example 'unsafe-inline'/cb", 'https://a.example,x/cb', "https://'none'/cb", 'https://*/cb', 'https://*.example/cb']) {
		const r = await request(`${d.url}/oauth/register`, { method: 'POST', headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ redirect_uris: [bad], token_endpoint_auth_method: 'none' }) });
		if (r.status === 400) continue;
		assert.equal(r.status, 201);
		const shown = await owner.get(url(r.json, { redirect_uri: bad }));
		const csp = shown.headers.get('content-security-policy');
		assert.doesNotMatch(csp, /unsafe|\*|,|;script-src\//, bad);
		assert.equal(csp.match(/script-src/g).length, 1, bad);
	}
});

test('lesson_F04 a link to a stranger leads only where the redirect goes', async () => {
	const c = await register(d, { client_name: MARKUP, redirect_uris: ['https://hostile.example/cb'] });
	const r = await owner.get(url(c, { redirect_uri: 'https://hostile.example/cb', scope: 'no:such', state: 'javascript:"><a href="' }));
	assert.equal(r.status, 400, 'a page in between, no bounce (RFC 9700 4.11)');
	assert.equal(r.location, null);
	const links = [...r.text.matchAll(/href="([^"]*)"/g)].map(m => m[1]).filter(h => !h.startsWith('/') && !h.startsWith('#'));
	assert.equal(links.length, 1);
	assert.match(links[0], /^https:\/\/hostile\.example\/cb\?error=invalid_scope&amp;/);
});

// ---- F05 ----

const STATES = ['xyz', 'a b+c%26&d=e#f?', `"'<>\\`, 'ünï€😀', '%00%0d%0aX: y', '0', 'null', 'a'.repeat(2000)];

test('lesson_F05 deny goes to the registered address with the exact state', async () => {
	for (const [c, redirect_uri] of [[client, REDIRECT], [web, WEB]])
		for (const state of STATES) {
			const done = await owner.submit(await owner.get(url(c, { redirect_uri, state })), { decision: 'deny', redirect_uri: 'https://evil.example/', state: 'other' });
			assert.equal(done.status, 303, 'never 307');
			const to = new URL(done.location);
			assert.equal(to.origin + to.pathname, redirect_uri);
			assert.equal(to.searchParams.get('error'), 'access_denied');
			assert.equal(to.searchParams.get('state'), state);
			assert.equal(to.searchParams.get('iss'), d.url);
			assert.equal(to.searchParams.has('code'), false);
			assert.doesNotMatch(done.location, /[\r\n\s<>"]/);
		}
});

test('lesson_F05 no state stays no state', async () => {
	for (const decision of ['deny', 'allow']) {
		const q = await consent(owner, url(client, { state: undefined }), decision);
		assert.equal(q.has('state'), false, decision);
		assert.equal(q.has('code'), decision === 'allow');
		assert.equal(q.get('iss'), d.url);
	}
	const bad = await owner.get(url(client, { state: undefined, scope: 'no:such' }));
	assert.equal(new URL(bad.location).searchParams.has('state'), false);
	assert.equal(new URL(bad.location).searchParams.get('iss'), d.url);
});

test('lesson_F05 next never leaves this site', async () => {
	for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example/', '\\\\evil.example', '/\t/evil.example', '/\n/evil.example', ' //evil.example', 'javascript:alert(1)',
		'http:evil.example', '///evil.example', '/%2f/evil.example/..//', '@evil.example', '.evil.example', 'evil.example', '', '/\0/evil.example']) {
		const v = new Visitor(d);
		const page = await v.get(`/login?next=${encodeURIComponent(next)}`);
		assert.equal(page.status, 200, JSON.stringify(next));
		const done = await v.submit(page, { ...OWNER });
		assert.equal(done.status, 303, JSON.stringify(next));
		assert.equal(new URL(done.location, d.url).origin, d.url, JSON.stringify(next));
		const posted = await new Visitor(d).get('/login').then(async () => { const w = new Visitor(d); return w.submit(await w.get('/login'), { ...OWNER, next }); });
		assert.equal(new URL(posted.location, d.url).origin, d.url, `posted ${JSON.stringify(next)}`);
		const there = await v.get(`/login?next=${encodeURIComponent(next)}`);
		assert.equal(new URL(there.location ?? '/', d.url).origin, d.url, `logged in ${JSON.stringify(next)}`);
	}
	const v = new Visitor(d);
	const done = await v.submit(await v.get('/login?next=%2Fconnect%3Fa%3Db'), OWNER);
	assert.equal(done.location, '/connect?a=b', 'a path of ours is kept');
});

// AS-13
test('parameters: unknown ones count for nothing, empty ones are absent, none stands twice', async () => {
	const q = await consent(owner, url(client, { scope: '', resource: '', state: '', nonce: 'n', display: 'page', login_hint: '', claims: '{}' }));
	assert.match(q.get('code'), CODE);
	assert.equal(q.get('state') ?? '', '');
	for (const [name, value] of url(client, { scope: 'mcp', login_hint: 'ada' }).searchParams) {
		const twice = url(client, { scope: 'mcp', login_hint: 'ada' });
		twice.searchParams.append(name, value);
		const r = await owner.get(twice);
		if (name === 'resource') continue; // RFC 8707 2: may stand several times
		staysHere(r, `${name} twice`);
	}
	const resources = url(client, { resource: `${d.url}/mcp` });
	resources.searchParams.append('resource', `${d.url}/mcp/alpha`);
	const r = await owner.get(resources);
	givesNoCode(r, 'two resources');
	assert.equal(new URL(r.location).searchParams.get('error'), 'invalid_target', 'one resource a token');
	assert.equal(new URL(r.location).searchParams.get('iss'), d.url);
});

// ---- F06 ----

// What the browser would send, with some of it changed.
async function postConsent(v, page, changes, options) {
	return v.post('/oauth/authorize', { ...hiddenFields(page.text), decision: 'allow', ...changes }, options);
}

function isRefused(r, what) {
	assert.equal(r.status, 403, `${what}: ${r.status} ${r.location ?? ''}`);
	givesNoCode(r, what);
	isSafePage(r, what);
}

test('lesson_F06 consent needs the form token of this session', async () => {
	const page = await owner.get(url(client));
	const mine = hiddenFields(page.text);
	const other = await addPerson(d, 'grace');
	const theirs = hiddenFields((await other.get(url(client))).text);
	const logout = hiddenFields((await owner.get('/')).text);
	for (const [what, changes] of Object.entries({ 'no token': { form_token: '' }, 'a wrong one': { form_token: '0'.repeat(64) }, 'half of it': { form_token: mine.form_token.slice(0, 32) },
		'upper case': { form_token: mine.form_token.toUpperCase() }, "another session's": { form_token: theirs.form_token }, "another form's": { form_token: logout.form_token ?? 'x' },
		"another session's request": { request: theirs.request }, 'no request': { request: '' }, 'a request with one character changed': { request: `${mine.request.slice(0, 40)}${mine.request[40] === 'A' ? 'B' : 'A'}${mine.request.slice(41)}` },
		"both another session's": theirs })) {
		isRefused(await postConsent(owner, page, changes), what);
	}
	const bare = await owner.post('/oauth/authorize', { decision: 'allow', ...Object.fromEntries(url(client).searchParams) });
	isRefused(bare, 'the parameters in the open');
	isRefused(await postConsent(new Visitor(d), page, {}), 'without the cookie');
	isRefused(await postConsent(other, page, {}), 'in another browser');
	assert.match(new URL((await postConsent(owner, page, {})).location).searchParams.get('code'), CODE, 'untouched, it works');
});

test('lesson_F06 what a person allowed is theirs to take back, and nobody else\'s', async () => {
	const other = await addPerson(d, 'henry');
	const mine = await obtain(d, owner, { client }), theirs = await obtain(d, other, { client });
	const works = async t => (await request(t.resource, { headers: { authorization: `Bearer ${t.access_token}` } })).status !== 401;
	const listed = async v => (await v.get('/access')).text;
	const [own, foreign] = [hiddenFields(await listed(owner)), hiddenFields((await listed(other)).match(/action="\/access\/revoke"[^]*?<\/form>/)[0])];
	const form = (await listed(owner)).match(/action="\/access\/revoke"[^]*?<\/form>/)[0];
	assert.notEqual(foreign.grant, hiddenFields(form).grant);
	const stolen = await owner.post('/access/revoke', { ...hiddenFields(form), grant: foreign.grant });
	assert.equal(stolen.status, 404, 'another person\'s grant is not there');
	isRefused(await owner.post('/access/revoke', { ...foreign }), "with another's form token");
	isRefused(await owner.post('/access/revoke', { grant: hiddenFields(form).grant }), 'without one');
	isRefused(await owner.post('/access/revoke', { ...hiddenFields(form), form_token: own.form_token === hiddenFields(form).form_token ? 'x' : own.form_token }), "with another form's token");
	isRefused(await owner.post('/access/revoke', hiddenFields(form), { headers: { origin: 'https://evil.example' } }), 'from another site');
	assert.equal(await works(theirs), true);
	assert.equal(await works(mine), true);
	const done = await other.post('/access/revoke', foreign);
	assert.equal(done.status, 303);
	assert.equal(await works(theirs), false, 'at once');
	assert.equal(await works(mine), true);
	assert.equal((await token(d, { grant_type: 'refresh_token', refresh_token: theirs.refresh_token, client_id: client.client_id })).error, 'invalid_grant');
});

test('lesson_F06 a stale form token is refused', async () => {
	const v = await new Visitor(d).login();
	const page = await v.get(url(client));
	const before = new Map(v.jar);
	const out = await v.post('/logout', hiddenFields((await v.get('/')).text.match(/<form[^>]*action="\/logout"[\s\S]*?<\/form>/)[0]));
	assert.equal(out.status, 303);
	isRefused(await postConsent(v, page, {}), 'after the logout');
	v.jar = before;
	isRefused(await postConsent(v, page, {}), 'with the cookie of a session that ended');
	v.jar = new Map();
	await v.login();
	isRefused(await postConsent(v, page, {}), 'in the next session');
});

test('lesson_F06 a consent page is answered once', async () => {
	const s = await startGuarded();
	try {
		const c = await register(s);
		const ask = () => s.owner.get(authorizeUrl(s, c, { challenge: pkce().challenge }));
		const granted = async () => (await s.owner.get('/access')).text.match(/name="grant"/g)?.length ?? 0;
		const [allowed, denied, both, open] = [await ask(), await ask(), await ask(), await ask()];
		assert.equal((await postConsent(s.owner, allowed, {})).status, 303);
		assert.equal((await postConsent(s.owner, denied, { decision: 'deny' })).status, 303);
		const answers = await Promise.all(Array.from({ length: 8 }, () => postConsent(s.owner, both, {})));
		assert.equal(answers.filter(r => r.status === 303).length, 1, 'of many at once one counts');
		const refusals = async when => {
			isRefused(await postConsent(s.owner, allowed, {}), `allowed, ${when}`);
			isRefused(await postConsent(s.owner, allowed, { decision: 'deny' }), `allowed, then denied, ${when}`);
			isRefused(await postConsent(s.owner, denied, {}), `denied, then allowed, ${when}`);
			const { request: sealed } = hiddenFields(both.text);
			for (const spelt of [`${sealed}=`, `${sealed}==`, ` ${sealed}`, `${sealed}\n`, sealed.slice(0, -1) + (sealed.endsWith('A') ? 'B' : 'A')])
				isRefused(await postConsent(s.owner, both, { request: spelt }), `spelt otherwise, ${when}`);
		};
		await refusals('at once');
		await s.restart();
		await refusals('after a restart');
		assert.equal(await granted(), 2);
		assert.equal((await postConsent(s.owner, open, {})).status, 303, 'another page of the same request still counts');
		assert.equal(await granted(), 3);
	} finally {
		await s.close();
	}
});

test('lesson_F06 forms of other sites reach nothing', async () => {
	const page = await owner.get(url(client));
	for (const origin of ['https://evil.example', 'null', `${d.url}.evil.example`, `http://127.0.0.1:${d.port + 1}`]) {
		isRefused(await postConsent(owner, page, {}, { headers: { origin } }), `consent from ${origin}`);
		isRefused(await owner.post('/logout', {}, { headers: { origin } }), `logout from ${origin}`);
		isRefused(await owner.post('/login', { ...OWNER }, { headers: { origin } }), `login from ${origin}`);
	}
	for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x', ''])
		assert.notEqual((await postConsent(owner, page, {}, { headers: { 'content-type': type } })).status, 303, `as ${type}`);
	isRefused(await owner.post('/login', { ...OWNER }), 'login without a form token');
	isRefused(await owner.post('/logout', {}), 'logout without a form token');
	assert.equal((await owner.get('/')).status, 200, 'still logged in');
});

test('lesson_F06 the session cookie is out of reach of scripts and other sites', async () => {
	const v = new Visitor(d);
	const set = [];
	const keep = r => { set.push(...r.headers.getSetCookie()); return r; };
	keep(await v.submit(keep(await v.get('/login')), OWNER));
	assert.ok(set.length >= 2);
	for (const c of set) {
		assert.match(c, /; *HttpOnly/i, c);
		assert.match(c, /; *SameSite=(Lax|Strict)/i, c);
		assert.match(c, /; *Path=\//i, c);
		assert.doesNotMatch(c, /; *Domain=/i, c);
	}
});

test('lesson_F06 behind https the cookies are __Host- ones', async () => {
	const s = await startDaemon({ settings: { mcpServers: {}, publicUrl: 'https://mcp.example.com' } });
	try {
		const r = await request(`${s.url}/setup?token=x`, { headers: { host: 'mcp.example.com' } });
		const page = r.status === 200 ? r : await request(`${s.url}${new URL(s.text().match(/\/setup\?token=[\w-]+/)[0], s.url).pathname}${s.text().match(/\?token=[\w-]+/)[0]}`, { headers: { host: 'mcp.example.com' } });
		const set = [page.headers['set-cookie'] ?? []].flat();
		assert.ok(set.length > 0, `${page.status}`);
		for (const c of set) {
			assert.match(c, /^__Host-/);
			assert.match(c, /; *Secure/i);
		}
	} finally {
		await s.close();
	}
});

// ---- F24 ----

test('lesson_F24 a new client and a live session get a page, never a code', async () => {
	for (const extra of [{}, { prompt: 'none' }, { decision: 'allow' }, { approval_prompt: 'auto' }, { consent: 'true' }, { max_age: '0' }, { login_hint: OWNER.username }, { form_token: 'x', decision: 'allow' }]) {
		const rogue = await register(d, { client_name: 'Rogue' });
		for (const path of ['/oauth/authorize', '/authorize']) {
			const u = url(rogue, extra);
			u.pathname = path;
			const r = await owner.get(u);
			assert.equal(r.status, 200, `${JSON.stringify(extra)}: ${r.location}`);
			givesNoCode(r, JSON.stringify(extra));
			assert.match(r.text, /name="decision" value="allow"/);
			const head = await owner.go('HEAD', u);
			givesNoCode(head, 'HEAD');
			assert.equal(head.location, null);
		}
	}
});

test('lesson_F24 having allowed one client allows no other, nor the same again', async () => {
	const first = await register(d);
	await obtain(d, owner, { client: first });
	assert.equal((await owner.get(url(await register(d)))).status, 200, 'another client');
	assert.equal((await owner.get(url(first))).status, 200, 'the same client again');
	assert.equal((await owner.get(url(first, { prompt: 'none' }))).status, 200);
});

test('lesson_F24 one consent gives one grant for what was shown', async () => {
	const page = await owner.get(url(client, { scope: 'mcp:tools:read' }));
	const done = await postConsent(owner, page, { scope: 'mcp notes:write', resource: `${d.url}/mcp/alpha`, client_id: web.client_id, redirect_uri: WEB });
	assert.ok(done.location.startsWith(REDIRECT), done.location);
	const { verifier } = pkce();
	assert.equal((await token(d, { grant_type: 'authorization_code', code: new URL(done.location).searchParams.get('code'), client_id: web.client_id, code_verifier: verifier })).error, 'invalid_grant');
	const decisions = [];
	for (const decision of ['ALLOW', 'yes', '', 'allow ', 'allow,deny']) decisions.push(await postConsent(owner, page, { decision }));
	for (const r of decisions) {
		assert.equal(r.status, 400);
		givesNoCode(r, 'an unclear decision');
	}
});

// The raw page of a browser that sends its cookie twice is nobody's.
test('lesson_F24 two session cookies are nobody', async () => {
	const cookie = [...owner.jar].map(([k, v]) => `${k}=${v}`).join('; ');
	const r = await raw(d.port, `GET ${url(client).pathname}${url(client).search} HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nCookie: ${cookie}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`);
	assert.match(r.text, /^HTTP\/1\.1 (303|400) /);
	assert.doesNotMatch(r.text, CODE);
});
