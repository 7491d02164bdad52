// Attacks on what is given out: codes, tokens, secrets, and what the
// authorization server says about itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { REDIRECT, authorizeUrl, consent, modern, obtain, pkce, register, request, startDaemon, token } from '../e2e/lib.mjs';
import { CODE, forge, headerOf, healthy, logLines, oauthError, post, startGuarded } from './kit.mjs';

let d, owner;
before(async () => { d = await startGuarded({ settings: { scopes: { 'notes:write': 'Write notes' } } }); owner = d.owner; });
after(() => d?.close());

const works = async (bearer, path = '/mcp') => (await post(d.url + path, { authorization: `Bearer ${bearer}` })).status;

// A code that was not redeemed yet, and what redeems it.
async function fresh(client, { scope, resource = `${d.url}/mcp`, redirect_uri = REDIRECT } = {}) {
	const { verifier, challenge } = pkce();
	const q = await consent(owner, authorizeUrl(d, client, { challenge, scope, resource, redirect_uri }));
	assert.match(q.get('code'), CODE);
	return { grant_type: 'authorization_code', code: q.get('code'), redirect_uri, client_id: client.client_id, code_verifier: verifier };
}

const form = (path, fields, headers = {}) => request(d.url + path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
	body: typeof fields === 'string' ? fields : new URLSearchParams(Object.entries(fields).filter(([, v]) => v !== undefined)).toString() });

// ---- F13 ----

test('lesson_F13 fifty parallel redemptions of one code give exactly one token', async () => {
	const client = await register(d);
	const ask = await fresh(client);
	const answers = await Promise.all(Array.from({ length: 50 }, () => token(d, ask)));
	const won = answers.filter(a => a.status === 200);
	assert.equal(won.length, 1, `${answers.map(a => a.status)}`);
	for (const a of answers.filter(a => a !== won[0])) {
		assert.equal(a.status, 400);
		assert.equal(a.error, 'invalid_grant');
		assert.equal(a.access_token, undefined);
	}
	assert.equal(await works(won[0].access_token), 401, 'the replays have revoked what it gave');
	assert.equal((await token(d, { grant_type: 'refresh_token', refresh_token: won[0].refresh_token, client_id: client.client_id })).error, 'invalid_grant');
	assert.ok(logLines(d).some(l => l.event === 'token_reused'), 'the log says so');
});

test('lesson_F13 a later replay revokes what the code gave, refreshed tokens too', async () => {
	const client = await register(d);
	const ask = await fresh(client);
	const first = await token(d, ask);
	assert.equal(first.status, 200);
	assert.equal(await works(first.access_token), 200);
	const second = await token(d, { grant_type: 'refresh_token', refresh_token: first.refresh_token, client_id: client.client_id });
	assert.equal(await works(second.access_token), 200);
	assert.equal((await token(d, ask)).error, 'invalid_grant');
	assert.equal(await works(first.access_token), 401);
	assert.equal(await works(second.access_token), 401);
	assert.equal((await token(d, { grant_type: 'refresh_token', refresh_token: second.refresh_token, client_id: client.client_id })).error, 'invalid_grant');
});

test('lesson_F13 a replay by somebody else, or without the verifier, revokes nothing', async () => {
	const client = await register(d), thief = await register(d);
	const ask = await fresh(client);
	const t = await token(d, ask);
	for (const change of [{ client_id: thief.client_id }, { code_verifier: pkce().verifier }, { redirect_uri: 'https://evil.example/cb' }]) {
		assert.equal((await token(d, { ...ask, ...change })).error, 'invalid_grant');
		assert.equal(await works(t.access_token), 200, JSON.stringify(change));
	}
});

test('lesson_F13 a code that another client presents first stays good for its own', async () => {
	const client = await register(d), thief = await register(d);
	const ask = await fresh(client);
	assert.equal((await token(d, { ...ask, client_id: thief.client_id })).error, 'invalid_grant');
	assert.equal((await token(d, ask)).status, 200);
});

// ---- F15 ----

