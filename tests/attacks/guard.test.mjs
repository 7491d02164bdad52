// Attacks on what a token opens: where it may stand, which endpoint, method
// and tool it is good for, whose session it is, what reaches the servers.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { REDIRECT, Visitor, authorizeUrl, consent, legacy, modern, obtain, ostiary, pkce, raw, register, request, token, until } from '../e2e/lib.mjs';
import { addPerson, call, forge, headerOf, healthy, isSafePage, leaksNothing, logLines, metaOf, parseChallenge, paths, post, routes, startGuarded } from './kit.mjs';

let d, owner, client;
before(async () => {
	const tools = { change: { scope: 'notes:write' }, both: { scope: 'notes:both' }, gone: { enabled: false } };
	d = await startGuarded({ entries: { alpha: { tools }, beta: {} }, settings: { scopes: { 'notes:write': 'Write notes' } } });
	owner = d.owner;
	client = await register(d);
});
after(() => d?.close());

const get = options => obtain(d, owner, { client, ...options });
const reached = () => Object.values(d.upstreams).reduce((n, u) => n + u.seen.length, 0);
const metadataOf = path => `${d.url}/.well-known/oauth-protected-resource${path}`;

function isChallenged(r, path, { error, status = 401 } = {}) {
	assert.equal(r.status, status, `${path}: ${r.text}`);
	const c = parseChallenge(headerOf(r, 'www-authenticate'));
	assert.equal(c.resource_metadata, metadataOf(path));
	assert.equal(c.error, error);
	assert.ok(c.scope.length > 0);
	assert.doesNotMatch(c.scope, /offline_access/);
	leaksNothing(r.text + headerOf(r, 'www-authenticate'), path);
	return c;
}

function isJson(r, status, what) {
	assert.equal(r.status, status, `${what}: ${r.text}`);
	assert.equal(r.headers['content-type'], 'application/json', what);
	assert.equal(JSON.parse(r.text).jsonrpc, '2.0', what);
}

test('a browser at an endpoint reads what the address is for, and no more', async () => {
	const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
	for (const path of ['/mcp', '/mcp/alpha', '/mcp/both'])
		for (const [authorization, error] of [[undefined, undefined], [`Bearer ${forge('at')}`, 'invalid_token'], ['Bearer', 'invalid_request']]) {
			const headers = authorization ? { authorization } : {};
			const r = await request(d.url + path, { headers: { accept, ...headers } });
			const bare = await request(d.url + path, { headers: { accept: 'text/event-stream', ...headers } });
			assert.equal(bare.headers['content-type'], 'application/json');
			assert.equal(r.status, bare.status);
			assert.equal(r.headers['www-authenticate'], bare.headers['www-authenticate']);
			isChallenged(r, path, { error, status: error === 'invalid_request' ? 400 : 401 });
			isSafePage(r, path);
			assert.ok(r.text.includes(`>${d.url}${path}<`) && r.text.includes('href="/connect"'), path);
		}
	// What is no browser's GET stays as it was.
	for (const [method, fields] of [['POST', { accept, 'content-type': 'application/json' }], ['DELETE', { accept }], ['GET', { accept: 'text/html, text/event-stream' }], ['GET', { accept: 'application/json' }], ['GET', {}]])
		isJson(await request(`${d.url}/mcp`, { method, headers: fields }), 401, `${method} ${fields.accept}`);
	isJson(await request(`${d.url}/mcp`, { method: 'PUT', headers: { accept } }), 405, 'PUT');
	for (const [path, headers, status] of [['/mcp/nobody', {}, 404], ['/mcp/', {}, 404], ['/mcp', { origin: 'https://evil.example' }, 403], ['/mcp', { host: 'evil.example' }, 403]]) {
		const r = await request(d.url + path, { headers: { accept, ...headers } });
		assert.equal(r.status, status, path);
		isSafePage(r, path);
		assert.doesNotMatch(r.text, /evil|nobody/);
		isJson(await request(d.url + path, { headers }), status, path);
	}
	// Who has a token is a client, whatever they accept.
	const { access_token } = await get();
	isJson(await request(`${d.url}/mcp`, { headers: { accept, authorization: `Bearer ${access_token}` } }), 405, 'with a token');
});

test('the icon that browsers ask for by themselves is there', async () => {
	const r = await request(`${d.url}/favicon.ico`);
	assert.equal(r.status, 200);
	assert.equal(r.headers['content-type'], 'image/svg+xml');
	assert.equal(r.text, (await request(`${d.url}/assets/key.svg`)).text);
	assert.equal((await request(`${d.url}/favicon.ico`, { headers: { 'if-none-match': r.headers.etag } })).status, 304);
});

