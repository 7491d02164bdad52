// Attacks that want others to get nothing: connections that are held, calls
// that are left behind, servers that make lists slow or huge.
import assert from 'node:assert/strict';
import http from 'node:http';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { MODERN, legacy, modern, obtain, ostiary, request, run, startDaemon, until } from '../e2e/lib.mjs';
import { addPerson, healthy, logLines, metaOf, startGuarded, startUpstream } from './kit.mjs';

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

// ---- people who take all there is ----

describe('one person\'s calls and streams', () => {
	const [CALLS, STREAMS] = [6, 2];
	let d, up, behind, t, bob;
	const held = new Set(); // the server's answers that it keeps back
	before(async () => {
		up = await startUpstream('slow');
		behind = http.createServer(async (req, res) => {
			let text = '';
			for await (const c of req.setEncoding('utf8')) text += c;
			const b = text ? JSON.parse(text) : {};
			if (b.method === 'tools/call') {
				const call = () => held.delete(call) && res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id: b.id, result: { content: [] } }));
				held.add(call);
				res.on('close', () => held.delete(call));
				return;
			}
			const r = await fetch(up.url, { method: req.method, headers: { 'content-type': 'application/json' }, body: req.method === 'POST' ? text : undefined });
			res.writeHead(r.status, { 'content-type': r.headers.get('content-type') ?? 'text/plain' }).end(await r.text());
		});
		await new Promise(ok => behind.listen(0, '127.0.0.1', ok));
		d = await startGuarded({ names: ['alpha'], more: { slow: { url: `http://127.0.0.1:${behind.address().port}/mcp` } }, settings: { limits: { calls: CALLS, streams: STREAMS } } });
		t = await obtain(d, d.owner, { path: '/mcp/slow' });
		bob = await obtain(d, await addPerson(d, 'bob'), { path: '/mcp/slow' });
		await until('the server', async () => (await allTools(t)).length > 0);
	});
	after(async () => { await d?.close(); behind?.closeAllConnections(); behind?.close(); await up?.close(); });

	// Requests that can be left: [the response, if it comes], leave().
	function start(body, headers, bearer = t.access_token) {
		const r = http.request(t.resource, { method: body ? 'POST' : 'GET', agent: false, headers: { authorization: `Bearer ${bearer}`, accept: body ? 'application/json, text/event-stream' : 'text/event-stream', ...(body && { 'content-type': 'application/json' }), ...headers } });
		const answer = new Promise(ok => {
			r.on('error', () => ok(null));
			r.on('response', res => {
				let text = '';
				res.on('error', () => {}).setEncoding('utf8').on('data', c => { text += c; }).on('end', () => ok({ status: res.statusCode, text }));
				if (!body) ok({ status: res.statusCode, headers: res.headers });
			});
		});
		r.end(body && JSON.stringify(body));
		return { answer, leave: () => r.destroy() };
	}
	const look = (bearer = t.access_token) => modern(t.resource, bearer, 'tools/call', { name: 'look', arguments: {} });
	const call = id => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'look', arguments: {} } });
	const modernCall = () => start({ ...call(1), params: { ...call(1).params, _meta: metaOf() } }, { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'look' });
	const reached = n => until(`${n} calls`, async () => held.size === n);
	const release = () => { for (const call of held) call(); };
	const passes = async bearer => {
		const running = look(bearer);
		await until('the call', async () => held.size > 0);
		release();
		assert.ok((await running).message.result);
	};

	test('over all clients: the next is refused, others are served', async () => {
		const other = await obtain(d, d.owner, { path: '/mcp/slow' });
		const session = await legacy(t.resource, other.access_token);
		const running = Array.from({ length: CALLS }, modernCall);
		await reached(CALLS);
		const r = await look();
		assert.equal(r.status, 429);
		assert.ok(Number(r.headers['retry-after']) > 0);
		assert.equal(r.message.error.code, -32603);
		assert.match(r.message.error.message, /one person/);
		assert.equal((await look(other.access_token)).status, 429, 'by another client as well');
		const old = await session.call('tools/call', { name: 'look', arguments: {} });
		assert.equal(old.status, 200, 'an old client hears it in band');
		assert.equal(old.message.error.code, -32603);
		assert.ok((await session.call('ping')).message.result, 'a ping is answered');
		const theirs = look(bob.access_token);
		await reached(CALLS + 1);
		release();
		assert.ok((await theirs).message.result, 'another person is served');
		for (const x of running) assert.equal((await x.answer).status, 200);
		await passes(t.access_token);
	});

	test('who leaves makes room in the modern era', async () => {
		const running = Array.from({ length: CALLS }, modernCall);
		await reached(CALLS);
		for (const x of running) x.leave();
		await reached(0);
		await passes(t.access_token);
	});

	test('calls whose client has gone count until they end', async () => {
		const s = await legacy(t.resource, t.access_token);
		const running = Array.from({ length: CALLS }, (_, i) => start(call(100 + i), s.headers));
		await reached(CALLS);
		for (const x of running) x.leave();
		await until('the daemon has seen it', async () => (await look()).status === 429);
		await new Promise(ok => setTimeout(ok, 100));
		assert.equal(held.size, CALLS, 'they go on');
		assert.equal((await look()).status, 429);
		release();
		await passes(t.access_token);
	});

	test('each of an array counts', async () => {
		const s = await legacy(t.resource, t.access_token, '2025-03-26');
		const batch = start(Array.from({ length: CALLS + 2 }, (_, i) => call(i + 1)), s.headers);
		await reached(CALLS);
		assert.equal((await look()).status, 429);
		release();
		const answers = JSON.parse((await batch.answer).text);
		assert.equal(answers.filter(a => a.result).length, CALLS);
		assert.equal(answers.filter(a => a.error?.code === -32603).length, 2);
		await passes(t.access_token);
	});

	test('streams that wait for news', async () => {
		const s = await legacy(t.resource, t.access_token);
		const second = await legacy(t.resource, t.access_token);
		const open = [];
		for (let i = 0; i < STREAMS; i++) open.push(start(null, i ? s.headers : second.headers));
		for (const x of open) assert.equal((await x.answer).status, 200);
		const refused = await start(null, s.headers).answer;
		assert.equal(refused.status, 429);
		assert.ok(Number(refused.headers['retry-after']) > 0);
		open[0].leave();
		await until('room', async () => { const x = start(null, s.headers); open.push(x); return (await x.answer).status === 200; });
		await passes(t.access_token);
		const theirs = await legacy(t.resource, bob.access_token);
		const x = start(null, theirs.headers, bob.access_token);
		assert.equal((await x.answer).status, 200, 'another person\'s opens');
		for (const o of [...open, x]) o.leave();
		await healthy(d);
	});
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

