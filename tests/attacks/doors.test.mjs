// Attacks with Host, Origin and what proxies add: DNS rebinding, other sites'
// pages, forged addresses.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { REDIRECT, Visitor, authorizeUrl, freePort, obtain, ostiary, pkce, raw, register, request, run, startDaemon, until } from '../e2e/lib.mjs';
import { headerOf, healthy, isSafePage, leaksNothing, logLines, parseChallenge, post, routes, startGuarded } from './kit.mjs';

const hasIPv6Loopback = () => Object.values(networkInterfaces()).flat().some(i => i.address === '::1');
let d, client, bearer, rows;
before(async () => {
	d = await startGuarded();
	client = await register(d);
	bearer = (await obtain(d, d.owner, { client })).access_token;
	rows = await routes();
});
after(() => d?.close());

const FOREIGN_HOSTS = () => ['evil.example', `evil.example:${d.port}`, `127.0.0.1.evil.example:${d.port}`, `127.0.0.1:${d.port + 1}`, '127.0.0.1', `localhost.:${d.port}`, `localhost.evil.example:${d.port}`, `evil-localhost:${d.port}`,
	`127.0.0.1:${d.port}.evil.example`, `0.0.0.0:${d.port}`, `127.0.0.1:${d.port}@evil.example`, `127.0.0.2:${d.port}`, `[::ffff:127.0.0.1]:${d.port}`, `169.254.169.254:${d.port}`, '[::1]', `x:${d.port}`];
const FOREIGN_ORIGINS = () => ['https://evil.example', 'http://evil.example', `http://evil.example:${d.port}`, 'null', `http://127.0.0.1.evil.example:${d.port}`, `http://127.0.0.1:${d.port}@evil.example`, 'file://', `chrome-extension://abc`,
	`https://127.0.0.1:${d.port}.evil.example`, `http://localhost.evil.example`, 'evil.example', 'http://', `${d.url}/`, `${d.url} https://evil.example`, `${d.url},https://evil.example`, `https://[::1]x`];

const ask = (row, headers) => request(d.url + row.path, { method: row.method, headers: { accept: '*/*', ...headers, ...(row.method === 'POST' && { 'content-type': row.kind === 'MCP' || /register/.test(row.path) ? 'application/json' : 'application/x-www-form-urlencoded' }) },
	body: row.method === 'POST' ? (row.kind === 'MCP' || /register/.test(row.path) ? '{}' : 'a=b') : undefined });

// ---- AS-27 ----

test('no answer for people gives a referrer', async () => {
	const far = await register(d, { redirect_uris: ['https://far.example/cb'] });
	const ask = extra => authorizeUrl(d, far, { challenge: pkce().challenge, redirect_uri: 'https://far.example/cb', ...extra });
	const consentPage = await d.owner.get(ask());
	const pages = { consent: consentPage, login: await new Visitor(d).get('/login?next=%2Fx'), setup: await new Visitor(d).get('/setup?token=x'), 'to the login': await new Visitor(d).get(ask()),
		'a refusal with a link': await d.owner.get(ask({ scope: 'no:such' })), 'a code': await d.owner.submit(consentPage, { decision: 'allow' }), nothing: await d.owner.get('/no/such') };
	assert.match(pages['a code'].location, /code=/);
	for (const [what, r] of Object.entries(pages)) assert.equal(r.headers.get('referrer-policy'), 'no-referrer', what);
});

test('a form without an Origin of its own counts only if the browser says that it is ours', async () => {
	const out = (headers, path = '/logout') => request(d.url + path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: 'form_token=x' });
	const says = async (headers, path) => /Origin may not call/.test((await out(headers, path)).text) ? 'foreign' : 'let in';
	assert.equal(await says({ origin: 'null', 'sec-fetch-site': 'same-origin' }), 'let in');
	for (const site of ['same-site', 'cross-site', 'none', '', 'Same-Origin', 'same-origin, same-origin', ['same-origin', 'same-origin'], ['same-origin', 'cross-site']])
		assert.equal(await says({ origin: 'null', 'sec-fetch-site': site }), 'foreign', JSON.stringify(site));
	assert.equal(await says({ origin: 'null' }), 'foreign');
	for (const origin of FOREIGN_ORIGINS().filter(o => o !== 'null')) assert.equal(await says({ origin, 'sec-fetch-site': 'same-origin' }), 'foreign', origin);
	assert.equal((await post(`${d.url}/mcp`, { origin: 'null', 'sec-fetch-site': 'same-origin', authorization: `Bearer ${bearer}` })).status, 403, 'pages alone');
});