// ---- F07 ----

test('lesson_F07 a token counts in the Authorization field and nowhere else', async () => {
	const { access_token: t } = await get();
	const url = `${d.url}/mcp`, body = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: metaOf() } };
	for (const name of ['access_token', 'token', 'bearer', 'authorization', 'Authorization', 'bearer_token', 'api_key']) {
		isChallenged(await post(`${url}?${name}=${t}`), '/mcp');
		isChallenged(await post(`${url}?${name}=Bearer%20${t}`), '/mcp');
		isChallenged(await post(url, { 'content-type': 'application/x-www-form-urlencoded' }, `${name}=${t}`), '/mcp');
		isChallenged(await post(url, {}, { ...body, [name]: t }), '/mcp');
		isChallenged(await post(url, {}, { ...body, params: { _meta: metaOf({ [name]: t }), [name]: t } }), '/mcp');
		isChallenged(await post(url, { cookie: `${name}=${t}` }), '/mcp');
		isChallenged(await post(url, { [`x-${name.replace('_', '-')}`]: t }), '/mcp');
	}
	for (const scheme of ['Basic', 'Token', 'DPoP', 'Bearer2', 'MAC', '']) isChallenged(await post(url, { authorization: `${scheme} ${t}`.trim() }), '/mcp');
	isChallenged(await post(url, { 'proxy-authorization': `Bearer ${t}` }), '/mcp');
	isChallenged(await post(url, { cookie: [...owner.jar].map(([k, v]) => `${k}=${v}`).join('; ') }), '/mcp');
	assert.equal((await post(url, { authorization: `Bearer ${t}` })).status, 200);
	assert.equal((await post(url, { authorization: `bearer ${t}` })).status, 200, 'the scheme has no case');
	assert.equal((await post(`${url}?access_token=${forge('at')}`, { authorization: `Bearer ${t}` })).status, 200, 'the query is not read');
});

test('lesson_F07 a malformed Authorization field is refused, and two of them are', async () => {
	const { access_token: t } = await get();
	const head = fields => `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: 2\r\nConnection: close\r\n${fields}\r\n{}`;
	for (const fields of [`Authorization: Bearer ${t}\r\nAuthorization: Bearer ${t}\r\n`, `Authorization: Bearer ${t}\r\nAuthorization: Bearer ${forge('at')}\r\n`, `Authorization: Bearer ${t}, Bearer ${t}\r\n`,
		`Authorization: Bearer ${t} ${t}\r\n`, 'Authorization: Bearer\r\n', 'Authorization: Bearer \r\n', `Authorization: Bearer "${t}"\r\n`, `Authorization: Bearer ${t};x=y\r\n`]) {
		const r = await raw(d.port, head(fields));
		assert.match(r.text, /^HTTP\/1\.1 40[01] /, fields);
		assert.match(r.text, /www-authenticate: Bearer /i, fields);
	}
});

// ---- F09 ----

const granted = { 'mcp:tools:read': ['read'], 'mcp:tools:execute': ['read', 'execute'], 'mcp:resources:read': ['resources'], 'mcp:prompts:read': ['prompts'],
	'mcp': ['read', 'execute', 'resources', 'prompts'], 'offline_access': [], 'notes:write': ['write'], 'mcp:tools:execute notes:write': ['read', 'execute', 'write'],
	'mcp notes:both': ['read', 'execute', 'resources', 'prompts', 'both'], 'mcp notes:write notes:both': ['read', 'execute', 'resources', 'prompts', 'write', 'both'] };
const names = { read: 'mcp:tools:read', execute: 'mcp:tools:execute', resources: 'mcp:resources:read', prompts: 'mcp:prompts:read', write: 'notes:write', both: 'notes:both' };

// method, parameters at a server's endpoint, what it needs; name: as the hub says it.
const asks = [
	['tools/list', {}, ['read']], ['tools/call', { name: 'look', arguments: {} }, ['execute']], ['tools/call', { name: 'change', arguments: {} }, ['execute', 'write']],
	['tools/call', { name: 'both', arguments: {} }, ['execute', 'both']], ['prompts/list', {}, ['prompts']], ['prompts/get', { name: 'greet', arguments: {} }, ['prompts']],
	['resources/list', {}, ['resources']], ['resources/templates/list', {}, ['resources']], ['resources/read', { uri: 'memo://one' }, ['resources']],
	['completion/complete', { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: 'a' } }, ['prompts']],
];

