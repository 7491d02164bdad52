// Peers that leave at any moment: in a head, in a body, while the store or a
// server is asked, in a stream, together with the grant that they live by.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { MODERN, legacy, modern, obtain, ostiary, register, request, until } from '../e2e/lib.mjs';
import { call, healthy, logLines, metaOf, startGuarded } from './kit.mjs';

let d, client;
before(async () => {
	d = await startGuarded({ settings: {}, entries: {}, more: { demo: { command: ostiary, args: ['demo'] } } });
	client = await register(d);
	const t = await obtain(d, d.owner, { client });
	await until('the demo', async () => (await modern(t.resource, t.access_token, 'tools/list')).message.result.tools.some(x => x.name === 'demo__countdown'));
});
after(() => d?.close());

// The same moments in every run.
function dice(seed) {
	let v = seed;
	return n => { v = Math.imul(v, 1664525) + 1013904223 >>> 0; return v % n; };
}

const http1 = (method, path, fields, body = '') => `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\n${fields.map(f => `${f}\r\n`).join('')}${body ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : ''}\r\n${body}`;

const mcp = (t, path, message, session) => http1('POST', path, [`Authorization: Bearer ${t}`, 'Content-Type: application/json', 'Accept: application/json, text/event-stream',
	...(session ? [`Mcp-Session-Id: ${session}`, 'MCP-Protocol-Version: 2025-11-25'] : [`MCP-Protocol-Version: ${MODERN}`, `Mcp-Method: ${message.method}`, ...(message.params?.name ? [`Mcp-Name: ${message.params.name}`] : [])])], JSON.stringify(message));

// Says so many of the bytes, waits, and is gone: with a FIN or with a reset.
function visit(bytes, { part = bytes.length, ms = 0, reset = false }) {
	return new Promise(ok => {
		const s = net.connect(d.port, '127.0.0.1', () => {
			s.write(bytes.slice(0, part));
			setTimeout(() => { if (reset) s.resetAndDestroy(); else s.destroy(); ok(); }, ms);
		});
		s.on('error', () => ok());
		s.resume();
	});
}

test('peers that leave at any moment leave nothing behind', async () => {
	const roll = dice(4711);
	const hub = await obtain(d, d.owner, { client }), alpha = await obtain(d, d.owner, { client, path: '/mcp/alpha' });
	const session = (await legacy(hub.resource, hub.access_token)).session;
	const modernCall = (name, args, extra = {}) => ({ jsonrpc: '2.0', id: 1, ...call(name, args), params: { name, arguments: args, _meta: metaOf(extra) } });
	const kinds = [
		() => mcp(alpha.access_token, '/mcp/alpha', { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: metaOf() } }),
		() => mcp(alpha.access_token, '/mcp/alpha', modernCall('look', {})),
		() => mcp(hub.access_token, '/mcp', modernCall('demo__countdown', { seconds: 1 }, { progressToken: 'p' })),
		() => mcp(hub.access_token, '/mcp', { jsonrpc: '2.0', id: roll(1e9), ...call('demo__countdown', { seconds: 1 }), params: { name: 'demo__countdown', arguments: { seconds: 1 }, _meta: { progressToken: roll(1e9) } } }, session),
		() => mcp(hub.access_token, '/mcp', { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } }),
		() => http1('GET', '/mcp', [`Authorization: Bearer ${hub.access_token}`, 'Accept: text/event-stream', `Mcp-Session-Id: ${session}`, 'MCP-Protocol-Version: 2025-11-25']),
		() => http1('POST', '/oauth/token', ['Content-Type: application/x-www-form-urlencoded'], `grant_type=refresh_token&refresh_token=x&client_id=${client.client_id}`),
		() => http1('POST', '/oauth/revoke', ['Content-Type: application/x-www-form-urlencoded'], `token=x&client_id=${client.client_id}`),
		() => http1('GET', `/oauth/authorize?client_id=${client.client_id}&response_type=code`, [`Cookie: ${[...d.owner.jar].map(p => p.join('=')).join('; ')}`]),
		() => http1('GET', '/', [`Cookie: ${[...d.owner.jar].map(p => p.join('=')).join('; ')}`]),
		() => http1('GET', '/access', [`Cookie: ${[...d.owner.jar].map(p => p.join('=')).join('; ')}`]),
		() => http1('GET', '/login', []),
		() => http1('GET', '/assets/style.css', []),
	];
	for (let round = 0; round < 12; round++)
		await Promise.all(Array.from({ length: 50 }, () => {
			const bytes = kinds[roll(kinds.length)]();
			return visit(bytes.repeat(1 + roll(2)), { part: roll(4) ? undefined : roll(bytes.length), ms: [0, 0, 1, 2, 5, 20, 60, 300][roll(8)], reset: roll(2) === 0 });
		}));
	await healthy(d);
	assert.equal((await modern(hub.resource, hub.access_token, 'tools/list')).status, 200);
});

