// A scripted MCP server over Streamable HTTP, in the test's own process.
//	const s = await fakeHttp({ era, revision, on: { method or tool: (req, res, m) => ... } })
// era may be 'dual': each message has the one that it speaks.
// s.requests has each request, s.bytes all that was received, s.on may change
// while it runs; stop() and start() keep port and counters, not the sessions.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { decode, errorOf, Fake } from './fake.mjs';

export function send(res, status, body, headers = {}) {
	const s = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
	res.writeHead(status, { ...(s && { 'content-type': 'application/json' }), 'content-length': Buffer.byteLength(s), ...headers });
	res.end(s);
}

export function stream(res) {
	if (!res.headersSent) { res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }); res.flushHeaders(); }
	return m => res.write(`event: message\ndata: ${JSON.stringify(m)}\n\n`);
}

export async function fakeHttp(script = {}) {
	const fake = new Fake(script);
	const s = Object.assign(fake, { on: {}, requests: [], chunks: [], sockets: new Set(), sessions: new Map(), asked: new Map(), sse: false, get: true, ...script });
	Object.defineProperty(s, 'bytes', { get: () => Buffer.concat(s.chunks).toString('latin1') });
	s.heard = method => s.requests.filter(r => r.message?.method === method);
	s.tell = m => { for (const x of s.sessions.values()) if (x.listen) stream(x.listen)(m); };
	s.start = () => new Promise((ok, no) => {
		s.server = http.createServer((req, res) => receive(s, req, res));
		s.server.keepAliveTimeout = 60000;
		s.server.on('connection', socket => {
			s.sockets.add(socket);
			socket.on('data', d => s.chunks.push(d)).on('close', () => s.sockets.delete(socket)).on('error', () => {});
		});
		s.server.once('error', no);
		s.server.listen(s.port ?? 0, '127.0.0.1', () => {
			s.port = s.server.address().port;
			s.url = `http://127.0.0.1:${s.port}/mcp`;
			ok();
		});
	});
	s.stop = () => new Promise(ok => {
		s.sessions.clear();
		if (!s.server) return ok();
		s.server.close(ok);
		for (const socket of s.sockets) socket.destroy();
	});
	if (!script.down) await s.start();
	return s;
}

function receive(s, req, res) {
	const record = { method: req.method, url: req.url, headers: req.headers, raw: req.rawHeaders, body: '', closed: false, answered: false };
	s.requests.push(record);
	res.on('close', () => { record.closed = true; record.answered = res.writableFinished; });
	req.setEncoding('utf8').on('data', d => { record.body += d; }).on('end', () => {
		try { if (record.body) record.message = JSON.parse(record.body); } catch { /* kept as text */ }
		serve(s, req, res, record.message).catch(e => { if (!res.headersSent) send(res, 500, errorOf(null, e)); });
	});
}

const META_VERSION = 'io.modelcontextprotocol/protocolVersion';
const eraOf = (s, m) => s.era !== 'dual' ? s.era : m?.params?._meta?.[META_VERSION] === undefined ? 'legacy' : 'modern';

async function serve(s, req, res, m) {
	const era = eraOf(s, m);
	const named = m?.method === 'tools/call' ? m.params?.name : undefined;
	const act = s.on[named] ?? s.on[m?.method ?? req.method] ?? s.on['*'];
	if (act) { const done = await act(req, res, m); if (done !== 'go on') return; }
	if (era === 'modern' && req.method !== 'POST') return send(res, 405, undefined, { allow: 'POST' });
	const id = req.headers['mcp-session-id'];
	let session = s.sessions.get(id);
	if (era === 'legacy' && m?.method !== 'initialize') {
		if (id === undefined) return send(res, 400, errorOf(null, { code: -32000, message: 'Bad Request: Server not initialized' }));
		if (!session) return send(res, 404, errorOf(null, { code: -32001, message: 'Session not found' }));
	}
	if (req.method === 'DELETE') { s.sessions.delete(id); return send(res, 200); }
	if (req.method === 'GET') {
		if (!s.get) return send(res, 405, undefined, { allow: 'POST, DELETE' });
		session.listen = res;
		stream(res);
		return;
	}
	if (m.method === undefined) { s.asked.get(m.id)?.(m); s.asked.delete(m.id); return send(res, 202); }
	if (m.method === 'notifications/cancelled') s.running?.get(m.params?.requestId)?.abort('notifications/cancelled');
	if (m.id === undefined) return send(res, 202);
	const extra = {};
	if (m.method === 'initialize') {
		session = { id: randomUUID(), state: {} };
		s.sessions.set(session.id, session);
		extra['mcp-session-id'] = session.id;
	}
	await reply(s, req, res, m, { era, session, extra });
}

async function reply(s, req, res, m, { era, session, extra }) {
	const speaker = Object.create(s, { era: { value: era } });
	const control = new AbortController();
	const state = session?.state ?? {};
	s.running ??= new Map();
	s.running.set(m.id, control);
	res.on('close', () => { if (!res.writableFinished && era === 'modern') control.abort('stream closed'); });
	const out = msg => stream(res)(msg);
	const ask = (method, params) => new Promise(ok => { const id = randomUUID(); s.asked.set(id, ok); out({ jsonrpc: '2.0', id, method, params }); });
	let answer, status = 200;
	try {
		speaker.check(m, era === 'modern' ? req.headers : undefined);
		answer = { jsonrpc: '2.0', id: m.id, result: await speaker.answer(m, { fake: s, state, headers: mirrored(req.headers), signal: control.signal, ...speaker.voices(m, state, out), ask,
			notify: x => session?.listen && !s.mute && stream(session.listen)(x) }) };
	} catch (e) {
		answer = errorOf(m.id, e);
		status = e.status ?? 200;
	}
	s.running.delete(m.id);
	if (control.signal.aborted && era === 'modern') return;
	if (res.headersSent || s.sse) { out(answer); res.end(); } else send(res, status, answer, extra);
}

const mirrored = headers => Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, k.startsWith('mcp-param-') ? decode(v) : v]));