// The same request with the names of the hub, taken from its own lists.
async function hubNames(t) {
	const url = `${d.url}/mcp`;
	const tools = (await modern(url, t, 'tools/list')).message.result.tools.map(x => x.name);
	const prompts = (await modern(url, t, 'prompts/list')).message.result.prompts.map(x => x.name);
	const resources = (await modern(url, t, 'resources/list')).message.result.resources.map(x => x.uri);
	const of = (list, end) => list.find(x => x.includes('alpha') && x.endsWith(end));
	return (method, params) => {
		if (params.uri) return { ...params, uri: resources.find(x => x.includes('alpha')) };
		if (params.ref) return { ...params, ref: { ...params.ref, name: of(prompts, params.ref.name) } };
		if (params.name) return { ...params, name: of(method === 'tools/call' ? tools : prompts, params.name) };
		return params;
	};
}

describe('lesson_F09 scope, method and tool', () => {
	let toHub;
	before(async () => { toHub = await hubNames((await get({ scope: 'mcp notes:write notes:both' })).access_token); });

	for (const [scope, has] of Object.entries(granted))
		for (const path of ['/mcp', '/mcp/alpha'])
			test(`lesson_F09 ${scope} at ${path}`, async () => {
				const t = await get({ path, scope });
				assert.deepEqual(t.scope.split(' ').sort(), scope.split(' ').sort(), 'the token says what it may');
				const s = await legacy(d.url + path, t.access_token);
				for (const [method, own, needs] of asks) {
					const params = path === '/mcp' ? toHub(method, own) : own;
					const lacks = needs.filter(n => !has.includes(n));
					for (const era of ['modern', 'legacy']) {
						const before = d.upstreams.alpha.calls().length;
						const r = era === 'modern' ? await modern(d.url + path, t.access_token, method, params) : await s.call(method, params);
						const what = `${era} ${method} ${own.name ?? ''}`;
						if (lacks.length === 0) {
							assert.equal(r.status, 200, `${what}: ${r.text}`);
							assert.ok(r.message.result, `${what}: ${r.text}`);
							continue;
						}
						const c = isChallenged(r, path, { status: 403, error: 'insufficient_scope' });
						for (const n of lacks) assert.ok(c.scope.split(' ').includes(names[n]), `${what} names ${names[n]}: ${c.scope}`);
						assert.ok(r.message.error, what);
						assert.equal(d.upstreams.alpha.calls().length, before, `${what} reached the server`);
					}
				}
			});

	test('lesson_F09 a tool that is switched off is no tool, listed or not', async () => {
		const { access_token } = await get({ path: '/mcp/alpha', scope: 'mcp' });
		const list = (await modern(`${d.url}/mcp/alpha`, access_token, 'tools/list')).message.result.tools.map(x => x.name);
		assert.deepEqual(list.sort(), ['both', 'change', 'look']);
		const hub = await get({ scope: 'mcp' });
		for (const [path, t, name] of [['/mcp/alpha', access_token, 'gone'], ['/mcp', hub.access_token, 'alpha__gone']]) {
			const before = d.upstreams.alpha.calls().length;
			const r = await modern(d.url + path, t, ...Object.values(call(name)));
			assert.equal(r.message.error.code, -32602, r.text);
			assert.equal(d.upstreams.alpha.calls().length, before);
		}
	});

	test('lesson_F09 other spellings of a tool get no further', async () => {
		const { access_token } = await get({ path: '/mcp/alpha', scope: 'mcp:tools:execute' });
		const hub = await get({ scope: 'mcp:tools:execute' });
		const before = d.upstreams.alpha.calls().filter(r => r.body.params?.name === 'change').length;
		const url = `${d.url}/mcp/alpha`;
		const body = text => post(url, { authorization: `Bearer ${access_token}`, 'mcp-name': 'change', 'mcp-method': 'tools/call' }, text);
		const meta = JSON.stringify(metaOf());
		for (const text of [`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","name":"change","arguments":{},"_meta":${meta}}}`,
			`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\\u0063hange","arguments":{},"_meta":${meta}}}`,
			`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"n\\u0061me":"change","name":"look","arguments":{},"_meta":${meta}}}`,
			`{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"change","arguments":{},"_meta":${meta}}}`,
			`{"jsonrpc":"2.0","id":1,"m\\u0065thod":"tools/call","method":"tools/list","params":{"name":"change","arguments":{},"_meta":${meta}}}`]) {
			const r = await body(text);
			assert.ok(r.status >= 400 || r.json.error, r.text);
		}
		for (const name of ['alpha__change', 'alpha__change__', 'alpha_change', 'beta__../alpha__change', 'change'])
			assert.ok((await modern(`${d.url}/mcp`, hub.access_token, 'tools/call', { name, arguments: {} })).message.error, name);
		assert.equal(d.upstreams.alpha.calls().filter(r => r.body.params?.name === 'change').length, before);
	});

	test('lesson_F09 names that are not listed do not slip past the rules', async () => {
		const { access_token } = await get({ path: '/mcp/alpha', scope: 'mcp:tools:execute' });
		const before = d.upstreams.alpha.calls().length;
		const s = await legacy(`${d.url}/mcp/alpha`, access_token);
		for (const name of ['Change', 'change ', ' change', 'CHANGE', 'change\u0000', 'nosuch'])
			assert.ok((await s.call('tools/call', { name, arguments: {} })).message.error, JSON.stringify(name));
		assert.equal(d.upstreams.alpha.calls().filter(r => r.body.method === 'tools/call').length,
			before === 0 ? 0 : d.upstreams.alpha.calls().slice(0, before).filter(r => r.body.method === 'tools/call').length);
	});

	test('lesson_F09 a batch hides nothing', async () => {
		const t = await get({ path: '/mcp/alpha', scope: 'mcp:tools:read' });
		const s = await legacy(`${d.url}/mcp/alpha`, t.access_token, '2025-03-26');
		const before = d.upstreams.alpha.calls().length;
		const r = await s.post([{ jsonrpc: '2.0', id: 1, method: 'tools/list' }, { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'look', arguments: {} } },
			{ jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri: 'memo://one' } }]);
		const answers = Object.fromEntries(r.messages.flat().map(m => [m.id, m]));
		assert.ok(answers[1].result, r.text);
		assert.ok(answers[2].error, r.text);
		assert.ok(answers[3].error, r.text);
		assert.equal(d.upstreams.alpha.calls().length, before);
	});
});

