// An HTTP server that answers slowly, hugely, half, wrongly or never is its
// own problem: the caller hears of it, the dashboard says it, another server
// goes on answering.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freePort, until } from './lib.mjs';
import { bound, refused, startBack, steady, text, open, modernAsk } from './support/back.mjs';
import { fakeHttp, send, stream } from './support/fake-http.mjs';

const SHORT = { timeout: '1s' };
const servers = {};
let b, others;

const told = s => ({ content: [{ type: 'text', text: s }] });
const answer = (m, result = told('answered')) => ({ jsonrpc: '2.0', id: m.id, result });
const page = (status, type = 'text/html') => (req, res) => send(res, status, '<html><body>A page</body></html>', { 'content-type': type });

// What a server may do instead of an answer, in either era.
const misdeeds = {
	never: () => {},
	slow_head: (req, res, m) => setTimeout(() => send(res, 200, answer(m)), 300),
	half_json: (req, res, m) => { res.writeHead(200, { 'content-type': 'application/json', 'content-length': 5000 }); res.write(JSON.stringify(answer(m)).slice(0, 30)); setTimeout(() => res.destroy(), 20); },
	short_json: (req, res, m) => send(res, 200, JSON.stringify(answer(m)).slice(0, 30)),
	half_chunk: (req, res, m) => { res.writeHead(200, { 'content-type': 'application/json' }); res.write(JSON.stringify(answer(m)).slice(0, 30)); setTimeout(() => res.destroy(), 20); },
	half_stream: (req, res, m) => { stream(res); res.write(`data: ${JSON.stringify(answer(m)).slice(0, 30)}`); setTimeout(() => res.destroy(), 20); },
	empty_stream: (req, res) => { stream(res); res.end(': nothing\n\n'); },
	other_stream: (req, res) => { stream(res)({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'only this' } }); res.end(); },
	bad_stream: (req, res) => { stream(res); res.end('data: {"jsonrpc":"2.0",\n\n'); },
	stalled_stream: (req, res) => { stream(res); res.write(': begun\n\n'); },
	stalled_body: (req, res) => { res.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 }); res.write('{"jsonrpc"'); },
	too_big: (req, res, m) => { const s = JSON.stringify(answer(m, told('b'.repeat(17 << 20)))); send(res, 200, s); },
	too_big_chunked: (req, res) => { res.writeHead(200, { 'content-type': 'application/json' }); const more = () => { while (!res.destroyed && res.write('x'.repeat(1 << 20))); }; res.on('drain', more); more(); },
	too_big_event: (req, res) => { stream(res); res.write('data: '); const more = () => { while (!res.destroyed && res.write('x'.repeat(1 << 20))); }; res.on('drain', more); more(); },
	big_head: (req, res) => { res.writeHead(200, { 'x-much': 'h'.repeat(70000) }); res.end(); },
	no_http: (req) => req.socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
	two_lengths: (req) => req.socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'),
	closes: req => req.socket.destroy(),
	status_500: page(500), status_503: page(503), status_502_json: (req, res, m) => send(res, 502, answer(m)),
	status_403: page(403), status_403_json: (req, res, m) => send(res, 403, { jsonrpc: '2.0', id: m.id, error: { code: -32600, message: 'no such right' } }, { 'www-authenticate': 'Bearer error="insufficient_scope"' }), status_404_page: page(404), status_429: page(429, 'text/plain'),
	status_202: (req, res) => send(res, 202), status_204: (req, res) => { res.writeHead(204); res.end(); },
	redirect: (req, res) => { res.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere', 'content-length': 0 }); res.end(); },
	html: page(200), plain: (req, res, m) => send(res, 200, answer(m), { 'content-type': 'text/plain' }),
	wrong_id: (req, res, m) => send(res, 200, answer({ id: m.id + 1000 })),
	string_id: (req, res, m) => send(res, 200, answer({ id: String(m.id) })),
	null_id: (req, res) => send(res, 200, answer({ id: null })),
	array: (req, res, m) => send(res, 200, [answer(m)]),
	both: (req, res, m) => send(res, 200, { ...answer(m), error: { code: 1, message: 'x' } }),
	twin_keys: (req, res, m) => send(res, 200, `{"jsonrpc":"2.0","id":${m.id},"result":{},"result":{"content":[]}}`),
	bad_utf8: (req, res, m) => { const s = Buffer.concat([Buffer.from(`{"jsonrpc":"2.0","id":${m.id},"result":{"x":"`), Buffer.from([0xc3, 0x28]), Buffer.from('"}}')]); res.writeHead(200, { 'content-type': 'application/json', 'content-length': s.length }); res.end(s); },
	deep: (req, res, m) => send(res, 200, `{"jsonrpc":"2.0","id":${m.id},"result":${'['.repeat(5000)}${']'.repeat(5000)}}`),
	empty: (req, res) => send(res, 200, ''),
};