// ---- F20 ----

const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '443', 'x-forwarded-prefix': '/evil', 'x-forwarded-server': 'evil.example', 'x-forwarded-scheme': 'https', 'x-forwarded-ssl': 'on',
	'x-original-host': 'evil.example', 'x-host': 'evil.example', 'x-original-url': '/evil', 'x-rewrite-url': '/evil', 'x-url-scheme': 'https', 'front-end-https': 'on', 'x-forwarded-for': '6.6.6.6', 'x-real-ip': '6.6.6.6',
	forwarded: 'for=6.6.6.6;host=evil.example;proto=https', 'x-forwarded-path': '/evil', 'true-client-ip': '6.6.6.6', 'cf-connecting-ip': '6.6.6.6', 'x-client-ip': '6.6.6.6', 'x-mcp-resource': 'https://evil.example/mcp' };

// All that says where we are, as one text.
async function whereWeAre(server, headers, cookie) {
	const out = {};
	for (const path of ['/mcp', '/mcp/alpha', '/mcp/both']) {
		out[`challenge ${path}`] = headerOf(await post(server.url + path, headers), 'www-authenticate');
		out[`resource ${path}`] = (await request(`${server.url}/.well-known/oauth-protected-resource${path}`, { headers })).text;
	}
	for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']) out[path] = (await request(server.url + path, { headers })).text;
	const authorize = authorizeUrl(server, client, { challenge: 'A'.repeat(43), resource: `${server.url}/mcp`, scope: 'no:such' });
	out.login = (await request(server.url + '/', { headers })).headers.location;
	out.refusal = (await request(authorize, { headers: { ...headers, cookie } })).headers.location;
	out.snippets = (await request(`${server.url}/connect`, { headers: { ...headers, cookie } })).text;
	return out;
}

test('lesson_F20 forged headers change nothing', async () => {
	const cookie = [...d.owner.jar].map(([k, v]) => `${k}=${v}`).join('; ');
	const plain = await whereWeAre(d, {}, cookie);
	assert.ok(plain.snippets.includes(`${d.url}/mcp`));
	assert.ok(plain.refusal.includes(encodeURIComponent(d.url)), plain.refusal);
	for (const [name, value] of [...Object.entries(forged), ['all', 'of them']])
		assert.deepEqual(await whereWeAre(d, name === 'all' ? forged : { [name]: value }, cookie), plain, name);
	// Our other names lead to the same places.
	for (const host of [`localhost:${d.port}`, `[::1]:${d.port}`]) assert.deepEqual(await whereWeAre(d, { host }, cookie), plain, host);
	const made = await request(`${d.url}/oauth/register`, { method: 'POST', headers: { 'content-type': 'application/json', ...forged, host: `localhost:${d.port}` }, body: JSON.stringify({ redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }) });
	assert.ok(made.json.registration_client_uri.startsWith(`${d.url}/`));
	assert.equal(logLines(d).some(l => l.peer === '6.6.6.6'), false, 'nor who asks');
	const told = logLines(d).filter(l => l.event === 'proxy_unknown');
	assert.deepEqual(told.map(l => [l.level, l.trustedProxies]), [['warn', '127.0.0.1']], 'but the owner hears of it, once');
});

