// Attacks that want others to get nothing: connections that are held, calls
// that are left behind, servers that make lists slow or huge.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Visitor, legacy, modern, obtain, ostiary, register, request, run, startDaemon, until } from '../e2e/lib.mjs';
import { healthy, logLines, startGuarded, startUpstream } from './kit.mjs';

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
