// Attacks that want others to get nothing: connections that are held, calls
// that are left behind, servers that make lists slow or huge.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { MODERN, legacy, modern, obtain, ostiary, request, run, startDaemon, until } from '../e2e/lib.mjs';
import { healthy, logLines, metaOf, startGuarded, startUpstream } from './kit.mjs';

// ---- connections ----

describe('connections that are held', () => {
	const MOST = 24;
	let d;
	before(async () => { d = await startDaemon({ settings: { mcpServers: {}, limits: { connections: MOST, head: '30s', bodyTime: '30s' } } }); });
	after(() => d?.close());

	const holds = {
		'in half a head': () => `GET /health HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nX-Slow: `,
		'in half a body': () => `POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ngrant_type=`,
		'in half a chunk': () => `POST /oauth/register HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{"a":`,
		'after a refusal': () => `POST /nothing HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nContent-Length: 60000\r\n\r\nx`,
	};
	for (const [how, bytes] of Object.entries(holds))
		test(`${how} keep nobody out`, async () => {
			const held = [];
			for (let round = 0; round < 3; round++) {
				held.push(...await Promise.all(Array.from({ length: MOST }, () => new Promise(ok => {
					const s = net.connect(d.port, '127.0.0.1', () => { s.write(bytes()); ok(s); });
					s.on('error', () => {}).resume();
				}))));
				await new Promise(ok => setTimeout(ok, 200));
			}
			try {
				for (let i = 0; i < 5; i++) {
					const r = await Promise.race([request(`${d.url}/login`), new Promise((_, no) => setTimeout(no, 3000, new Error('nobody answers')))]);
					assert.ok(r.status < 500);
				}
			} finally {
				for (const s of held) s.destroy();
			}
			await until('they are gone', async () => (await request(`${d.url}/health`)).status === 200);
		});
});

test('few descriptors make fewer connections, so that servers can still be called', async () => {
	const d = await startGuarded({ names: ['alpha'] });
	try {
		const t = await obtain(d, d.owner, { path: '/mcp/alpha' });
		await d.stop();
		d.process = run('sh', ['-c', 'ulimit -n 120; exec "$0" "$@"', ostiary, 'serve', '--config', d.config, '--log-format', 'json'], { env: { OSTIARY_HOME: join(d.home, 'state') } });
		await until('the daemon', async () => (await request(`${d.url}/health`)).status === 200);
		assert.equal(logLines(d).find(l => l.key === 'limits.connections')?.connections, 90);
		const held = await Promise.all(Array.from({ length: 200 }, () => new Promise(ok => {
			const s = net.connect(d.port, '127.0.0.1', () => { s.write('GET /health HTTP/1.1\r\n'); ok(s); });
			s.on('error', () => {}).resume();
		})));
		await new Promise(ok => setTimeout(ok, 300));
		assert.ok((await modern(t.resource, t.access_token, 'tools/call', { name: 'look', arguments: {} })).message.result);
		assert.equal(logLines(d).some(l => l.accept), false, 'it never ran out');
		for (const s of held) s.destroy();
	} finally {
		await d.close();
	}
});

// ---- servers that are slow, or tell too much ----

// Stands before a server; hold(method): what it then does instead of passing on.
async function relay(target, hold) {
	const s = http.createServer(async (req, res) => {
		let text = '';
		for await (const c of req.setEncoding('utf8')) text += c;
		const body = text ? JSON.parse(text) : {};
		const result = hold(body);
		if (result === 'hang') return;
		if (result) { res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id: body.id, result })); return; }
		const r = await fetch(target, { method: req.method, headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, body: req.method === 'POST' ? text : undefined });
		res.writeHead(r.status, { 'content-type': r.headers.get('content-type') ?? 'text/plain' }).end(await r.text());
	});
	await new Promise(ok => s.listen(0, '127.0.0.1', ok));
	return { url: `http://127.0.0.1:${s.address().port}/mcp`, close: () => { s.closeAllConnections(); s.close(); } };
}

async function allTools(t, params = {}) {
	const names = [];
	for (let cursor; ;) {
		const r = await modern(t.resource, t.access_token, 'tools/list', { ...params, ...(cursor && { cursor }) });
		assert.ok(r.message.result, r.text.slice(0, 500));
		names.push(...r.message.result.tools.map(x => x.name));
		cursor = r.message.result.nextCursor;
		if (!cursor) return names;
	}
}