test('lesson_F20 a trusted proxy may say for whom it asks, and nothing else', async () => {
	const p = await startDaemon({ settings: { mcpServers: {}, trustedProxies: ['127.0.0.3', '127.0.1.0/24'], publicUrl: 'https://mcp.example.com' } });
	try {
		const get = (localAddress, headers) => request(`${p.url}/.well-known/oauth-authorization-server`, { localAddress, headers: { host: 'mcp.example.com', ...headers } });
		for (const from of ['127.0.0.1', '127.0.0.3', '127.0.1.77']) {
			const r = await get(from, forged);
			assert.equal(r.status, 200);
			assert.equal(r.json.issuer, 'https://mcp.example.com');
			assert.doesNotMatch(r.text, /evil/);
			assert.equal((await request(`${p.url}/mcp`, { localAddress: from, headers: { host: 'evil.example', 'x-forwarded-host': 'mcp.example.com' } })).status, 403);
		}
		const peers = () => logLines(p).map(l => l.peer);
		await until('the proxy\'s word to count', () => peers().includes('6.6.6.6'));
		const before = peers().length;
		await get('127.0.0.1', { 'x-forwarded-for': '7.7.7.7' });
		await get('127.0.0.3', { 'x-forwarded-for': '<script>, evil' });
		await get('127.0.0.3', { 'x-forwarded-for': '8.8.8.8, 9.9.9.9' });
		await get('127.0.0.3', { 'x-forwarded-for': '8.8.4.4, 127.0.1.5' });
		await until('the last line', () => peers().includes('8.8.4.4'));
		const later = peers().slice(before);
		assert.ok(later.includes('127.0.0.1') && later.includes('127.0.0.3') && later.includes('9.9.9.9'), `${later}`);
		assert.equal(later.some(x => ['7.7.7.7', '8.8.8.8'].includes(x) || /script|evil/.test(x)), false, `${later}`);
	} finally {
		await p.close();
	}
});

// ---- AS-09 ----

// An address of this machine at which its peers are not this machine's own.
const outside = Object.values(networkInterfaces()).flat().find(a => a.family === 'IPv4' && !a.internal)?.address;

describe('plain http from elsewhere', { skip: !outside && 'this machine has no other address' }, () => {
	for (const [what, publicUrl, settings, served] of [['publicUrl is https', 'https://mcp.example.com', {}, false], ['publicUrl is http', undefined, {}, false],
		['the peer is a trusted proxy', 'https://mcp.example.com', { trustedProxies: [`${outside}/32`] }, true]])
		test(`${what}: ${served ? 'served' : 'nothing of OAuth, logins and MCP'}`, async () => {
			const port = await freePort();
			const s = await startDaemon({ settings: { port, listen: `0.0.0.0:${port}`, mcpServers: {}, ...(publicUrl && { publicUrl }), ...settings } });
			try {
				const host = publicUrl ? new URL(publicUrl).host : `127.0.0.1:${port}`;
				const from = (where, row, method = row.method) => request(`http://${where}:${port}${row.path}`, { method, headers: { host, accept: row.kind === 'PAGE' ? 'text/html' : '*/*', ...forged } });
				for (const row of rows) {
					const far = await from(outside, row), near = await from('127.0.0.1', row);
					if (row.kind === 'ASSET' || served) {
						assert.equal(far.status, near.status, row.row);
						assert.doesNotMatch(far.text, /over plain http/, row.row);
						continue;
					}
					assert.equal(far.status, 403, row.row);
					assert.doesNotMatch(far.text, /ost_|form_token|issuer|resource/, row.row);
					for (const field of ['set-cookie', 'www-authenticate', 'access-control-allow-origin', 'location']) assert.equal(far.headers[field], undefined, row.row);
					if (row.kind === 'PAGE') isSafePage(far, row.row);
					else if (row.kind === 'MCP') assert.equal(far.json.error.code, -32600, row.row);
					else assert.equal(far.json.error, 'invalid_request', row.row);
					assert.equal((await from(outside, row, 'OPTIONS')).status, 403, row.row);
					assert.doesNotMatch(near.text, /over plain http/, row.row);
				}
				assert.equal((await request(`http://${outside}:${port}/health`, { headers: { host: `${outside}:${port}` } })).status, 200);
				assert.equal(/over plain http nothing but this machine is served/.test(s.text()), !served, 'the log says so at the start');
			} finally {
				await s.close();
			}
		});
});

// ---- F21 ----

