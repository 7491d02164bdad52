// What the attacks share: servers behind the daemon that remember what reached
// them, more people, forged tokens, the table of routes, and what every
// refusal has to look like.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { crc32Of } from './crc32.mjs';
import { MODERN, Visitor, freePort, ostiary, request, root, startDaemon, until } from '../e2e/lib.mjs';

// ---- a server behind the daemon ----

// Streamable HTTP without sessions, revision 2025-06-18; seen: all that came.
export async function startUpstream(name, { port } = {}) {
	const seen = [];
	const answers = {
		initialize: p => ({ protocolVersion: ['2025-03-26', '2025-06-18', '2025-11-25'].includes(p.protocolVersion) ? p.protocolVersion : '2025-06-18',
			capabilities: { tools: {}, prompts: {}, resources: {}, completions: {} }, serverInfo: { name, version: '1' } }),
		ping: () => ({}),
		'tools/list': () => ({ tools: ['look', 'change', 'gone', 'both'].map(t => ({ name: t, description: `${t} of ${name}`, inputSchema: { type: 'object' } })) }),
		'tools/call': p => ({ content: [{ type: 'text', text: `${name} ${p.name}` }] }),
		'prompts/list': () => ({ prompts: [{ name: 'greet', arguments: [{ name: 'who' }] }] }),
		'prompts/get': () => ({ messages: [{ role: 'user', content: { type: 'text', text: 'hello' } }] }),
		'resources/list': () => ({ resources: [{ uri: 'memo://one', name: 'one' }] }),
		'resources/templates/list': () => ({ resourceTemplates: [{ uriTemplate: 'memo://{id}', name: 'memo' }] }),
		'resources/read': p => ({ contents: [{ uri: p.uri, text: 'memo' }] }),
		'completion/complete': () => ({ completion: { values: ['a'] } }),
	};
	const s = http.createServer(async (req, res) => {
		let text = '';
		for await (const c of req.setEncoding('utf8')) text += c;
		const body = text ? JSON.parse(text) : null;
		seen.push({ method: req.method, url: req.url, headers: req.headers, raw: req.rawHeaders, text, body });
		if (req.method !== 'POST') { res.writeHead(405, { allow: 'POST' }).end(); return; }
		if (body.id === undefined) { res.writeHead(202).end(); return; }
		const f = answers[body.method];
		res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(f
			? { jsonrpc: '2.0', id: body.id, result: f(body.params ?? {}) }
			: { jsonrpc: '2.0', id: body.id, error: { code: -32601, message: 'no such method' } }));
	});
	await new Promise(ok => s.listen(port ?? 0, '127.0.0.1', ok));
	return { name, seen, url: `http://127.0.0.1:${s.address().port}/mcp`,
		calls: () => seen.filter(r => r.body && !['initialize', 'notifications/initialized', 'tools/list', 'prompts/list', 'resources/list', 'resources/templates/list', 'ping', 'server/discover', 'logging/setLevel'].includes(r.body.method)),
		close: () => new Promise(ok => { s.closeAllConnections(); s.close(ok); }) };
}

// ---- the daemon with two such servers, a group and its owner ----

export async function startGuarded({ settings = {}, names = ['alpha', 'beta'], entries = {}, more = {}, ...rest } = {}) {
	const upstreams = Object.fromEntries(await Promise.all(names.map(async n => [n, await startUpstream(n)])));
	const mcpServers = Object.fromEntries(names.map(n => [n, { url: upstreams[n].url, ...entries[n] }]));
	const d = await startDaemon({ settings: { mcpServers: { ...mcpServers, ...more }, ...(names.length > 1 && { groups: { both: names } }), ...settings }, ...rest });
	const close = d.close;
	d.upstreams = upstreams;
	d.close = async () => { await close(); await Promise.all(Object.values(upstreams).map(u => u.close())); };
	d.endpoints = ['/mcp', ...names.map(n => `/mcp/${n}`), ...(names.length > 1 ? ['/mcp/both'] : [])];
	try {
		d.owner = await new Visitor(d).makeOwner();
		await until('the servers behind', async () => names.every(n => upstreams[n].seen.some(r => r.body?.method === 'tools/list')));
	} catch (e) {
		await d.close();
		throw e;
	}
	return d;
}

// `ostiary user add` beside the running daemon; gives somebody who is logged in.
export async function addPerson(d, username, password = `${username} has a password`, env = {}) {
	await new Promise((ok, no) => {
		const p = execFile(ostiary, ['user', 'add', username, '--password-stdin', '--config', d.config],
			{ env: { ...process.env, OSTIARY_HOME: join(d.home, 'state'), ...env } },
			(e, out, err) => (e ? no(new Error(`user add: ${e.message} ${out} ${err}`)) : ok()));
		p.stdin.end(`${password}\n`);
	});
	return new Visitor(d).login({ username, password });
}

export async function healthy(d) {
	assert.equal(d.process.child.exitCode, null, `the daemon ended: ${d.process.text.slice(-2000)}`);
	assert.equal((await request(`${d.url}/health`)).status, 200, 'the daemon lives');
}

// The daemon's log as objects.
export function logLines(d) {
	return d.text().split('\n').filter(l => l.startsWith('{')).map(l => JSON.parse(l));
}