// ---- F10 ----

test('lesson_F10 a token for one endpoint opens no other', async () => {
	const tokens = Object.fromEntries(await Promise.all(d.endpoints.map(async p => [p, await get({ path: p })])));
	for (const a of d.endpoints)
		for (const b of d.endpoints) {
			const before = reached();
			const bearer = tokens[a].access_token;
			if (a === b) {
				assert.equal((await modern(d.url + b, bearer, 'tools/list')).status, 200, a);
				continue;
			}
			for (const method of ['POST', 'GET', 'DELETE'])
				isChallenged(await request(d.url + b, { method, headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, body: method === 'POST' ? '{}' : undefined }), b, { error: 'invalid_token' });
			isChallenged(await post(d.url + b, { authorization: `Bearer ${bearer}` }), b, { error: 'invalid_token' });
			assert.equal(reached(), before, `${a} at ${b}`);
		}
});

test('lesson_F10 neither the token request nor a refresh widens the audience', async () => {
	for (const a of d.endpoints)
		for (const b of d.endpoints.filter(p => p !== a)) {
			const { verifier, challenge } = pkce();
			const q = await consent(owner, authorizeUrl(d, client, { challenge, resource: d.url + a }));
			const ask = { grant_type: 'authorization_code', code: q.get('code'), redirect_uri: REDIRECT, client_id: client.client_id, code_verifier: verifier };
			assert.equal((await token(d, { ...ask, resource: d.url + b })).error, 'invalid_target');
			const t = await token(d, ask);
			assert.equal(t.status, 200);
			isChallenged(await post(d.url + b, { authorization: `Bearer ${t.access_token}` }), b, { error: 'invalid_token' });
			assert.equal((await token(d, { grant_type: 'refresh_token', refresh_token: t.refresh_token, client_id: client.client_id, resource: d.url + b })).error, 'invalid_target');
			const next = await token(d, { grant_type: 'refresh_token', refresh_token: t.refresh_token, client_id: client.client_id });
			isChallenged(await post(d.url + b, { authorization: `Bearer ${next.access_token}` }), b, { error: 'invalid_token' });
		}
});