const EXPOSED = ['WWW-Authenticate', 'Mcp-Session-Id'];
const exposes = r => (headerOf(r, 'access-control-expose-headers') ?? '').split(',').map(s => s.trim().toLowerCase());
const corsOf = r => Object.keys(r.headers).filter(h => h.startsWith('access-control-'));

function isReadable(r, what, origin = '*') {
	assert.ok(['*', origin].includes(headerOf(r, 'access-control-allow-origin')), `${what}: ${headerOf(r, 'access-control-allow-origin')}`);
	assert.equal(headerOf(r, 'access-control-allow-credentials'), null, `${what}: never with credentials`);
}

test('lesson_F21 what may be read from other origins, and what never', async () => {
	const web = 'https://inspector.example';
	for (const row of rows) {
		const what = `${row.method} ${row.path}`;
		const preflight = await request(d.url + row.path, { method: 'OPTIONS', headers: { origin: web, 'access-control-request-method': row.method, 'access-control-request-headers': 'authorization, content-type, mcp-protocol-version' } });
		const r = await ask(row, { origin: web });
		assert.equal(headerOf(r, 'access-control-allow-credentials'), null, what);
		assert.equal(headerOf(preflight, 'access-control-allow-credentials'), null, what);
		if (row.door === 'ANY') {
			isReadable(r, what);
			isReadable(preflight, what);
			assert.equal(preflight.status, 204);
			for (const x of EXPOSED) assert.ok(exposes(r).includes(x.toLowerCase()), `${what} exposes ${x}`);
			assert.ok(headerOf(preflight, 'access-control-allow-methods').includes(row.method), what);
			const heads = headerOf(preflight, 'access-control-allow-headers').toLowerCase();
			for (const x of ['authorization', 'content-type', 'mcp-protocol-version']) assert.ok(heads.includes(x), `${what} allows ${x}`);
			assert.equal(heads.includes('www-authenticate'), false, 'that one is no request header');
		} else {
			assert.deepEqual(corsOf(r), [], what);
			assert.deepEqual(corsOf(preflight), [], what);
			assert.ok(preflight.status >= 400, `${what}: ${preflight.status}`);
		}
	}
	const doorOf = path => rows.find(x => x.row === path)?.door;
	for (const path of ['/oauth/token', '/token', '/oauth/register', '/register', '/oauth/revoke', '/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/*', '/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'])
		assert.equal(doorOf(path), 'ANY', path);
	for (const path of ['/oauth/authorize', '/authorize', '/', '/login', '/logout', '/setup', '/connect']) assert.equal(doorOf(path), 'OWN', path);
});

test('lesson_F21 a client that is a local web page may use MCP, without credentials', async () => {
	for (const origin of ['http://localhost:6274', 'http://127.0.0.1:6274', 'http://[::1]:6274', d.url]) {
		for (const path of d.endpoints)
			for (const method of ['POST', 'GET', 'DELETE']) {
				const pre = await request(d.url + path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization, mcp-session-id, mcp-param-region' } });
				assert.equal(pre.status, 204, `${origin} ${path}`);
				isReadable(pre, origin, origin);
				assert.match(headerOf(pre, 'vary') ?? '', /origin/i);
				assert.ok(headerOf(pre, 'access-control-allow-methods').includes(method));
				const refused = await request(d.url + path, { method, headers: { origin, accept: 'text/event-stream' } });
				assert.equal(refused.status, 401);
				isReadable(refused, 'a challenge', origin);
				for (const x of EXPOSED) assert.ok(exposes(refused).includes(x.toLowerCase()), x);
			}
		const r = await post(`${d.url}/mcp`, { origin, authorization: `Bearer ${bearer}` });
		assert.equal(r.status, 200);
		isReadable(r, 'an answer', origin);
		const hello = await post(`${d.url}/mcp`, { origin, authorization: `Bearer ${bearer}`, 'mcp-protocol-version': '2025-11-25', 'mcp-method': 'initialize' },
			{ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'web', version: '1' } } });
		assert.ok(hello.headers['mcp-session-id']);
		isReadable(hello, 'a session', origin);
		assert.ok(exposes(hello).includes('mcp-session-id'));
		const away = await request(`${d.url}/mcp`, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: '{' });
		isReadable(away, 'a refusal', origin);
	}
	for (const path of ['/', '/login', '/oauth/authorize', '/setup']) {
		const r = await request(d.url + path, { method: 'OPTIONS', headers: { origin: d.url, 'access-control-request-method': 'GET' } });
		assert.deepEqual(corsOf(r), [], path);
		assert.deepEqual(corsOf(await request(d.url + path, { headers: { origin: d.url } })), [], path);
	}
});