// The fault that the caller reads.
const faults = {
	never: 'server_timeout', stalled_stream: 'server_timeout', stalled_body: 'server_timeout',
	half_json: 'server_lost', half_chunk: 'server_lost', half_stream: 'server_lost', empty_stream: 'server_lost', other_stream: 'server_lost', closes: 'server_lost',
	status_403: 'server_refused', status_403_json: 'server_refused',
};

for (const era of ['legacy', 'modern']) {
	servers[era] = await fakeHttp({ era, on: { ...misdeeds }, extra: Object.keys(misdeeds) });
	Object.assign(servers[era].on, {
		twice: (req, res, m) => { const out = stream(res); out(answer(m, told('first'))); out(answer(m, told('second'))); res.end(); },
		crlf: (req, res, m) => { stream(res); res.end(`: comment\r\nid: 1\r\nevent: message\r\ndata: ${JSON.stringify(answer(m))}\r\n\r\n`); },
		bytewise: async (req, res, m) => { stream(res); for (const c of `data: ${JSON.stringify(answer(m))}\n\n`) { res.write(c); await new Promise(setImmediate); } res.end(); },
		big: (req, res, m) => send(res, 200, answer(m, told('b'.repeat(8 << 20)))),
		floods: (req, res) => { const line = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'error', data: 'n'.repeat(1000) } })}\n\n`; stream(res);
			const more = () => { while (!res.destroyed && res.write(line)); }; res.on('drain', more); more(); },
		pings: async (req, res, m) => { const out = stream(res); for (let i = 0; i < 3000; i++) out({ jsonrpc: '2.0', id: `p${i}`, method: 'ping' }); out(answer(m)); res.end(); },
	});
	servers[era].extra.push('twice', 'crlf', 'bytewise', 'big', 'floods', 'pings');
}

// At their first word.
const starts = {
	never: [{ '*': misdeeds.never }, /no answer for 1000 ms/],
	closes: [{ '*': misdeeds.closes }, /the connection ended/],
	status_500: [{ '*': misdeeds.status_500 }, /it answered HTTP 500/],
	status_503: [{ '*': misdeeds.status_503 }, /it answered HTTP 503/],
	status_404: [{ '*': misdeeds.status_404_page }, /it answered HTTP 404/],
	redirects: [{ '*': misdeeds.redirect }, /it answered HTTP 307/],
	html: [{ '*': misdeeds.html }, /it answered text\/html/],
	half: [{ '*': misdeeds.half_json }, /the connection ended within the body/],
	no_http: [{ '*': misdeeds.no_http }, /./],
	endless: [{ '*': misdeeds.too_big_chunked }, /too large/],
	no_stream: [{ '*': misdeeds.empty_stream }, /its stream ended without an answer/],
	wrong_id: [{ '*': misdeeds.wrong_id }, /answered with the id/],
	status_401: [{ '*': (req, res) => send(res, 401, undefined, { 'www-authenticate': 'Bearer' }) }, /it answered 401: it wants a login/, 'needs login'],
	status_403: [{ '*': misdeeds.status_403 }, /it answered 403: it wants a login/, 'needs login'],
	no_list: [{ 'tools/list': (req, res, m) => send(res, 200, answer(m, { tools: 7 })) }, /tools\/list: /, 'connected'],
	slow_list: [{ 'tools/list': misdeeds.never }, /tools\/list: .*no answer/, 'connected'],
	endless_pages: [{ 'tools/list': (req, res, m) => send(res, 200, answer(m, { tools: [], nextCursor: 'again' })) }, /too many pages/, 'connected'],
};

// How a server answers server/discover, and what it is taken for then.
const first = act => { let n = 0; return (...all) => (n++ === 0 ? act(...all) : 'go on'); };
const probe = (act, era = 'legacy', script = {}) => [{ era, on: { 'server/discover': act }, ...script }, era === 'legacy' ? '2025-11-25' : '2026-07-28'];
const refusing = (status, code, data) => (req, res, m) => send(res, status, { jsonrpc: '2.0', id: m.id, error: { code, message: 'no', ...(data && { data }) } });
const probes = {
	empty_400: probe((req, res) => send(res, 400)),
	page_400: probe(page(400)),
	page_404: probe(page(404)),
	empty_405: probe((req, res) => send(res, 405)),
	no_method: probe(refusing(200, -32601)),
	no_method_404: probe(refusing(404, -32601)),
	no_session: probe(refusing(400, -32000)),
	no_params: probe(refusing(200, -32602)),
	old_versions: probe(refusing(400, -32022, { supported: ['2025-11-25'], requested: '2026-07-28' })),
	strange_result: probe((req, res, m) => send(res, 200, answer(m, { hello: 'world' }))),
	dual: probe(() => 'go on', 'dual'),
	...Object.fromEntries(Object.entries({
		dual_503: page(503), dual_500: page(500), dual_429: page(429, 'text/plain'), dual_reset: misdeeds.closes, dual_half: misdeeds.half_json,
		dual_503_json: refusing(503, -32000), dual_429_json: refusing(429, -32000),
	}).map(([name, act]) => [name, probe(first(act), 'dual')])),
	always_500: probe((req, res) => send(res, 500)),
	always_500_json: probe(refusing(500, -32603)),
	first_503: probe(first((req, res) => send(res, 503)), 'modern'),
	first_429: probe(first((req, res) => send(res, 429)), 'modern'),
};

before(async () => {
	for (const [name, [script]] of Object.entries(probes)) servers[`probe_${name}`] = await fakeHttp(script);
	servers.good = await fakeHttp({ era: 'modern', extra: ['lingers'] });
	servers.good.on.lingers = (req, res, m) => {
		const out = stream(res);
		out(answer(m, told('answered')));
		const more = setInterval(() => out({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'more' } }), 50);
		res.on('close', () => clearInterval(more));
	};
	servers.late = await fakeHttp({ port: await freePort(), down: true });
	for (const name of ['locked', 'locked_key']) {
		const s = servers[name] = await fakeHttp({ era: 'modern', on: { '*': (req, res) => (s.closed ? send(res, 401, undefined, { 'www-authenticate': 'Bearer' }) : 'go on') }, closed: true });
	}
	const entries = {};
	for (const [name, [on]] of Object.entries(starts)) servers[`start_${name}`] = await fakeHttp({ on });
	for (const [name, s] of Object.entries(servers)) entries[name] = { url: `http://127.0.0.1:${s.port}/mcp`, ...(['start_never', 'start_slow_list'].includes(name) && SHORT) };
	entries.locked_key.headers = { Authorization: 'Bearer a-key-that-was-right' };
	for (const era of ['legacy', 'modern']) entries[`short_${era}`] = { ...entries[era], ...SHORT };
	b = await startBack({ mcpServers: entries });
	for (const name of ['good', 'legacy', 'modern', 'short_legacy', 'short_modern']) await b.until(name, 'connected');
	others = steady(b);
});

