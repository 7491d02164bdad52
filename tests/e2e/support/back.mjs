// A daemon with servers behind it, its owner, and what the tests of the back
// door look at: calls, the dashboard, memory.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { here, MODERN, modern, obtain, ostiary, startDaemon, until, Visitor } from '../lib.mjs';

const program = join(here, 'support/fake-stdio.mjs');
const META = 'io.modelcontextprotocol/';

// The entry of a scripted child.
export const child = (script = {}, entry = {}) => ({ command: process.execPath, args: [program], ...entry, env: { FAKE: JSON.stringify(script), ...entry.env } });

export async function startBack(settings, options = {}) {
	const d = await startDaemon({ settings, ...options });
	const b = { d, settings, owner: new Visitor(d), tokens: new Map() };
	await b.owner.makeOwner().catch(async e => {
		await d.close();
		throw new Error(`${e.message}\n${d.text().slice(-2000)}`);
	});
	// A token for an endpoint, asked for once.
	b.token = async (path = '/mcp') => {
		if (!b.tokens.has(path)) b.tokens.set(path, (await obtain(d, b.owner, { path })).access_token);
		return b.tokens.get(path);
	};
	b.ask = async (method, params, { path = '/mcp', ...options } = {}) => modern(d.url + path, await b.token(path), method, params, options);
	b.call = (server, tool, args = {}, options) => b.ask('tools/call', { name: `${server}__${tool}`, arguments: args }, options);
	// What the dashboard says of a server.
	b.state = async name => {
		const page = await b.owner.get('/');
		if (page.status !== 200) throw new Error(`dashboard: ${page.status}`);
		const panel = page.text.split('class="server-head"').find(p => new RegExp(`<h2[^>]*>\\s*${name}\\s*<`).test(p));
		if (!panel) return undefined;
		const pick = r => plain((panel.match(r) ?? [, ''])[1]);
		return { state: pick(/class="state [^"]*">([^<]*)</).replace('retrying', 'waiting'), detail: pick(/class="notice[^"]*">([^<]*)</), trouble: pick(/class="trouble">([^<]*)</), revision: pick(/<li>speaks ([^<]*)</),
			tools: [...panel.matchAll(/<dt>([^<]*)<\/dt>/g)].map(m => plain(m[1])), panel };
	};
	// The page says so; or the log does, of a wait that was over before we looked.
	const marks = new Map();
	const waited = (name, detail) => b.d.text().slice(marks.get(name) ?? 0).split('\n')
		.filter(l => l.includes('"server_state"') && l.includes('"waiting"') && l.includes(`"${name}"`)).map(l => JSON.parse(l)).find(e => detail.test(e.detail ?? ''));
	b.until = (name, state, detail = /^/) => until(`${name} ${state} ${detail}`, async () => {
		const s = b.last = await b.state(name);
		const found = s?.state === state && detail.test(s.detail) ? s : state === 'waiting' && waited(name, detail);
		if (found) marks.set(name, b.d.text().length);
		return found;
	}).catch(e => { throw new Error(`${e.message}: it is ${b.last?.state}: ${b.last?.detail}`); });
	b.memory = () => memory(d.process.child.pid);
	b.alive = () => d.process.child.exitCode === null && d.process.child.signalCode === null;
	// Also what it says at its end counts: leaks, for instance.
	b.close = async () => {
		const end = await d.stop();
		await d.close();
		if (end.code !== 0) throw new Error(`it ended with ${end.code ?? end.signal}:\n${d.text().slice(-4000)}`);
	};
	return b;
}

const plain = s => s.replace(/&#x?[0-9a-f]+;/gi, m => String.fromCodePoint(m[2] === 'x' ? parseInt(m.slice(3), 16) : parseInt(m.slice(2), 10)))
	.replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

// Resident megabytes of a process.
export const memory = pid => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;

// A folder that goes with the tests.
export async function folder() {
	const path = await mkdtemp(join(tmpdir(), 'ostiary-back-'));
	return { path, file: name => join(path, name), remove: () => rm(path, { recursive: true, force: true }) };
}

// What a scripted child heard so far.
export const captured = async file => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(l => JSON.parse(l));

export const text = r => r.message?.result?.content?.[0]?.text;

// A request whose answer is read as it comes, and which may be dropped.
export function open(url, { method = 'POST', headers = {}, body } = {}) {
	const u = new URL(url);
	const o = { events: [], text: '', ended: false };
	o.head = new Promise((ok, no) => {
		o.request = http.request({ host: u.hostname, port: u.port, path: u.pathname, method, agent: false,
			headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers } }, res => {
			Object.assign(o, { status: res.statusCode, headers: res.headers, response: res });
			res.setEncoding('utf8').on('data', c => {
				o.text += c;
				for (let at; (at = o.text.indexOf('\n\n')) >= 0; o.text = o.text.slice(at + 2)) {
					const data = o.text.slice(0, at).split('\n').filter(l => l.startsWith('data:')).map(l => l.slice(5)).join('\n');
					if (data.trim()) o.events.push(JSON.parse(data));
				}
			}).on('end', () => { o.ended = true; }).on('error', () => { o.ended = true; });
			ok(o);
		});
		o.request.on('error', e => { o.ended = true; no(e); });
	});
	o.head.catch(() => {});
	o.drop = () => o.request.destroy();
	o.request.end(body === undefined ? undefined : JSON.stringify(body));
	return o;
}

// The head and body of a modern request, for open().
export function modernAsk(bearer, method, params = {}, { id = 1, meta = {} } = {}) {
	const name = params.name ?? params.uri;
	return { headers: { authorization: `Bearer ${bearer}`, 'mcp-protocol-version': MODERN, 'mcp-method': method, ...(name && method !== 'completion/complete' && { 'mcp-name': name }) },
		body: { jsonrpc: '2.0', id, method, params: { ...params, _meta: { [`${META}protocolVersion`]: MODERN, [`${META}clientCapabilities`]: {}, ...meta } } } };
}

// Calls a good server again and again until stop(); every answer must be right.
export function steady(b, server = 'good') {
	let going = true, worst = 0, n = 0;
	const done = (async () => {
		while (going) {
			const began = performance.now();
			const r = await b.call(server, 'echo', { text: String(n) });
			if (text(r) !== `echo: ${n}`) throw new Error(`the good server: ${r.status} ${r.text}`);
			worst = Math.max(worst, performance.now() - began);
			n++;
			await new Promise(r => setTimeout(r, 20));
		}
		return { n, worst };
	})();
	done.catch(() => {});
	return { stop: () => { going = false; return done; } };
}

// The error of an answer, whose fault must be that one.
export function refused(r, fault) {
	const error = r.message?.error;
	if (!error) throw new Error(`no error but ${r.status} ${r.text.slice(0, 300)}`);
	if (typeof error.code !== 'number' || error.data?.fault !== fault) throw new Error(`not ${fault} but ${JSON.stringify(error)}`);
	return error;
}

// Megabytes that the daemon may hold while servers misbehave; the sanitizers
// keep what was freed.
export const bound = () => (readFileSync(ostiary).includes('libasan') ? 700 : 100);