// ---- F22 ----

test('lesson_F22 a foreign Host reaches nothing, whatever it asks for', async () => {
	for (const row of [...rows, { method: 'GET', path: '/nothing/here', kind: 'ASSET', door: 'OWN' }]) {
		for (const host of FOREIGN_HOSTS()) {
			const address = /^(\d+\.){3}\d+(:\d+)?$|^\[[0-9a-f:.]+\](:\d+)?$/.test(host);
			if (row.door === 'PROBE' && address) continue; // rebinding needs a name
			const r = await ask(row, { host, authorization: `Bearer ${bearer}` });
			assert.ok(r.status === 403 || r.status === 400, `${row.method} ${row.path} as ${host}: ${r.status}`);
			assert.deepEqual(corsOf(r), [], host);
			assert.equal(r.headers['www-authenticate'], undefined, 'not even where to log in');
			leaksNothing(r.text, host);
			assert.doesNotMatch(r.text, /evil/);
		}
	}
	await healthy(d);
});

test('lesson_F22 a foreign, null or doubled Origin gets 403 on MCP and on pages', async () => {
	const cookie = [...d.owner.jar].map(([k, v]) => `${k}=${v}`).join('; ');
	for (const row of rows.filter(x => x.door !== 'ANY')) {
		for (const origin of FOREIGN_ORIGINS()) {
			const r = await ask(row, { origin, authorization: `Bearer ${bearer}`, cookie });
			assert.equal(r.status, 403, `${row.method} ${row.path} from ${origin}`);
			assert.deepEqual(corsOf(r), [], `${row.path} ${origin}`);
			assert.equal(r.headers['www-authenticate'], undefined);
			assert.equal(r.headers.location, undefined);
			assert.deepEqual(r.headers['set-cookie'], undefined);
		}
	}
	// An http origin on this machine may use MCP; pages it may not.
	for (const row of rows.filter(x => x.door === 'OWN' && x.kind === 'PAGE'))
		assert.equal((await ask(row, { origin: 'http://localhost:6274' })).status, 403, row.path);
});

test('lesson_F22 two Origins are refused everywhere, two Hosts too', async () => {
	for (const row of rows) {
		const head = (...fields) => `${row.method} ${row.path} HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\n${fields.map(f => `${f}\r\n`).join('')}Content-Length: 0\r\nConnection: close\r\n\r\n`;
		for (const pair of [[`Origin: ${d.url}`, `Origin: ${d.url}`], [`Origin: ${d.url}`, 'Origin: https://evil.example'], ['Origin: null', `Origin: ${d.url}`]]) {
			const r = await raw(d.port, head(...pair));
			assert.match(r.text, /^HTTP\/1\.1 403 /, `${row.method} ${row.path}: ${pair}`);
			assert.doesNotMatch(r.text, /access-control/i);
		}
		const two = await raw(d.port, head(`Host: 127.0.0.1:${d.port}`));
		assert.match(two.text, /^HTTP\/1\.1 400 /, row.path);
	}
	const none = await raw(d.port, 'GET /mcp HTTP/1.1\r\nConnection: close\r\n\r\n');
	assert.match(none.text, /^HTTP\/1\.1 400 /);
	const old = await raw(d.port, 'GET /login HTTP/1.0\r\n\r\n');
	assert.match(old.text, /^HTTP\/1\.[01] (400|403|505) /, 'without Host nobody is spoken to');
});