// ---- tokens ----

// One that is well formed, down to its checksum, and that nobody issued.
export function forge(kind, bits = randomBytes(32)) {
	const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
	const before = `ost_${kind}_${bits.toString('base64url')}`;
	let [check, v] = ['', crc32Of(before)];
	for (let i = 0; i < 6; i++) {
		check = digits[v % 62] + check;
		v = Math.floor(v / 62);
	}
	return before + check;
}

export const CODE = /ost_ac_[A-Za-z0-9_-]{43}/;

// ---- routes ----

// Every row of src/front/routes.def; a prefix becomes one path below it.
export async function routes() {
	const text = await readFile(join(root, 'src/front/routes.def'), 'utf8');
	const rows = [...text.matchAll(/^ROUTE\((\w+),\s*"([^"]+)",\s*(\w+),\s*(\w+),\s*(\w+),\s*(\w+)\)/gm)].map(
		([, method, path, handler, , kind, door]) => ({ method, prefix: path.endsWith('*'), row: path, path: exact(path), handler, kind, door }));
	assert.ok(rows.length > 20, 'the table of routes was read');
	return rows;
}

function exact(path) {
	if (!path.endsWith('*')) return path;
	const known = { '/mcp/*': '/mcp/alpha', '/assets/*': '/assets/style.css', '/.well-known/oauth-protected-resource/*': '/.well-known/oauth-protected-resource/mcp',
		'/oauth/register/*': '/oauth/register/c_nobody' };
	return known[path] ?? path.replace('*', path.endsWith('/*') ? 'x' : '');
}

export async function paths() {
	return [...new Set((await routes()).map(r => r.path))];
}

// ---- what answers look like ----

export function parseChallenge(value) {
	assert.match(value, /^Bearer( |$)/);
	return Object.fromEntries([...value.slice(6).matchAll(/\s*,?\s*([a-z_]+)="([^"]*)"/g)].map(([, k, v]) => [k, v]));
}

// A page that a browser can be trusted with.
export function isSafePage(r, what) {
	const csp = headerOf(r, 'content-security-policy') ?? '';
	assert.match(headerOf(r, 'content-type') ?? '', /^text\/html; charset=utf-8$/, what);
	assert.match(csp, /(^|; )default-src 'none'(;|$)/, what);
	assert.match(csp, /frame-ancestors 'none'/, what);
	assert.match(csp, /base-uri 'none'/, what);
	assert.match(csp, /form-action 'self'/, what);
	assert.doesNotMatch(csp, /unsafe-|\*|data:|nonce-/, what);
	assert.equal(headerOf(r, 'x-frame-options'), 'DENY', what);
	assert.equal(headerOf(r, 'x-content-type-options'), 'nosniff', what);
	assert.equal(headerOf(r, 'referrer-policy'), 'no-referrer', what);
	assert.match(headerOf(r, 'cache-control') ?? '', /no-store/, what);
	assert.equal(headerOf(r, 'access-control-allow-origin'), null, what);
	for (const [tag] of r.text.matchAll(/<script\b[^>]*>/gi)) assert.match(tag, /^<script src="\/assets\/[\w.]+"( defer)?>$/, what);
	for (const [tag] of r.text.matchAll(/<img\b[^>]*>/gi)) assert.match(tag, /^<img src="\/assets\/[\w.]+"/, what);
	for (const [tag] of r.text.matchAll(/<[a-z][^>]*>/gi)) assert.doesNotMatch(tag.replace(/"[^"]*"/g, '""'), /\s(on\w+|style)\s*=|<(style|iframe|object|embed|base|svg)\b/i, `${what}: ${tag}`);
}

// What no peer may ever read: paths of ours, addresses, C, SQL.
export function leaksNothing(text, what) {
	assert.doesNotMatch(text, /\.c:\d+|src\/|\/tmp\/|\/home\/|0x[0-9a-f]{8,}|SELECT |INSERT |sqlite|backtrace|assert|errno|insist|\.db\b/i, what);
}

export function headerOf(r, name) {
	if (typeof r.headers.get === 'function') return r.headers.get(name);
	return r.headers[name] ?? null;
}

export const oauthError = (r, status, error) => {
	assert.equal(r.status, status, `${error}: ${r.text ?? JSON.stringify(r)}`);
	assert.equal(headerOf(r, 'content-type'), 'application/json');
	assert.equal(headerOf(r, 'cache-control'), 'no-store');
	const json = r.text === undefined ? r : JSON.parse(r.text);
	assert.equal(json.error, error);
	assert.match(json.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
	leaksNothing(JSON.stringify(json.error_description), error);
};

// ---- MCP, one request ----

export const call = (name, args = {}) => ({ method: 'tools/call', params: { name, arguments: args } });

export const metaOf = (extra = {}) => ({ 'io.modelcontextprotocol/protocolVersion': MODERN, 'io.modelcontextprotocol/clientCapabilities': {},
	'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' }, ...extra });

// The bare POST of a modern tools/list, with any header.
export function post(url, headers = {}, body = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: metaOf() } }) {
	return request(url, { method: 'POST', body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
		headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': MODERN,
			'mcp-method': body.method ?? 'tools/list', ...headers } });
}

export { freePort };