test('lesson_F10 no resource means the hub alone, and near misses mean nothing', async () => {
	const { verifier, challenge } = pkce();
	const q = await consent(owner, authorizeUrl(d, client, { challenge }));
	const t = await token(d, { grant_type: 'authorization_code', code: q.get('code'), client_id: client.client_id, code_verifier: verifier });
	assert.equal((await post(`${d.url}/mcp`, { authorization: `Bearer ${t.access_token}` })).status, 200);
	isChallenged(await post(`${d.url}/mcp/alpha`, { authorization: `Bearer ${t.access_token}` }), '/mcp/alpha', { error: 'invalid_token' });
	for (const resource of [d.url, `${d.url}/mcp/nobody`, `${d.url}/mcp/Alpha`, `${d.url}/mcp/alpha/x`, `${d.url}/mcp/alpha?x`, `${d.url}/mcp/%61lpha`, `${d.url}/mc`, `https://127.0.0.1:${d.port}/mcp`, 'https://evil.example/mcp',
		`http://127.0.0.1:${d.port + 1}/mcp`, d.upstreams.alpha.url]) {
		const r = await owner.get(authorizeUrl(d, client, { challenge, resource }));
		assert.equal(new URL(r.location ?? 'x:').searchParams.get('error'), 'invalid_target', resource);
	}
});

test('lesson_F10 the same path, spelt otherwise, is not another endpoint', async () => {
	const t = await get({ path: '/mcp/alpha' });
	for (const path of ['/mcp/%61lpha', '/mcp//alpha', '/mcp/./alpha', '/mcp/beta/../alpha', '/MCP/alpha', '/mcp/alpha/', '/mcp/ALPHA', '/mcp/alpha%00', '/mcp/alpha;x', '//mcp/alpha', '/mcp/alpha/../beta']) {
		const before = reached();
		const r = await raw(d.port, `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nAuthorization: Bearer ${t.access_token}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`);
		assert.match(r.text, /^HTTP\/1\.1 4\d\d /, path);
		assert.equal(reached(), before, path);
	}
});

// ---- F11 ----

test('lesson_F11 challenge, document and resource agree at every endpoint', async () => {
	for (const path of d.endpoints)
		for (const method of ['POST', 'GET', 'DELETE']) {
			const r = await request(d.url + path, { method, headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, body: method === 'POST' ? '{}' : undefined });
			const c = isChallenged(r, path);
			const doc = await request(c.resource_metadata);
			assert.equal(doc.status, 200);
			assert.equal(doc.headers['content-type'], 'application/json');
			assert.equal(doc.json.resource, d.url + path);
			assert.deepEqual(doc.json.authorization_servers, [d.url]);
			for (const s of c.scope.split(' ')) assert.ok(doc.json.scopes_supported.includes(s), s);
			assert.equal((await request(`${doc.json.authorization_servers[0]}/.well-known/oauth-authorization-server`)).json.issuer, d.url);
			const t = await get({ path });
			assert.equal((await post(doc.json.resource, { authorization: `Bearer ${t.access_token}` })).status, 200, 'and such a token opens it');
		}
	assert.equal((await request(metadataOf(''))).json.resource, `${d.url}/mcp`, 'the root one is the hub\'s');
});

test('lesson_F11 where no endpoint is, no document is', async () => {
	for (const path of ['/mcp/nobody', '/mcp/', '/mcp/alpha/x', '/sse', '/', '/mcp/alpha?x=y#', '/../mcp', '/mcp/%61lpha']) {
		const r = await raw(d.port, `GET /.well-known/oauth-protected-resource${path.split('?')[0]} HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nConnection: close\r\n\r\n`);
		if (path.startsWith('/mcp/alpha?')) assert.match(r.text, /^HTTP\/1\.1 200 /);
		else assert.match(r.text, /^HTTP\/1\.1 40\d /, path);
	}
	assert.equal((await post(`${d.url}/mcp/nobody`, { authorization: `Bearer ${(await get()).access_token}` })).status, 404);
});

// ---- F19 ----