after(async () => {
	await b?.close();
	for (const s of Object.values(servers)) await s.stop();
});

describe('at its start', () => {
	for (const [name, [, detail, state = 'waiting']] of Object.entries(starts))
		test(`${name} is ${state}`, async () => {
			const s = await b.until(`start_${name}`, state, detail);
			if (state === 'waiting') assert.match(s.detail, /next try in \d+ s/);
			const r = await b.call(`start_${name}`, 'echo');
			if (state !== 'connected') refused(r, state === 'waiting' ? 'server_down' : 'server_needs_login');
		});

	test('nobody there at first: connected once it comes up', async () => {
		await b.until('late', 'waiting', /refused.*next try/i);
		await servers.late.start();
		await b.until('late', 'connected');
		assert.equal(text(await b.call('late', 'echo', { text: 'here' })), 'echo: here');
	});
});

test('one that wants a login, until it does not', async () => {
	await b.until('locked', 'needs login', /put a key for it under headers of its entry; next try in (60|120) s/);
	await b.until('locked_key', 'needs login', /correct Authorization under headers of its entry; next try/);
	refused(await b.call('locked', 'echo'), 'server_needs_login');
	const served = name => until(`${name} to be served`, async () => text(await b.call(name, 'echo', { text: 'in' })) === 'echo: in');
	// It is not asked at once, however often it is called.
	const asked = servers.locked.requests.length;
	for (let i = 0; i < 30; i++) await b.call('locked', 'echo');
	assert.ok(servers.locked.requests.length <= asked + 4, `${servers.locked.requests.length - asked} more requests`);
	for (const name of ['locked', 'locked_key']) servers[name].closed = false;
	await served('locked');
	await b.until('locked', 'connected', /^$/);
	await until('listing to be asking', async () => { await b.ask('tools/list', {}); return (await b.state('locked_key')).state === 'connected'; });
	// A key that is taken back in the middle.
	servers.locked.closed = true;
	refused(await b.call('locked', 'echo'), 'server_needs_login');
	await b.until('locked', 'needs login');
	servers.locked.closed = false;
	await served('locked');
});