test('a server that hangs while it is listed keeps the hub waiting for seconds, not for ever', async () => {
	const up = await startUpstream('slow');
	let hangs = false;
	const between = await relay(up.url, m => (hangs && m.method === 'tools/list' ? 'hang' : undefined));
	const d = await startGuarded({ more: { slow: { url: between.url } } });
	try {
		const t = await obtain(d, d.owner);
		await until('all of them', async () => (await allTools(t)).length === 12);
		hangs = true;
		const began = Date.now();
		const names = await allTools(t);
		assert.ok(Date.now() - began < 9000, `it took ${Date.now() - began} ms`);
		assert.equal(names.length, 12, 'with what the slow one said before');
		const s = await legacy(t.resource, t.access_token);
		assert.equal((await s.call('tools/list')).message.result.tools.length, 12);
		await healthy(d);
	} finally {
		await d.close(); between.close(); await up.close();
	}
});

test('a server with huge lists fills pages of its own', async () => {
	const up = await startUpstream('huge');
	const tool = (i, n) => ({ name: `t${i}`, description: 'x'.repeat(n), inputSchema: { type: 'object' } });
	const page = at => ({ tools: [...Array.from({ length: 60 }, (_, i) => tool(at + i, 40000)), ...(at ? [] : [tool('giant', 1e6)])], ...(at < 180 && { nextCursor: String(at + 60) }) });
	const between = await relay(up.url, m => (m.method === 'tools/list' ? page(Number(m.params?.cursor ?? 0)) : undefined));
	const d = await startGuarded({ more: { huge: { url: between.url } } });
	try {
		const t = await obtain(d, d.owner);
		await until('all of them', async () => (await allTools(t)).length >= 240);
		const names = await allTools(t);
		assert.equal(names.filter(n => n.startsWith('alpha__')).length, 4);
		assert.equal(names.filter(n => n.startsWith('huge__')).length, 240, 'all but the one that is too large');
		assert.equal(new Set(names).size, names.length);
		assert.ok(logLines(d).some(l => l.event === 'tool_dropped' && l.name === 'tgiant'));
		assert.equal((await d.owner.get('/')).status, 200, 'the dashboard shows it');
		await healthy(d);
	} finally {
		await d.close(); between.close(); await up.close();
	}
});

test('a large result on a stream reaches a reader who takes a moment', async () => {
	const up = await startUpstream('big');
	const s = http.createServer(async (req, res) => {
		let text = '';
		for await (const c of req.setEncoding('utf8')) text += c;
		const b = text ? JSON.parse(text) : {};
		if (b.method !== 'tools/call') {
			const r = await fetch(up.url, { method: req.method, headers: { 'content-type': 'application/json' }, body: req.method === 'POST' ? text : undefined });
			res.writeHead(r.status, { 'content-type': r.headers.get('content-type') ?? 'text/plain' }).end(await r.text());
			return;
		}
		const event = x => `data: ${JSON.stringify({ jsonrpc: '2.0', ...x })}\n\n`;
		res.writeHead(200, { 'content-type': 'text/event-stream' });
		res.write(event({ method: 'notifications/progress', params: { progressToken: b.params._meta.progressToken, progress: 1 } }));
		setTimeout(() => res.end(event({ id: b.id, result: { content: [{ type: 'text', text: 'x'.repeat(12e6) }] } })), 100);
	});
	await new Promise(ok => s.listen(0, '127.0.0.1', ok));
	const d = await startGuarded({ names: ['alpha'], more: { big: { url: `http://127.0.0.1:${s.address().port}/mcp` } } });
	try {
		const t = await obtain(d, d.owner, { path: '/mcp/big' });
		await until('the server', async () => (await allTools(t)).length > 0);
		const r = await fetch(t.resource, { method: 'POST', headers: { authorization: `Bearer ${t.access_token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream',
			'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'look' },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'look', arguments: {}, _meta: metaOf({ progressToken: 'p' }) } }) });
		await new Promise(ok => setTimeout(ok, 500));
		const text = await r.text();
		assert.ok(text.length > 12e6 && text.endsWith('\n\n'), `${text.length} bytes came`);
		await healthy(d);
	} finally {
		await d.close(); s.closeAllConnections(); s.close(); await up.close();
	}
});