test('lesson_F19 a session is its person\'s, at its endpoint', async () => {
	const grace = await addPerson(d, 'grace');
	for (const path of ['/mcp', '/mcp/alpha']) {
		const hers = await obtain(d, grace, { path, client });
		const mine = await get({ path });
		const s = await legacy(d.url + path, mine.access_token);
		assert.match(s.session, /^[\x21-\x7e]{20,}$/);
		const other = d.endpoints.find(p => p !== path);
		const elsewhere = await get({ path: other });
		for (const [what, url, bearer] of [['another person', d.url + path, hers.access_token], ['another endpoint', d.url + other, elsewhere.access_token]])
			for (const [method, body] of [['POST', { jsonrpc: '2.0', id: 1, method: 'tools/list' }], ['POST', { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }], ['GET'], ['DELETE']]) {
				const r = await request(url, { method, body: body && JSON.stringify(body), headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream', ...s.headers } });
				assert.equal(r.status, 404, `${what}: ${method} ${JSON.stringify(body)}: ${r.text}`);
				leaksNothing(r.text, what);
			}
		assert.equal((await s.call('tools/list')).status, 200, 'still alive');
		for (const bearer of [undefined, forge('at')])
			assert.equal((await request(d.url + path, { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
				headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...(bearer && { authorization: `Bearer ${bearer}` }), ...s.headers } })).status, 401, 'the id is no token');
	}
});

test('lesson_F19 an unknown session id makes no session', async () => {
	const { access_token } = await get();
	for (const id of ['00000000-0000-0000-0000-000000000000', 'x', randomBytes(24).toString('base64url'), '0', '../1', 'a'.repeat(500)])
		for (const method of ['POST', 'GET', 'DELETE']) {
			const r = await request(`${d.url}/mcp`, { method, headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' },
				body: method === 'POST' ? JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }) : undefined });
			assert.equal(r.status, 404, `${method} ${id}: ${r.text}`);
			assert.equal(r.headers['mcp-session-id'], undefined);
		}
	const ids = new Set();
	for (let i = 0; i < 20; i++) ids.add((await legacy(`${d.url}/mcp`, access_token)).session);
	assert.equal(ids.size, 20, 'ids are never given twice');
	const s = await legacy(`${d.url}/mcp`, access_token);
	assert.equal((await s.close()).status < 300, true);
	assert.equal((await s.call('tools/list')).status, 404, 'an ended one is unknown');
});