describe('which era does it speak?', () => {
	for (const [name, [, revision]] of Object.entries(probes))
		test(`${name}: ${revision}`, async () => {
			const s = await b.until(`probe_${name}`, 'connected');
			assert.equal(s.revision, revision);
			assert.equal(text(await b.call(`probe_${name}`, 'echo', { text: 'x' })), 'echo: x');
		});
});

for (const era of ['legacy', 'modern'])
	describe(`within a call, ${era}`, { concurrency: true }, () => {
		const ways = Object.keys(misdeeds).filter(n => n !== 'slow_head' && (n !== 'status_404_page' || era === 'modern'));
		for (const tool of ways)
			test(`${tool}: no answer`, async () => {
				const r = await b.call(faults[tool] === 'server_timeout' ? `short_${era}` : era, tool);
				refused(r, faults[tool] ?? 'server_answer');
				assert.equal(r.status, 200);
				assert.equal(servers[era].requests.filter(r => r.message?.params?.name === tool).length, 1);
				assert.equal((await b.state(era)).state, 'connected');
			});

		test('odd but right', async () => {
			assert.equal(text(await b.call(era, 'slow_head')), 'answered');
			assert.equal(text(await b.call(era, 'crlf')), 'answered');
			assert.equal(text(await b.call(era, 'bytewise')), 'answered');
			assert.equal(text(await b.call(era, 'twice')), 'first');
			assert.equal(text(await b.call(era, 'big')).length, 8 << 20);
			assert.equal(text(await b.call(era, 'echo', { text: 'after all' })), 'echo: after all');
		});

		test('requests on its stream: ping, and nothing else', async () => {
			assert.equal(text(await b.call(era, 'ask', { method: 'ping' })), '{}');
			for (const method of ['sampling/createMessage', 'elicitation/create', 'roots/list'])
				assert.equal(text(await b.call(era, 'ask', { method })), '-32601');
			assert.equal(text(await b.call(era, 'pings')), 'answered');
		});

		test('notifications without end: their caller may leave', async () => {
			const o = open(`${b.d.url}/mcp`, modernAsk(await b.token(), 'tools/call', { name: `${era}__floods` }, { meta: { 'io.modelcontextprotocol/logLevel': 'debug' } }));
			await until('notifications', () => o.events.length > 1000);
			o.drop();
			const [r] = servers[era].requests.filter(x => x.message?.params?.name === 'floods');
			await until('the end upstream', () => r.closed);
		});
	});

test('the dashboard says what went wrong last', async () => {
	const said = { status_500: /it answered HTTP 500/, html: /it answered text\/html/, half_json: /the connection ended/, bad_utf8: /UTF-8/, never: /no answer for 1000 ms/ };
	assert.equal((await b.state('good')).trouble, '');
	for (const era of ['legacy', 'modern'])
		for (const [tool, words] of Object.entries(said)) {
			const name = tool === 'never' ? `short_${era}` : era;
			refused(await b.call(name, tool), faults[tool] ?? 'server_answer');
			const s = await b.state(name);
			assert.equal(s.state, 'connected');
			assert.match(s.trouble, /^Last error, just now: /);
			assert.match(s.trouble, words);
		}
});

test('lesson_BR52 a call that timed out at a legacy server is cancelled there', async () => {
	const s = servers.legacy;
	refused(await b.call('short_legacy', 'never'), 'server_timeout');
	const call = s.requests.filter(r => r.message?.params?.name === 'never').at(-1);
	await until('the cancellation', () => s.heard('notifications/cancelled').some(r => r.message.params.requestId === call.message.id &&
		r.headers['mcp-session-id'] === call.headers['mcp-session-id']));
});

