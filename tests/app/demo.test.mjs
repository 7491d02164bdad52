// The built-in demo server, spoken to by clients that we did not write.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldTransport } from
	'@modelcontextprotocol/sdk/client/stdio.js';
import { LoggingMessageNotificationSchema } from
	'@modelcontextprotocol/sdk/types.js';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const command = process.env.OSTIARY_SAN ?? process.env.OSTIARY;
const self = { name: 'tests', version: '1' };

async function useTools(client, progressOf) {
	const { tools } = await client.listTools();
	assert.deepEqual(tools.map(t => t.name), ['countdown', 'slugify']);

	const slug = await client.callTool({ name: 'slugify',
		arguments: { text: 'Crème Brûlée & Ελλάδα, Щука №5' } });
	assert.equal(slug.structuredContent.slug,
		'creme-brulee-ellada-shchuka-5');
	const wrong = await client.callTool(
		{ name: 'slugify', arguments: { text: 3 } });
	assert.equal(wrong.isError, true);
	await assert.rejects(client.callTool({ name: 'nope', arguments: {} }),
		e => e.code === -32602);

	const steps = [];
	const done = await progressOf(client, 2, p => steps.push(p));
	assert.equal(done.content[0].text, 'Counted down 2 seconds.');
	assert.deepEqual(steps.map(p => [p.progress, p.total]),
		[[0, 2], [1, 2]]);

	const both = await Promise.all([1, 2].map(seconds =>
		client.callTool({ name: 'countdown', arguments: { seconds } })));
	assert.deepEqual(both.map(r => r.structuredContent.seconds), [1, 2]);
}

async function isCancelled(client, call) {
	const stop = new AbortController();
	const started = Date.now();
	setTimeout(() => stop.abort('enough'), 200);
	await assert.rejects(call(client, stop.signal));
	assert.ok(Date.now() - started < 10000);
	assert.equal((await client.listTools()).tools.length, 2);
}

test('sdk 1.x: tools, progress, log, cancellation, ping', async t => {
	const client = new OldClient(self);
	t.after(() => client.close());
	const logs = [];
	client.setNotificationHandler(LoggingMessageNotificationSchema,
		n => logs.push(n.params.level));
	await client.connect(new OldTransport({ command, args: ['demo'] }));
	assert.equal(client.getServerVersion().name, 'ostiary');
	const count = (c, seconds, onprogress) => c.callTool(
		{ name: 'countdown', arguments: { seconds } }, undefined,
		{ onprogress });
	await useTools(client, count);
	assert.ok(logs.length >= 2 && logs.every(l => l === 'info'));

	logs.length = 0;
	await client.setLoggingLevel('error');
	await count(client, 1);
	assert.deepEqual(logs, []);

	await isCancelled(client, (c, signal) => c.callTool(
		{ name: 'countdown', arguments: { seconds: 15 } }, undefined,
		{ signal }));
	await client.ping();
});

for (const mode of ['legacy', 'auto', { pin: '2026-07-28' }]) {
	const name = typeof mode === 'string' ? mode : mode.pin;
	test(`client 2.x, ${name}: tools, progress, cancellation`, async t => {
		const client = new Client(self, { versionNegotiation: { mode } });
		t.after(() => client.close());
		await client.connect(
			new StdioClientTransport({ command, args: ['demo'] }));
		await useTools(client, (c, seconds, onprogress) => c.callTool(
			{ name: 'countdown', arguments: { seconds } },
			{ onprogress }));
		await isCancelled(client, (c, signal) => c.callTool(
			{ name: 'countdown', arguments: { seconds: 15 } },
			{ signal }));
	});
}
