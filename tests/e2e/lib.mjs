// What every end-to-end test needs: a daemon of its own, a person who logs in,
// a client that gets tokens, raw requests.  No test framework hides here.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
export const ostiary = resolve(root, process.env.BUILD ?? 'build', 'src/app/ostiary');
export const modules = resolve(here, '../node_modules');
export const OWNER = { username: 'ada', password: 'correct horse battery' };
export const MODERN = '2026-07-28';
const META = 'io.modelcontextprotocol/';

// ---- ports and processes ----

export function freePort() {
	return new Promise((ok, no) => {
		const s = net.createServer();
		s.once('error', no);
		s.listen(0, '127.0.0.1', () => {
			const { port } = s.address();
			s.close(() => ok(port));
		});
	});
}

export async function until(what, probe, ms = 20000) {
	const end = Date.now() + ms;
	for (let last; ;) {
		try {
			const got = await probe();
			if (got) return got;
		} catch (e) {
			last = e;
		}
		if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms${last ? ` (${last.message})` : ''}`);
		await new Promise(r => setTimeout(r, 50));
	}
}

// A program that runs until stop(); its output is kept.
export function run(command, args, { env = {}, cwd } = {}) {
	const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
	const p = { child, out: '', err: '', get text() { return p.out + p.err; } };
	child.stdout.setEncoding('utf8').on('data', d => { p.out += d; });
	child.stderr.setEncoding('utf8').on('data', d => { p.err += d; });
	p.gone = new Promise(ok => child.once('exit', (code, signal) => ok({ code, signal })));
	p.stop = async (signal = 'SIGTERM') => {
		if (child.exitCode === null && child.signalCode === null) child.kill(signal);
		return p.gone;
	};
	return p;
}

// ---- the daemon ----

// settings: what stands in mcp_settings.json; listen and publicUrl are set.
export async function startDaemon({ settings = {}, args = [], env = {}, quiet = false } = {}) {
	const home = await mkdtemp(join(tmpdir(), 'ostiary-test-'));
	const port = settings.port ?? await freePort();
	const url = settings.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
	const config = join(home, 'mcp_settings.json');
	const { port: _, ...rest } = settings;
	const d = { home, port, url, config, logs: '' };
	d.write = s => writeFile(config, JSON.stringify({ listen: `127.0.0.1:${port}`, publicUrl: url, ...s }, null, 2));
	d.start = async () => {
		d.process = run(ostiary, ['serve', '--config', config, '--log-format', 'json', ...(quiet ? [] : ['--log-level', 'debug']), ...args],
			{ env: { OSTIARY_HOME: join(home, 'state'), ...env } });
		await until('the daemon', async () => {
			if (d.process.child.exitCode !== null) throw new Error(`it ended: ${d.process.text}`);
			return (await fetch(`${url}/health`)).ok;
		});
	};
	d.stop = async signal => {
		const end = await d.process.stop(signal);
		d.logs += d.process.text;
		return end;
	};
	d.restart = async signal => { await d.stop(signal); await d.start(); };
	d.text = () => d.logs + d.process.text;
	d.close = async () => {
		await d.stop();
		await rm(home, { recursive: true, force: true });
		const found = d.logs.match(/[^\n]*(Sanitizer|runtime error:|broken invariant)[^]{0,3000}/);
		if (found) throw new Error(found[0]);
	};
	await d.write(rest);
	await d.start();
	return d;
}

export function setupLink(d) {
	const m = d.text().match(/https?:\/\/[^\s"]+\/setup\?token=[A-Za-z0-9_-]+/);
	if (!m) throw new Error(`no setup link in:\n${d.text()}`);
	return m[0];
}

// ---- a browser without a screen: cookies, forms, redirects ----

export class Visitor {
	constructor(d) { this.d = d; this.jar = new Map(); }

	async go(method, url, { form, headers = {} } = {}) {
		const target = new URL(url, this.d.url);
		const cookies = [...this.jar].map(([k, v]) => `${k}=${v}`).join('; ');
		const r = await fetch(target, {
			method, redirect: 'manual',
			headers: { accept: 'text/html', ...(cookies && { cookie: cookies }),
				...(form && { 'content-type': 'application/x-www-form-urlencoded', origin: target.origin }), ...headers },
			body: form && new URLSearchParams(form).toString(),
		});
		for (const c of r.headers.getSetCookie()) {
			const [pair, ...attributes] = c.split(';').map(s => s.trim());
			const [k, v] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
			if (attributes.some(a => /^max-age=0$/i.test(a))) this.jar.delete(k); else this.jar.set(k, v);
		}
		return { status: r.status, headers: r.headers, location: r.headers.get('location'), text: await r.text(), url: target.href };
	}

	get(url, options) { return this.go('GET', url, options); }
	post(url, form, options) { return this.go('POST', url, { ...options, form }); }

	// Fills the (first) form of a page and sends it.
	submit(page, fields) {
		const form = page.text.match(/<form[^>]*method="post"[^>]*>([\s\S]*?)<\/form>/i);
		if (!form) throw new Error(`no form at ${page.status} ${page.url}: ${page.text.slice(0, 500)}`);
		const action = unescape((form[0].match(/action="([^"]*)"/i) ?? [, page.url])[1]);
		return this.post(new URL(action, page.url), { ...hiddenFields(form[1]), ...fields });
	}

	async makeOwner() {
		const done = await this.submit(await this.get(setupLink(this.d)), OWNER);
		if (done.status !== 303) throw new Error(`setup: ${done.status} ${done.text.slice(0, 500)}`);
		return this;
	}

	async login(person = OWNER) {
		const done = await this.submit(await this.get('/login'), person);
		if (done.status !== 303) throw new Error(`login: ${done.status}`);
		return this;
	}
}

const unescape = s => s.replace(/&#x([0-9a-f]+);/gi, (_, h) => String.fromCodePoint(parseInt(h, 16)))
	.replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(Number(n)))
	.replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

export function hiddenFields(html) {
	const fields = {};
	for (const [tag] of html.matchAll(/<input\b[^>]*>/gi)) {
		if (!/type="hidden"/i.test(tag)) continue;
		fields[(tag.match(/name="([^"]*)"/i) ?? [])[1]] = unescape((tag.match(/value="([^"]*)"/i) ?? [, ''])[1]);
	}
	return fields;
}

// ---- an OAuth client, step by step ----

export const REDIRECT = 'http://127.0.0.1:47811/callback';

export async function register(d, metadata = {}) {
	const r = await fetch(`${d.url}/oauth/register`, {
		method: 'POST', headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ client_name: 'Test client', redirect_uris: [REDIRECT],
			grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
			token_endpoint_auth_method: 'none', ...metadata }),
	});
	if (r.status !== 201) throw new Error(`register: ${r.status} ${await r.text()}`);
	return r.json();
}

export function pkce() {
	const verifier = randomBytes(32).toString('base64url');
	return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function authorizeUrl(d, client, { challenge, ...extra }) {
	const u = new URL(`${d.url}/oauth/authorize`);
	const q = { response_type: 'code', client_id: client.client_id, redirect_uri: REDIRECT, state: 'xyz',
		code_challenge: challenge, code_challenge_method: 'S256', ...extra };
	for (const [k, v] of Object.entries(q)) if (v !== undefined) u.searchParams.set(k, v);
	return u;
}

// The person allows; gives the parameters of the redirect.
export async function consent(visitor, url, decision = 'allow') {
	const page = await visitor.get(url);
	if (page.status !== 200) throw new Error(`authorize: ${page.status} ${page.location ?? page.text.slice(0, 300)}`);
	const done = await visitor.submit(page, { decision });
	if (done.status !== 303) throw new Error(`consent: ${done.status} ${done.text.slice(0, 300)}`);
	return new URL(done.location).searchParams;
}

export async function token(d, form, headers = {}) {
	const r = await fetch(`${d.url}/oauth/token`, {
		method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
		body: new URLSearchParams(Object.entries(form).filter(([, v]) => v !== undefined)).toString(),
	});
	return { status: r.status, headers: r.headers, ...(await r.json()) };
}

// All of it: a token for an endpoint path.
export async function obtain(d, visitor, { path = '/mcp', scope, client } = {}) {
	client ??= await register(d);
	const { verifier, challenge } = pkce();
	const resource = d.url + path;
	const answer = await consent(visitor, authorizeUrl(d, client, { challenge, resource, scope }));
	const t = await token(d, { grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: REDIRECT,
		client_id: client.client_id, code_verifier: verifier, resource });
	if (t.status !== 200) throw new Error(`token: ${t.status} ${t.error}`);
	return { ...t, client, verifier, code: answer.get('code'), resource };
}

// ---- MCP by hand ----

// One HTTP request with any header (also Host and Origin), from any address of
// this machine; the whole answer.
export function request(url, { method = 'GET', headers = {}, body, localAddress } = {}) {
	const u = new URL(url);
	return new Promise((ok, no) => {
		const r = http.request({ host: u.hostname, port: u.port, path: u.pathname + u.search, method, headers, localAddress, agent: false }, res => {
			let text = '';
			res.setEncoding('utf8').on('data', c => { text += c; });
			res.on('end', () => ok({ status: res.statusCode, headers: res.headers, raw: res.rawHeaders, text,
				get json() { return JSON.parse(text); },
				get events() { return text.split('\n\n').map(e => e.split('\n').filter(l => l.startsWith('data:')).map(l => l.slice(5).trimStart()).join('\n')).filter(Boolean).map(s => JSON.parse(s)); } }));
		});
		r.once('error', no);
		r.end(body);
	});
}

// Raw bytes over a socket; everything that comes back until the end or ms.
export function raw(port, bytes, ms = 1500) {
	return new Promise((ok, no) => {
		const s = net.connect(port, '127.0.0.1', () => s.write(bytes));
		let got = Buffer.alloc(0);
		const timer = setTimeout(() => { s.destroy(); ok({ text: got.toString('latin1'), closed: false }); }, ms);
		s.on('data', d => { got = Buffer.concat([got, d]); });
		s.on('end', () => s.end());
		s.on('close', () => { clearTimeout(timer); ok({ text: got.toString('latin1'), closed: true }); });
		s.on('error', e => { if (e.code !== 'ECONNRESET' && e.code !== 'EPIPE') no(e); });
	});
}

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

// A modern request (2026-07-28); message() is the last one of the answer.
export async function modern(url, bearer, method, params = {}, { id = 1, meta = {}, headers = {} } = {}) {
	const name = params.name ?? params.uri;
	const r = await request(url, {
		method: 'POST',
		headers: { ...JSON_HEADERS, ...(bearer && { authorization: `Bearer ${bearer}` }), 'mcp-protocol-version': MODERN, 'mcp-method': method,
			...(['tools/call', 'prompts/get', 'resources/read'].includes(method) && { 'mcp-name': name }), ...headers },
		body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params,
			_meta: { [`${META}protocolVersion`]: MODERN, [`${META}clientCapabilities`]: {}, [`${META}clientInfo`]: { name: 'test', version: '1' }, ...meta } } }),
	});
	return withMessages(r);
}

function withMessages(r) {
	const sse = (r.headers['content-type'] ?? '').startsWith('text/event-stream');
	const messages = sse ? r.events : r.text ? tryJson(r.text) : [];
	return Object.assign(r, { messages, message: messages.at(-1) });
}

function tryJson(text) { try { return [JSON.parse(text)]; } catch { return []; } }

// A legacy session: initialize, then call().
export async function legacy(url, bearer, version = '2025-11-25') {
	const authorization = `Bearer ${bearer}`;
	const post = async (body, headers = {}) => withMessages(await request(url, { method: 'POST',
		headers: { ...JSON_HEADERS, authorization, ...headers }, body: JSON.stringify(body) }));
	const hello = await post({ jsonrpc: '2.0', id: 0, method: 'initialize',
		params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 'test', version: '1' } } });
	if (hello.status !== 200) throw new Error(`initialize: ${hello.status} ${hello.text}`);
	const session = hello.headers['mcp-session-id'];
	const headers = { 'mcp-session-id': session, ...(version > '2025-03-26' && { 'mcp-protocol-version': hello.message.result.protocolVersion }) };
	let id = 0;
	const s = { session, headers, hello: hello.message, post: (body, more) => post(body, { ...headers, ...more }),
		call: (method, params = {}) => s.post({ jsonrpc: '2.0', id: ++id, method, params }),
		note: (method, params) => s.post({ jsonrpc: '2.0', method, params }),
		close: () => request(url, { method: 'DELETE', headers: { ...headers, authorization } }) };
	await s.note('notifications/initialized');
	return s;
}