test('a stream that goes on after its answer is closed', async () => {
	assert.equal(text(await b.call('good', 'lingers')), 'answered');
	const [r] = servers.good.requests.filter(x => x.message?.params?.name === 'lingers');
	await until('its end', () => r.closed);
});

describe('sessions upstream', () => {
	test('lesson_BR12: a session that was ended is opened anew and the call sent once more', async () => {
		const s = servers.legacy;
		const before = s.counted;
		for (let i = 1; i <= 3; i++) {
			s.sessions.clear();
			assert.equal(text(await b.call('legacy', 'count')), String(before + i));
		}
		assert.equal(s.counted, before + 3);
		assert.equal((await b.state('legacy')).state, 'connected');
	});

	test('a session that ends again and again: the call is sent twice at most', async () => {
		const s = servers.legacy;
		const before = s.requests.filter(r => r.message?.params?.name === 'recall').length;
		s.on.recall = (req, res, m) => { s.sessions.clear(); return 'go on'; };
		refused(await b.call('legacy', 'recall'), 'server_lost');
		assert.equal(s.requests.filter(r => r.message?.params?.name === 'recall').length, before + 2);
		delete s.on.recall;
		await b.until('legacy', 'connected');
	});

	test('initialize names no session and no agreed revision; the rest does', () => {
		for (const r of servers.legacy.heard('initialize')) {
			assert.equal(r.headers['mcp-session-id'], undefined);
			assert.equal(r.headers['mcp-protocol-version'], undefined);
		}
		for (const r of servers.legacy.heard('tools/call')) {
			assert.ok(r.headers['mcp-session-id']);
			assert.equal(r.headers['mcp-protocol-version'], '2025-11-25');
		}
	});
});

for (const era of ['legacy', 'modern'])
	test(`lesson_B19_remote ${era}: a server that restarts is back within the back-off, its new list with it`, async () => {
		const s = servers[era];
		await b.until(era, 'connected');
		if (era === 'legacy') await until('the listening stream', () => [...s.sessions.values()].some(x => x.listen));
		await s.stop();
		s.extra.push(`fresh_${era}`);
		// The end of its stream says it; a modern one has none, so a call does.
		if (era === 'modern') refused(await b.call(era, 'count'), 'server_down');
		const down = await b.until(era, 'waiting', /refused.*next try in \d+ s/i);
		assert.ok(Number(down.detail.match(/in (\d+) s/)[1]) <= 4);
		refused(await b.call(era, 'count'), 'server_down');
		await s.start();
		const up = await b.until(era, 'connected');
		assert.ok(up.tools.includes(`fresh_${era}`));
		assert.equal(text(await b.call(era, 'echo', { text: 'back' })), 'echo: back');
	});

test('lesson_B11_bytes: in none of these ways did the caller\'s token, or a field of theirs, go upstream', async () => {
	const bearer = await b.token();
	await b.ask('tools/list', {}, { headers: { cookie: 'a=cookie-of-the-caller', 'x-of-the-caller': 'y', 'proxy-authorization': 'Basic caller' } });
	await b.call('good', 'echo', { text: 'with fields' }, { headers: { cookie: 'a=cookie-of-the-caller', 'x-of-the-caller': 'y', 'mcp-param-of-the-caller': 'z' } });
	const seen = new Set();
	for (const [name, s] of Object.entries(servers)) {
		assert.ok(s.bytes.length > 0, name);
		assert.ok(!s.bytes.includes(bearer) && !s.bytes.includes(bearer.slice(4, 30)), `${name} got the token`);
		assert.ok(!/caller/.test(s.bytes), `${name} got a field of the caller`);
		const ours = name === 'locked_key' ? 'Bearer a-key-that-was-right' : undefined;
		for (const r of s.requests) {
			assert.equal(r.headers.authorization, ours, name);
			for (const k of Object.keys(r.headers)) if (k !== 'authorization') seen.add(k);
		}
	}
	assert.deepEqual([...seen].sort(), ['accept', 'content-length', 'content-type', 'host', 'mcp-method', 'mcp-name', 'mcp-protocol-version', 'mcp-session-id']);
});

test('memory stays bounded, the good server answered all the time', async () => {
	const { n, worst } = await others.stop();
	assert.ok(n > 20, `${n} calls`);
	assert.ok(worst < 9000, `one took ${worst} ms`);
	assert.ok(b.memory() < bound(b), `${b.memory()} MB`);
	assert.ok(b.alive());
});