// In bytes and in lines; what it costs is the process's own time, however busy
// the machine is.
test('a child that floods its stderr is made to wait, and costs little', async () => {
	const flooding = { command: 'sh', args: ['-c', 'yes >&2 & exec "$0" demo', ostiary] };
	const d = await startGuarded({ names: ['alpha'], more: { flooding } });
	try {
		const cpu = async () => (await readFile(`/proc/${d.process.child.pid}/stat`, 'utf8')).split(') ')[1].split(' ').slice(11, 13).reduce((a, b) => a + Number(b), 0);
		const t = await obtain(d, d.owner);
		await until('it to be noticed', async () => logLines(d).some(l => l.event === 'server_floods' && l.server === 'flooding'));
		await until('its tools', async () => (await allTools(t)).some(n => n.startsWith('flooding__')));
		const before = await cpu();
		await new Promise(ok => setTimeout(ok, 2000));
		const spent = (await cpu() - before) / 2;
		assert.ok(spent < 40, `${spent} % of a processor`);
		for (let i = 0; i < 20; i++) {
			assert.ok((await modern(t.resource, t.access_token, 'tools/call', { name: 'alpha__look', arguments: {} })).message.result);
			assert.ok((await modern(t.resource, t.access_token, 'tools/call', { name: 'flooding__slugify', arguments: { text: 'x' } })).message.result, 'it is served itself');
		}
		assert.match((await d.owner.get('/')).text, /floods its stderr/);
		assert.equal(logLines(d).filter(l => l.event === 'server_floods').length, 1);
	} finally {
		await d.close();
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

test('large answers at once take no more memory than is allowed for all', async () => {
	const up = await startUpstream('large');
	const unfinished = [];
	let hold = true;
	const s = http.createServer(async (req, res) => {
		let text = '';
		for await (const c of req.setEncoding('utf8')) text += c;
		const b = text ? JSON.parse(text) : {};
		if (b.method !== 'tools/call' || b.params.name === 'look') {
			const r = await fetch(up.url, { method: req.method, headers: { 'content-type': 'application/json' }, body: req.method === 'POST' ? text : undefined });
			res.writeHead(r.status, { 'content-type': r.headers.get('content-type') ?? 'text/plain' }).end(await r.text());
			return;
		}
		const stream = b.params.name === 'both';
		res.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
		res.write(`${stream ? 'data: ' : ''}{"jsonrpc":"2.0","id":${b.id},"result":{"content":[{"type":"text","text":"${'x'.repeat(12e6)}`);
		const end = () => res.end(`"}]}}${stream ? '\n\n' : ''}`);
		if (hold) unfinished.push(end);
		else end();
	});
	await new Promise(ok => s.listen(0, '127.0.0.1', ok));
	const d = await startGuarded({ names: ['alpha'], more: { large: { url: `http://127.0.0.1:${s.address().port}/mcp` } } });
	try {
		const t = await obtain(d, d.owner, { path: '/mcp/large' });
		await until('the server', async () => (await allTools(t)).length > 0);
		const rss = async () => Number((await readFile(`/proc/${d.process.child.pid}/status`, 'utf8')).match(/VmRSS:\s+(\d+)/)[1]) / 1024;
		const call = name => modern(t.resource, t.access_token, 'tools/call', { name, arguments: {} });
		const refused = [];
		const all = Array.from({ length: 30 }, (_, i) => call(i % 2 ? 'change' : 'both').then(r => { if (r.message.error) refused.push(r); return r; }));
		await until('most to be refused', () => refused.length >= 22);
		const most = await rss();
		assert.ok(most < 400, `${most} MB`);
		for (const r of refused) {
			assert.equal(r.message.error.code, -32603);
			assert.match(r.message.error.message, /large answers/);
		}
		assert.ok((await call('look')).message.result, 'small ones arrive meanwhile');
		hold = false;
		for (const end of unfinished) end();
		const good = (await Promise.all(all)).filter(r => r.message.result);
		assert.ok(good.length > 0 && good.length + refused.length === 30, `${good.length} arrived`);
		for (const r of good) assert.equal(r.message.result.content[0].text.length, 12e6);
		for (let i = 0; i < 12; i++) assert.ok((await call(i % 2 ? 'change' : 'both')).message.result, 'there is room again');
		await healthy(d);
	} finally {
		await d.close(); s.closeAllConnections(); s.close(); await up.close();
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