test('grants that end under running calls and streams take them along', async () => {
	const roll = dice(99);
	for (let round = 0; round < 6; round++) {
		const t = await obtain(d, d.owner, { client });
		const s = await legacy(t.resource, t.access_token);
		const running = [
			fetch(t.resource, { headers: { authorization: `Bearer ${t.access_token}`, accept: 'text/event-stream', ...s.headers } }).then(r => r.text()),
			s.post({ jsonrpc: '2.0', id: 77, method: 'tools/call', params: { name: 'demo__countdown', arguments: { seconds: 15 }, _meta: { progressToken: 1 } } }),
			modern(t.resource, t.access_token, 'tools/call', { name: 'demo__countdown', arguments: { seconds: 15 } }),
			modern(t.resource, t.access_token, 'tools/call', { name: 'demo__countdown', arguments: { seconds: 15 } }, { meta: { progressToken: 'p' } }),
		];
		await new Promise(ok => setTimeout(ok, roll(120)));
		const began = Date.now();
		const revoke = () => request(`${d.url}/oauth/revoke`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ token: t.refresh_token, client_id: client.client_id }).toString() });
		if (round % 2) assert.equal((await s.close()).status < 300, true);
		assert.equal((await revoke()).status, 200);
		await Promise.all(running.map(p => p.catch(() => undefined)));
		assert.ok(Date.now() - began < 10000, 'none of them counts to fifteen');
		assert.equal((await modern(t.resource, t.access_token, 'tools/list')).status, 401);
	}
	await healthy(d);
	assert.equal(logLines(d).filter(l => l.level === 'error').length, 0);
});

test('a stop in the middle of everything is a clean one', async () => {
	const t = await obtain(d, d.owner, { client });
	const s = await legacy(t.resource, t.access_token);
	const running = [
		fetch(t.resource, { headers: { authorization: `Bearer ${t.access_token}`, accept: 'text/event-stream', ...s.headers } }).then(r => r.text()),
		s.post({ jsonrpc: '2.0', id: 77, method: 'tools/call', params: { name: 'demo__countdown', arguments: { seconds: 2 }, _meta: { progressToken: 1 } } }),
		modern(t.resource, t.access_token, 'tools/call', { name: 'demo__countdown', arguments: { seconds: 2 } }),
		new Promise(ok => { const c = net.connect(d.port, '127.0.0.1', () => c.write(http1('GET', '/health', []))); c.on('close', ok).on('error', () => {}).resume(); }),
	];
	await new Promise(ok => setTimeout(ok, 200));
	const end = await d.stop();
	assert.deepEqual(end, { code: 0, signal: null });
	await Promise.all(running.map(p => p.catch(() => undefined)));
	await d.start();
	assert.equal((await modern(t.resource, t.access_token, 'tools/list')).status, 200, 'the token outlives the process');
});