test('lesson_F15 parallel uses of one refresh token get one successor, a late one kills the family', async () => {
	const { client, ...t } = await obtain(d, owner);
	const refresh = refresh_token => token(d, { grant_type: 'refresh_token', refresh_token, client_id: client.client_id });
	const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(t.refresh_token)));
	assert.deepEqual([...new Set(answers.map(a => a.status))], [200], 'the lost answer may be asked for again');
	assert.equal(new Set(answers.map(a => a.refresh_token)).size, 1);
	assert.equal(new Set(answers.map(a => a.access_token)).size, 1);
	const next = await refresh(answers[0].refresh_token);
	assert.equal(next.status, 200);
	assert.equal((await refresh(t.refresh_token)).error, 'invalid_grant', 'its successor was used');
	assert.equal((await refresh(next.refresh_token)).error, 'invalid_grant');
	assert.equal(await works(next.access_token), 401);
});

// ---- F16, F18: one case for each error ----

describe('lesson_F16 every refusal has its RFC name, shape and status', () => {
	let client, basic, posting, narrow;
	before(async () => {
		client = await register(d);
		basic = await register(d, { token_endpoint_auth_method: 'client_secret_basic' });
		posting = await register(d, { token_endpoint_auth_method: 'client_secret_post' });
		narrow = await obtain(d, owner, { client, scope: 'mcp:tools:read' });
	});
	const refreshing = extra => ({ grant_type: 'refresh_token', refresh_token: narrow.refresh_token, client_id: client.client_id, ...extra });
	const code = extra => ({ grant_type: 'authorization_code', client_id: client.client_id, code: forge('ac'), code_verifier: pkce().verifier, ...extra });
	const b64 = s => `Basic ${Buffer.from(s).toString('base64')}`;

	const cases = {
		'no grant type': () => [form('/oauth/token', { client_id: client.client_id }), 400, 'invalid_request'],
		'no code': () => [form('/oauth/token', { grant_type: 'authorization_code', client_id: client.client_id, code_verifier: 'x' }), 400, 'invalid_request'],
		'no refresh token': () => [form('/oauth/token', { grant_type: 'refresh_token', client_id: client.client_id }), 400, 'invalid_request'],
		'a parameter twice': () => [form('/oauth/token', `grant_type=refresh_token&grant_type=refresh_token&client_id=${client.client_id}`), 400, 'invalid_request'],
		'no form': () => [form('/oauth/token', '{"grant_type":"refresh_token"}', { 'content-type': 'application/json' }), 400, 'invalid_request'],
		'a broken escape': () => [form('/oauth/token', 'grant_type=%zz'), 400, 'invalid_request'],
		'no client': () => [form('/oauth/token', { grant_type: 'refresh_token', refresh_token: 'x' }), 401, 'invalid_client'],
		'unknown client': () => [form('/oauth/token', code({ client_id: 'c_nobody' })), 401, 'invalid_client'],
		'an unknown code': () => [form('/oauth/token', code()), 400, 'invalid_grant'],
		'a malformed code': () => [form('/oauth/token', code({ code: 'abc' })), 400, 'invalid_grant'],
		'a malformed code of nobody': () => [form('/oauth/token', code({ code: 'abc', client_id: 'c_nobody' })), 401, 'invalid_client'],
		'a malformed code and a wrong secret, basic': () => [form('/oauth/token', code({ code: 'abc', client_id: undefined }), { authorization: b64(`${basic.client_id}:${forge('cs')}`) }), 401, 'invalid_client'],
		'no code and no secret': () => [form('/oauth/token', code({ code: undefined, client_id: posting.client_id })), 401, 'invalid_client'],
		'the password grant of nobody': () => [form('/oauth/token', { grant_type: 'password', client_id: 'c_nobody' }), 401, 'invalid_client'],
		'revoking nothing as nobody': () => [form('/oauth/revoke', { client_id: 'c_nobody' }), 401, 'invalid_client'],
		'an unknown refresh token': () => [form('/oauth/token', refreshing({ refresh_token: forge('rt') })), 400, 'invalid_grant'],
		"another client's refresh token": async () => { const other = await register(d); return [form('/oauth/token', refreshing({ client_id: other.client_id })), 400, 'invalid_grant']; },
		'an access token as refresh token': () => [form('/oauth/token', refreshing({ refresh_token: narrow.access_token })), 400, 'invalid_grant'],
		'the password grant': () => [form('/oauth/token', { grant_type: 'password', username: 'ada', password: 'x', client_id: client.client_id }), 400, 'unsupported_grant_type'],
		'client credentials': () => [form('/oauth/token', { grant_type: 'client_credentials', client_id: client.client_id }), 400, 'unsupported_grant_type'],
		'a wider scope': () => [form('/oauth/token', refreshing({ scope: 'mcp:tools:read notes:write' })), 400, 'invalid_scope'],
		'another resource': () => [form('/oauth/token', refreshing({ resource: `${d.url}/mcp/alpha` })), 400, 'invalid_target'],
		'two resources': () => [form('/oauth/token', `${new URLSearchParams(refreshing())}&resource=${d.url}/mcp&resource=${d.url}/mcp/alpha`), 400, 'invalid_target'],
		'revoking nothing': () => [form('/oauth/revoke', { client_id: client.client_id }), 400, 'invalid_request'],
		'revoking as nobody': () => [form('/oauth/revoke', { token: narrow.access_token }), 401, 'invalid_client'],
		"revoking another's": async () => { const other = await register(d); return [form('/oauth/revoke', { token: narrow.refresh_token, client_id: other.client_id }), 400, 'invalid_grant']; },
		'registering no address': () => [register2({ redirect_uris: [] }), 400, 'invalid_redirect_uri'],
		'registering a bad grant': () => [register2({ grant_types: ['password'] }), 400, 'invalid_client_metadata'],
		'registering nonsense': () => [register2('{'), 400, 'invalid_client_metadata'],
		'managing with a wrong token': () => [request(client.registration_client_uri, { headers: { authorization: `Bearer ${forge('ra')}` } }), 401, 'invalid_token'],
		'managing without a token': () => [request(client.registration_client_uri), 401, 'invalid_token'],
		// F18
		'no secret': () => [form('/oauth/token', code({ client_id: basic.client_id })), 401, 'invalid_client'],
		'a wrong secret, basic': () => [form('/oauth/token', code({ client_id: undefined }), { authorization: b64(`${basic.client_id}:${forge('cs')}`) }), 401, 'invalid_client'],
		'a wrong secret, posted': () => [form('/oauth/token', code({ client_id: posting.client_id, client_secret: forge('cs') })), 401, 'invalid_client'],
		'the secret of a basic client, posted': () => [form('/oauth/token', code({ client_id: basic.client_id, client_secret: basic.client_secret })), 401, 'invalid_client'],
		'the secret of a posting client, by the basic scheme': () => [form('/oauth/token', code({ client_id: undefined }), { authorization: b64(`${posting.client_id}:${posting.client_secret}`) }), 401, 'invalid_client'],
		'revoking with the secret in the wrong place': () => [form('/oauth/revoke', { token: forge('rt'), client_id: basic.client_id, client_secret: basic.client_secret }), 401, 'invalid_client'],
		'the secret twice': () => [form('/oauth/token', code({ client_id: basic.client_id, client_secret: basic.client_secret }), { authorization: b64(`${basic.client_id}:${basic.client_secret}`) }), 400, 'invalid_request'],
		'two clients': () => [form('/oauth/token', code({ client_id: client.client_id }), { authorization: b64(`${basic.client_id}:${basic.client_secret}`) }), 400, 'invalid_request'],
		'no base64': () => [form('/oauth/token', code({ client_id: undefined }), { authorization: 'Basic ***' }), 401, 'invalid_client'],
	};
	const register2 = body => request(`${d.url}/oauth/register`, { method: 'POST', headers: { 'content-type': 'application/json' },
		body: typeof body === 'string' ? body : JSON.stringify({ redirect_uris: [REDIRECT], ...body }) });

	for (const [what, make] of Object.entries(cases))
		test(`lesson_F16 ${what}`, async () => {
			const [sent, status, error] = await make();
			const r = await sent;
			oauthError(r, status, error);
			if (status === 401 && /basic$|basic scheme|base64/.test(what)) assert.match(r.headers['www-authenticate'], /^Basic /);
			assert.equal(r.headers['access-control-allow-origin'], '*');
		});

	const redirects = {
		'unsupported_response_type': { response_type: 'token' }, 'invalid_request': { response_type: undefined }, 'invalid_scope': { scope: 'no:such' },
		'invalid_target': { resource: 'https://other.example/mcp' }, 'request_not_supported': { request: 'e30.e30.' }, 'request_uri_not_supported': { request_uri: 'https://a.example/r' },
	};
	for (const [error, extra] of Object.entries(redirects))
		test(`lesson_F16 the redirect says ${error}`, async () => {
			const r = await owner.get(authorizeUrl(d, client, { challenge: pkce().challenge, ...extra }));
			assert.equal(r.status, 303, r.text.slice(0, 200));
			const q = new URL(r.location).searchParams;
			assert.equal(q.get('error'), error);
			assert.equal(q.get('state'), 'xyz');
			assert.equal(q.get('iss'), d.url);
			assert.match(q.get('error_description'), /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
			assert.equal(q.has('code'), false);
		});

	for (const resource of ['relative/mcp', `/mcp`, 'http://', `#x`, `http://127.0.0.1/mcp#f`, `http://u@127.0.0.1/mcp`])
		test(`lesson_F16 a resource ${resource} is invalid_target`, async () => {
			const r = await owner.get(authorizeUrl(d, client, { challenge: pkce().challenge, resource }));
			assert.equal(new URL(r.location).searchParams.get('error'), 'invalid_target');
		});

	test('lesson_F16 only a form by POST is taken, and nothing is cached', async () => {
		for (const path of ['/oauth/token', '/token', '/api/oauth/token', '/oauth/revoke']) {
			const r = await request(`${d.url}${path}?grant_type=refresh_token`);
			assert.equal(r.status, 405, path);
			assert.match(r.headers.allow, /POST/);
			assert.equal(r.headers['cache-control'], 'no-store');
		}
		const query = await form(`/oauth/token?${new URLSearchParams(refreshing())}`, '');
		assert.notEqual(query.status, 200, 'parameters in the query do not count');
		assert.doesNotMatch(query.text, /access_token/);
		const t = await token(d, refreshing());
		assert.equal(t.status, 200);
		assert.equal(t.headers.get('cache-control'), 'no-store');
		assert.equal(t.token_type, 'Bearer');
		assert.equal(t.scope, 'mcp:tools:read');
	});

	test('lesson_F16 revoking what nobody knows is no error', async () => {
		for (const t of ['abc', forge('at'), forge('rt'), forge('ac')])
			assert.equal((await form('/oauth/revoke', { token: t, client_id: client.client_id })).status, 200);
	});

	// AS-71
	test('a hint at what is revoked is only a hint', async () => {
		for (const hint of [undefined, 'access_token', 'refresh_token', 'id_token', '', 'a b']) {
			const t = await obtain(d, owner, { client });
			const revoke = what => form('/oauth/revoke', { token: what, client_id: client.client_id, ...(hint !== undefined && { token_type_hint: hint }) });
			const gone = await revoke(t.access_token);
			assert.deepEqual([gone.status, gone.text, gone.headers['cache-control']], [200, '', 'no-store'], hint);
			assert.equal(await works(t.access_token), 401, `an access token, hint ${hint}`);
			const next = await token(d, { grant_type: 'refresh_token', refresh_token: t.refresh_token, client_id: client.client_id });
			assert.equal(next.status, 200, `the grant lives on, hint ${hint}`);
			assert.equal((await revoke(next.refresh_token)).status, 200);
			assert.equal(await works(next.access_token), 401, `a refresh token, hint ${hint}`);
			assert.equal((await revoke(next.refresh_token)).status, 200, 'again');
		}
		const t = await obtain(d, owner, { client });
		oauthError(await form('/oauth/revoke', `token=${t.access_token}&client_id=${client.client_id}&token_type_hint=access_token&token_type_hint=access_token`), 400, 'invalid_request');
		assert.equal(await works(t.access_token), 200);
	});

	// AS-40
	test('a redirect_uri may stand in the token request, and then is the right one', async () => {
		for (const [redirect_uri, status] of [[undefined, 200], ['', 200], [REDIRECT, 200], [`${REDIRECT}/`, 400], [REDIRECT.replace('47811', '47812'), 400], ['https://evil.example/', 400]]) {
			const r = await token(d, { ...await fresh(client), redirect_uri });
			assert.equal(r.status, status, `${redirect_uri}: ${r.error}`);
			if (status !== 200) assert.equal(r.error, 'invalid_grant');
		}
	});

	test('lesson_F18 a confidential client needs its secret, everywhere and each time', async () => {
		for (const [c, auth] of [[basic, 'basic'], [posting, 'post']]) {
			assert.match(c.client_secret, /^ost_cs_/);
			const ask = await fresh(c);
			const with_ = auth === 'basic' ? { headers: { authorization: b64(`${c.client_id}:${c.client_secret}`) }, form: {} } : { headers: {}, form: { client_secret: c.client_secret } };
			for (const wrong of [{}, { client_secret: '' }, { client_secret: forge('cs') }, { client_secret: `${c.client_secret}x` }]) {
				const r = await form('/oauth/token', { ...ask, ...wrong });
				oauthError(r, 401, 'invalid_client');
			}
			const t = await token(d, { ...ask, ...with_.form }, with_.headers);
			assert.equal(t.status, 200, 'failed guesses have not spent the code');
			const bare = { grant_type: 'refresh_token', refresh_token: t.refresh_token, client_id: c.client_id };
			oauthError(await form('/oauth/token', bare), 401, 'invalid_client');
			oauthError(await form('/oauth/revoke', { token: t.refresh_token, client_id: c.client_id }), 401, 'invalid_client');
			assert.equal(await works(t.access_token), 200, 'nobody has revoked it');
			assert.equal((await token(d, { ...bare, ...with_.form }, with_.headers)).status, 200);
		}
		const ask = await fresh(client);
		oauthError(await form('/oauth/token', { ...ask, client_secret: 'anything' }), 401, 'invalid_client');
	});
});

test('a network that guesses secrets is held up, whatever else is wrong with its requests', async () => {
	const c = await register(d, { token_endpoint_auth_method: 'client_secret_post' });
	const wrong = { client_id: c.client_id, client_secret: forge('cs') };
	const ways = { 'a malformed code': ['/oauth/token', { ...wrong, grant_type: 'authorization_code', code: 'abc', code_verifier: 'x' }],
		'no grant type': ['/oauth/token', wrong], 'revoking nothing': ['/oauth/revoke', wrong], 'another way than its own': ['/oauth/token', {}, { authorization: `Basic ${Buffer.from(`${c.client_id}:${c.client_secret}`).toString('base64')}` }] };
	for (const [i, [what, [path, fields, headers]]] of Object.entries(ways).entries()) {
		const guess = () => request(d.url + path, { method: 'POST', localAddress: `127.0.7.${i + 1}`, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(fields).toString() });
		const statuses = [];
		for (let n = 0; n < 60; n++) statuses.push((await guess()).status);
		assert.deepEqual([...new Set(statuses)], [401, 429], what);
		assert.ok(statuses.filter(s => s === 429).length >= 30, `${what}: ${statuses}`);
	}
});

// ---- F17 ----

const registering = (body, { from, headers = {} } = {}) => request(`${d.url}/oauth/register`, { method: 'POST', localAddress: from,
	headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });

test('lesson_F17 registration answers 201 and says what was taken', async () => {
	const asked = { client_name: 'Näme', redirect_uris: [REDIRECT, 'https://app.example.com/cb'], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
		token_endpoint_auth_method: 'client_secret_basic', scope: 'mcp:tools:read', client_uri: 'https://app.example.com/' };
	const r = await registering(asked, { from: '127.0.0.9' });
	assert.equal(r.status, 201);
	assert.equal(r.headers['cache-control'], 'no-store');
	const c = r.json;
	for (const [k, v] of Object.entries(asked)) assert.deepEqual(c[k], v, k);
	assert.match(c.client_id, /^c_/);
	assert.match(c.client_secret, /^ost_cs_/);
	assert.equal(c.client_secret_expires_at, 0);
	assert.ok(Math.abs(c.client_id_issued_at - Date.now() / 1000) < 60);
	const read = await request(c.registration_client_uri, { headers: { authorization: `Bearer ${c.registration_access_token}` } });
	assert.equal(read.status, 200);
	assert.equal(read.json.client_id, c.client_id);
	assert.equal(read.json.client_secret, undefined, 'the secret is told once');
});

test('lesson_F17 bad addresses and metadata are refused', async () => {
	const from = '127.0.0.10';
	for (const uri of ['http://evil.example/cb', 'javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'myapp://cb', 'https://a.example/cb#f', 'https://u:p@a.example/cb', '/cb', '', 'https://',
		'http://127.0.0.1.evil.example/cb', 'http://169.254.169.254/', 'https://a.example/\r\nX', `https://a.example/${'x'.repeat(9000)}`, 7, null, {}, []])
		oauthError(await registering({ redirect_uris: [uri], token_endpoint_auth_method: 'none' }, { from }), 400, 'invalid_redirect_uri');
	for (const meta of ['', '{', '[]', 'null', '7', '"x"', '{"redirect_uris":["http://127.0.0.1/"],"redirect_uris":["https://evil.example/"]}'])
		oauthError(await registering(meta, { from }), 400, 'invalid_client_metadata');
	for (const extra of [{ client_name: 7 }, { grant_types: 'authorization_code' }, { grant_types: ['implicit'] }, { response_types: ['token'] }, { token_endpoint_auth_method: 'magic' }, { application_type: 'x' },
		{ client_uri: 'javascript:alert(1)' }, { client_name: 'a\0b' }])
		oauthError(await registering({ redirect_uris: [REDIRECT], ...extra }, { from }), 400, 'invalid_client_metadata');
	oauthError(await registering({ redirect_uris: [REDIRECT] }, { from, headers: { 'content-type': 'text/plain' } }), 400, 'invalid_client_metadata');
	assert.equal((await registering(JSON.stringify({ redirect_uris: [REDIRECT], client_name: 'x'.repeat(100000) }), { from })).status, 413);
	assert.equal((await registering({ redirect_uris: Array.from({ length: 500 }, (_, i) => `https://a.example/${i}`) }, { from })).status, 400);
	await healthy(d);
});

test('lesson_F17 a flood is limited for its network and starves no other', async () => {
	const body = { redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' };
	let refused;
	for (let i = 0; i < 200 && !refused; i++) {
		const r = await registering(body, { from: '127.0.0.66', headers: { 'x-forwarded-for': `10.0.0.${i}` } });
		if (r.status !== 201) refused = r;
	}
	assert.ok(refused, 'the flood ends, whatever it says about itself');
	assert.equal(refused.status, 429);
	assert.match(refused.headers['retry-after'], /^[1-9]\d*$/);
	assert.equal((await registering(body, { from: '127.0.0.67' })).status, 201);
});

// ---- F12 ----

test('lesson_F12 everything advertised works, everything that works is advertised', async () => {
	const meta = (await request(`${d.url}/.well-known/oauth-authorization-server`)).json;
	assert.deepEqual((await request(`${d.url}/.well-known/openid-configuration`)).json, meta);
	assert.equal(meta.issuer, d.url);
	const known = ['issuer', 'authorization_endpoint', 'token_endpoint', 'registration_endpoint', 'revocation_endpoint', 'scopes_supported', 'response_types_supported', 'response_modes_supported',
		'grant_types_supported', 'token_endpoint_auth_methods_supported', 'revocation_endpoint_auth_methods_supported', 'code_challenge_methods_supported',
		'authorization_response_iss_parameter_supported', 'request_uri_parameter_supported'];
	assert.deepEqual(Object.keys(meta).filter(k => !known.includes(k)), [], 'what is new in the metadata has to be exercised here, too');
	for (const [k, v] of Object.entries(meta).filter(([k]) => k.endsWith('_endpoint'))) {
		assert.ok(v.startsWith(`${d.url}/`), k);
		assert.notEqual((await request(v, { method: k === 'authorization_endpoint' ? 'GET' : 'POST' })).status, 404, k);
	}
	assert.deepEqual(meta.code_challenge_methods_supported, ['S256']);
	assert.deepEqual(meta.response_types_supported, ['code']);
	assert.equal(meta.authorization_response_iss_parameter_supported, true);
	const client = await register(d);
	for (const scope of meta.scopes_supported) assert.equal((await obtain(d, owner, { client, scope })).scope, scope);
	assert.equal(meta.scopes_supported.includes('ostiary:admin'), false);
	const admin = await owner.get(authorizeUrl(d, client, { challenge: pkce().challenge, scope: 'ostiary:admin' }));
	assert.equal(new URL(admin.location).searchParams.get('error'), 'invalid_scope', 'what is not advertised is not given');
	for (const method of meta.token_endpoint_auth_methods_supported) {
		const c = await register(d, { token_endpoint_auth_method: method });
		const headers = method === 'client_secret_basic' ? { authorization: `Basic ${Buffer.from(`${c.client_id}:${c.client_secret}`).toString('base64')}` } : {};
		const extra = method === 'client_secret_post' ? { client_secret: c.client_secret } : {};
		const t = await token(d, { ...await fresh(c), ...extra }, headers);
		assert.equal(t.status, 200, method);
		const again = await token(d, { grant_type: 'refresh_token', refresh_token: t.refresh_token, client_id: c.client_id, ...extra }, headers);
		assert.equal(again.status, 200, `refresh with ${method}`);
		assert.equal((await form('/oauth/revoke', { token: again.refresh_token, client_id: c.client_id, ...extra }, headers)).status, 200);
		assert.equal(await works(again.access_token), 401, `revoked with ${method}`);
	}
	assert.deepEqual(meta.grant_types_supported.sort(), ['authorization_code', 'refresh_token']);
	for (const path of d.endpoints) {
		const prm = (await request(`${d.url}/.well-known/oauth-protected-resource${path}`)).json;
		assert.deepEqual(prm.authorization_servers, [meta.issuer]);
		assert.deepEqual(prm.bearer_methods_supported, ['header']);
		for (const s of prm.scopes_supported) assert.ok(meta.scopes_supported.includes(s), s);
		assert.equal(prm.scopes_supported.includes('offline_access'), false);
		const t = await obtain(d, owner, { path, client, scope: prm.scopes_supported.join(' ') });
		for (const [method, list] of [['tools/list', 'tools'], ['prompts/list', 'prompts'], ['resources/list', 'resources']])
			assert.ok((await modern(d.url + path, t.access_token, method)).message.result[list].length > 0, `${method} at ${path}`);
	}
});

test('lesson_F12 registration that is off is neither advertised nor there', async () => {
	const off = await startDaemon({ settings: { mcpServers: {}, clients: { registration: 'off' } } });
	try {
		const meta = (await request(`${off.url}/.well-known/oauth-authorization-server`)).json;
		assert.equal('registration_endpoint' in meta, false);
		for (const path of ['/oauth/register', '/register', '/api/oauth/register'])
			assert.equal((await request(off.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ redirect_uris: [REDIRECT] }) })).status, 404);
	} finally {
		await off.close();
	}
});

test('lesson_F12 a client without the refresh grant gets no refresh token', async () => {
	const client = await register(d, { grant_types: ['authorization_code'] });
	const t = await token(d, await fresh(client));
	assert.equal(t.status, 200);
	assert.equal(t.refresh_token, undefined);
	assert.equal(headerOf(t, 'cache-control'), 'no-store');
});