test('lesson_F19 revoking ends sessions and streams now', async () => {
	const t = await get();
	const s = await legacy(`${d.url}/mcp`, t.access_token);
	const stream = await fetch(`${d.url}/mcp`, { headers: { authorization: `Bearer ${t.access_token}`, accept: 'text/event-stream', ...s.headers } });
	assert.equal(stream.status, 200);
	const ended = stream.text();
	const r = await request(`${d.url}/oauth/revoke`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ token: t.refresh_token, client_id: client.client_id }).toString() });
	assert.equal(r.status, 200);
	await ended;
	assert.equal((await s.call('tools/list')).status, 401);
	const again = await get();
	assert.equal((await request(`${d.url}/mcp`, { method: 'POST', headers: { authorization: `Bearer ${again.access_token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...s.headers },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }) })).status, 404, 'a new token does not wake it');
});

// ---- F23 ----

test('lesson_F23 no bearer but a living access token reaches anything', async () => {
	const living = await get();
	const confidential = await register(d, { token_endpoint_auth_method: 'client_secret_post' });
	const unused = await consent(owner, authorizeUrl(d, client, { challenge: pkce().challenge }));
	const revoked = await get();
	await request(`${d.url}/oauth/revoke`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ token: revoked.access_token, client_id: client.client_id }).toString() });
	const bearers = ['', 'null', 'undefined', 'true', '0', '{}', 'anonymous', 'admin', 'guest', '""', 'a', '=', '..', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.', randomBytes(32).toString('base64url'), randomBytes(200).toString('base64url'), 'x'.repeat(20000),
		forge('at'), forge('at'), forge('rt'), forge('ac'), forge('ws'), forge('cs'), forge('ra'), forge('su'), forge('at').toUpperCase(), forge('at').slice(0, -1), `${forge('at')}=`,
		living.refresh_token, living.code, unused.get('code'), revoked.access_token, living.client.registration_access_token, [...owner.jar.values()].find(v => v.startsWith('ost_ws_')),
		living.access_token.toUpperCase(), `${living.access_token}A`, living.access_token.slice(0, -1), living.access_token.replace('ost_at_', 'ost_rt_'), living.access_token.replace('ost_at_', ''), Buffer.from(living.access_token).toString('base64'),
		client.client_id, confidential.client_secret];
	assert.ok(bearers.every(b => typeof b === 'string'));
	assert.ok(bearers.length > 35);
	const rows = await routes();
	const everyPath = [...await paths(), '/mcp/beta', '/mcp/both', '/api/status', '/api/servers', '/sse', '/messages', '/metrics'];
	for (const bearer of bearers) {
		const before = reached();
		for (const path of everyPath) {
			const isMcp = path === '/mcp' || path.startsWith('/mcp/');
			for (const method of isMcp ? ['POST', 'GET', 'DELETE', 'PUT', 'HEAD'] : ['GET', 'POST', 'DELETE']) {
				const with_ = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
				const body = method === 'POST' || method === 'PUT' ? JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'look', arguments: {} } }) : undefined;
				const r = await request(d.url + path, { method, headers: with_, body });
				const what = `${method} ${path} with ${bearer.slice(0, 12)}`;
				if (isMcp && rows.some(x => x.method === method && x.path === path || path !== '/mcp' && x.row === '/mcp/*' && x.method === method)) {
					assert.ok(r.status === 401 || r.status === 400 || r.status === 431, `${what}: ${r.status}`);
					if (r.status !== 431) assert.ok(r.headers['www-authenticate'], what);
				} else if (isMcp) {
					assert.ok(r.status >= 400, `${what}: ${r.status}`);
				} else if (r.status < 300 && !path.startsWith('/assets/')) {
					assert.doesNotMatch(r.text, /alpha__|look of|>ada</, `${what} says nothing of what is inside`);
				}
			}
			if (bearer.length > 300 && path !== '/mcp') break;
		}
		assert.equal(reached(), before, `nothing was dispatched for ${bearer.slice(0, 12)}`);
	}
	assert.equal((await post(`${d.url}/mcp`, { authorization: `Bearer ${living.access_token}` })).status, 200, 'the living one still works');
	await healthy(d);
});

test('lesson_F23 what cannot be looked up opens nothing: a person who was removed', async () => {
	const mallory = await addPerson(d, 'mallory');
	const t = await obtain(d, mallory, { client });
	const s = await legacy(`${d.url}/mcp`, t.access_token);
	assert.equal((await s.call('tools/list')).status, 200);
	await new Promise((ok, no) => execFile(ostiary, ['user', 'remove', 'mallory', '--config', d.config], { env: { ...process.env, OSTIARY_HOME: join(d.home, 'state') } }, e => (e ? no(e) : ok())));
	await until('the end of the token', async () => (await post(`${d.url}/mcp`, { authorization: `Bearer ${t.access_token}` })).status === 401);
	assert.equal((await s.call('tools/list')).status, 401);
	assert.equal((await mallory.get('/')).status, 303);
	assert.equal((await token(d, { grant_type: 'refresh_token', refresh_token: t.refresh_token, client_id: t.client.client_id })).error, 'invalid_grant');
	assert.equal((await new Visitor(d).login({ username: 'mallory', password: 'mallory has a password' }).catch(e => e.message)), 'login: 401');
});

// ---- F28, B11 ----

test('lesson_F28 internal headers from outside, and our own credentials, stop here', async () => {
	const path = '/mcp/alpha';
	const t = await get({ path, scope: 'mcp:tools:read' });
	const full = await get({ path });
	const forged = { 'x-ostiary-user': 'root', 'x-ostiary-principal': 'p_root', 'x-ostiary-scope': 'mcp', 'x-ostiary-internal': '1', 'x-ostiary-node': 'n1', 'x-user': 'root', 'x-user-id': '1', 'x-remote-user': 'root', 'remote-user': 'root',
		'x-auth-request-user': 'root', 'x-auth-request-email': 'root@x.example', 'x-forwarded-user': 'root', 'x-forwarded-email': 'root@x.example', 'x-forwarded-groups': 'admin', 'x-authenticated-userid': 'root', 'x-principal': 'root',
		'x-scopes': 'mcp', 'x-scope': 'mcp', 'x-client-id': client.client_id, 'x-internal': '1', 'x-internal-request': 'true', 'x-admin': '1', 'x-original-url': '/mcp', 'x-rewrite-url': '/mcp', 'x-http-method-override': 'GET',
		'x-real-ip': '127.0.0.1', 'x-forwarded-for': '127.0.0.1', 'x-mcp-proxy-auth': 'x', 'x-vault': 'x', 'x-api-key': 'k', 'x-custom': 'passed?', via: '1.1 x', 'mcp-param-user': 'root', 'mcp-session-id-internal': 'x', cookie: 'ostiary=ost_ws_x; a=b', te: 'trailers' };
	for (const [name, value] of Object.entries(forged)) {
		const r = await modern(d.url + path, t.access_token, 'tools/call', { name: 'look', arguments: {} }, { headers: { [name]: value } });
		assert.equal(r.status === 403 || r.status === 400, true, `${name} has widened nothing: ${r.status} ${r.text}`);
		assert.equal((await post(d.url + path, { [name]: value })).status, 401, `${name} is no token`);
	}
	const u = d.upstreams.alpha;
	u.seen.length = 0;
	const { 'mcp-param-user': _, ...all } = forged;
	const r = await modern(d.url + path, full.access_token, 'tools/call', { name: 'look', arguments: {} }, { headers: all });
	assert.equal(r.status, 200, r.text);
	const s = await legacy(d.url + path, full.access_token);
	await s.post({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'look', arguments: {} } }, all);
	const allowed = /^(host|content-type|content-length|accept|accept-encoding|user-agent|connection|transfer-encoding|mcp-protocol-version|mcp-method|mcp-name|mcp-session-id)$/;
	assert.ok(u.calls().length >= 2);
	for (const seen of u.seen) {
		for (const name of Object.keys(seen.headers)) assert.match(name, allowed, `${name}: ${seen.headers[name]} went through`);
		const bytes = seen.raw.join('\n') + seen.text;
		for (const secret of [full.access_token, full.refresh_token, full.code, s.session, [...owner.jar.values()][0]]) assert.equal(bytes.includes(secret), false);
	}
	assert.equal(logLines(d).some(l => JSON.stringify(l).includes('p_root')), false);
});

test('lesson_F28 what a message says about its sender decides nothing', async () => {
	const path = '/mcp/alpha';
	const t = await get({ path, scope: 'mcp:tools:read' });
	for (const meta of [{ 'io.modelcontextprotocol/clientInfo': { name: 'admin', version: '1' } }, { user: 'root', scope: 'mcp', principal: { scopes: ['mcp'] } }, { 'io.ostiary/scope': 'mcp' }]) {
		const r = await modern(d.url + path, t.access_token, 'tools/call', { name: 'look', arguments: { scope: 'mcp' } }, { meta });
		assert.equal(r.status, 403, JSON.stringify(meta));
	}
});

// ---- F26, as far as there is administration ----

test('lesson_F26 nothing is administered without the owner\'s session', async () => {
	const ordinary = await addPerson(d, 'olaf');
	const { access_token } = await get({ scope: 'mcp' });
	const spawn = ['/api/servers', '/api/servers/alpha', '/api/servers/alpha/start', '/api/spawn', '/api/users', '/api/clients', '/api/grants', '/api/settings', '/api/events', '/api/audit', '/api/import', '/stdio', '/proxy', '/connect/alpha', '/admin'];
	for (const path of spawn)
		for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
			const body = method === 'GET' || method === 'DELETE' ? undefined : '{"command":"id"}';
			for (const headers of [{}, { authorization: `Bearer ${access_token}` }, { cookie: [...ordinary.jar].map(([k, v]) => `${k}=${v}`).join('; ') }]) {
				const r = await request(`${d.url}${path}?command=id&transportType=stdio`, { method, body, headers: { 'content-type': 'application/json', ...headers } });
				assert.ok([303, 401, 403, 404, 405].includes(r.status), `${method} ${path}: ${r.status}`);
			}
		}
	for (const path of ['/', '/connect']) {
		const r = await new Visitor(d).get(path);
		assert.equal(r.status, 303, path);
		assert.match(r.location, /^\/login/);
	}
});

test('lesson_F26 there is one setup, no default password, no account of one\'s own making', async () => {
	for (const link of [`/setup?token=${forge('su')}`, '/setup?token=', '/setup', `/setup?token=${d.text().match(/token=([\w-]+)/)[1]}`]) {
		const v = new Visitor(d);
		const page = await v.get(link);
		assert.ok(page.status >= 303, `${link}: ${page.status}`);
		assert.doesNotMatch(page.text, /name="password"/);
		const r = await v.post('/setup', { token: new URL(link, d.url).searchParams.get('token') ?? '', username: 'eve', password: 'long enough password', form_token: 'x' });
		assert.ok([403, 410].includes(r.status), `${r.status}`);
	}
	for (const [username, password] of [['admin', 'admin'], ['admin', 'password'], ['ada', ''], ['ada', 'ada'], ['eve', 'long enough password'], ['', ''], ['root', 'root']])
		assert.notEqual(await new Visitor(d).login({ username, password }).catch(e => e.message.slice(0, 10)), undefined);
	for (const path of ['/signup', '/register-user', '/api/users', '/api/auth/register', '/users'])
		assert.ok([404, 405, 401, 403].includes((await request(d.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"username":"eve","password":"long enough password","role":"admin","owner":true}' })).status));
	assert.equal(await new Visitor(d).login({ username: 'eve', password: 'long enough password' }).catch(e => e.message), 'login: 401');
});