test('lesson_F22 an absolute target says who is meant, not the Host beside it', async () => {
	for (const target of ['http://evil.example/mcp', `http://evil.example:${d.port}/health`, `http://127.0.0.1.evil.example:${d.port}/`]) {
		const r = await raw(d.port, `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nConnection: close\r\n\r\n`);
		assert.match(r.text, /^HTTP\/1\.1 40[03] /, target);
	}
	const r = await raw(d.port, `GET ${d.url}/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
	assert.match(r.text, /^HTTP\/1\.1 (200|400|403) /);
});

describe('lesson_F22 on every listener', () => {
	const listeners = {
		'all IPv4 addresses': p => ({ listen: `0.0.0.0:${p}`, publicUrl: `http://127.0.0.1:${p}` }),
		'IPv6 loopback': p => ({ listen: `[::1]:${p}`, publicUrl: `http://[::1]:${p}` }),
		'behind a public name': p => ({ listen: `127.0.0.1:${p}`, publicUrl: 'https://mcp.example.com' }),
	};
	for (const [what, make] of Object.entries(listeners))
		test(`lesson_F22 ${what}`, async t => {
			const port = await freePort();
			const settings = make(port);
			const six = settings.listen.startsWith('[');
			if (six && !hasIPv6Loopback()) return t.skip('this machine has no ::1');
			const base = six ? `http://[::1]:${port}` : `http://127.0.0.1:${port}`;
			const home = await mkdtemp(join(tmpdir(), 'ostiary-test-'));
			await writeFile(join(home, 's.json'), JSON.stringify({ mcpServers: {}, ...settings }));
			const p = run(ostiary, ['serve', '--config', join(home, 's.json')], { env: { OSTIARY_HOME: join(home, 'state') } });
			try {
				await until('the listener', async () => p.child.exitCode !== null || (await fetch(`${base}/health`)).ok);
				assert.equal(p.child.exitCode, null, p.text);
				const own = new URL(settings.publicUrl).host;
				for (const path of ['/mcp', '/login', '/oauth/authorize', '/.well-known/oauth-authorization-server', '/assets/style.css']) {
					assert.equal((await fetchAs(base, path, own)).status === 403, false, `${path} as ${own}`);
					for (const host of ['evil.example', `evil.example:${port}`, `192.168.1.5:${port}`, `mcp.example.com.evil.example`, 'mcp.example.com:8443'])
						assert.equal((await fetchAs(base, path, host)).status, 403, `${path} as ${host}`);
					for (const origin of ['https://evil.example', 'null'])
						if (!path.startsWith('/.well-known')) assert.equal((await fetchAs(base, path, own, { origin })).status, 403, `${path} from ${origin}`);
				}
				if (what === 'behind a public name') {
					for (const origin of ['http://localhost:6274', 'http://mcp.example.com', 'https://mcp.example.com:444', 'https://sub.mcp.example.com'])
						assert.equal((await fetchAs(base, '/mcp', own, { origin })).status, 403, origin);
					assert.equal((await fetchAs(base, '/mcp', own, { origin: 'https://mcp.example.com' })).status, 401);
				}
			} finally {
				await p.stop();
				await rm(home, { recursive: true, force: true });
			}
		});
});

// The status line of a GET under another name.
function fetchAs(base, path, host, headers = {}) {
	const u = new URL(base);
	return new Promise((ok, no) => http.request({ host: u.hostname.replace(/[[\]]/g, ''), port: u.port, path, agent: false, headers: { host, ...headers } }, r => { r.resume(); ok({ status: r.statusCode, headers: r.headers }); }).once('error', no).end());
}

test('lesson_F22 a refusal is a page for browsers, and says what to do', async () => {
	const r = await request(`${d.url}/login`, { headers: { host: 'evil.example', accept: 'text/html' } });
	assert.equal(r.status, 403);
	isSafePage(r, 'a foreign host');
	assert.match(r.text, /publicUrl/);
	assert.equal(parseChallenge(headerOf(await post(`${d.url}/mcp`), 'www-authenticate')).error, undefined);
	assert.ok(logLines(d).some(l => l.fault === 'foreign_host' && l.detail.includes('evil.example')), 'the log names it');
	assert.equal((await new Visitor(d).get(authorizeUrl(d, client, { challenge: pkce().challenge }))).status, 303);
});
