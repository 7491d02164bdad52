// A client that reads slowly holds its own server's stream back; nothing grows
// in between, and nothing is lost.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { MODERN, obtain, startDaemon, until, Visitor } from './lib.mjs';

const META = 'io.modelcontextprotocol/';
const COUNT = 20000;
const FILLER = 'x'.repeat(4000);
let d, server, sent = 0, token;

// Sends COUNT progress notifications of 4 KB as fast as it is let, then the
// result.
async function flood(res, id, progressToken) {
	res.writeHead(200, { 'content-type': 'text/event-stream' });
	for (let i = 1; i <= COUNT; i++) {
		const message = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: i, message: FILLER } };
		if (!res.write(`data: ${JSON.stringify(message)}\n\n`)) await new Promise(ok => res.once('drain', ok));
		sent = i;
	}
	res.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', content: [{ type: 'text', text: 'all sent' }] } })}\n\n`);
}

before(async () => {
	server = http.createServer((req, res) => {
		let body = '';
		req.on('data', c => { body += c; }).on('end', () => {
			const m = JSON.parse(body);
			const result = { 'server/discover': { supportedVersions: [MODERN], capabilities: { tools: {} } },
				'tools/list': { tools: [{ name: 'flood', inputSchema: { type: 'object' } }] } }[m.method];
			if (!result) return flood(res, m.id, m.params._meta.progressToken);
			res.writeHead(200, { 'content-type': 'application/json' });
			res.end(JSON.stringify({ jsonrpc: '2.0', id: m.id, result: { resultType: 'complete', ttlMs: 0, cacheScope: 'private', ...result } }));
		});
	});
	await new Promise(ok => server.listen(0, '127.0.0.1', ok));
	d = await startDaemon({ quiet: true, settings: { mcpServers: { flood: { url: `http://127.0.0.1:${server.address().port}/mcp` } } } });
	token = (await obtain(d, await new Visitor(d).makeOwner(), { path: '/mcp/flood' })).access_token;
});

after(async () => {
	await d?.close();
	server?.closeAllConnections();
	server?.close();
});

test('a slow reader holds the server back', { timeout: 60000 }, async () => {
	const response = await new Promise((ok, no) => {
		const r = http.request(`${d.url}/mcp/flood`, { method: 'POST', agent: false, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json',
			accept: 'application/json, text/event-stream', 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'flood' } }, ok);
		r.on('error', no);
		r.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'flood', arguments: {},
			_meta: { [`${META}protocolVersion`]: MODERN, [`${META}clientCapabilities`]: {}, progressToken: 'p' } } }));
	});
	response.pause();
	// It stops before long: nobody reads.
	let last = -1;
	await until('the server to be held back', async () => {
		const before = last;
		last = sent;
		await new Promise(r => setTimeout(r, 300));
		return last > 0 && before === last && sent === last;
	});
	assert.ok(sent < COUNT, `all ${sent} messages went somewhere`);
	const status = await readFile(`/proc/${d.process.child.pid}/status`, 'utf8');
	assert.ok(Number(status.match(/RssAnon:\s+(\d+)/)[1]) < (process.env.BUILD?.includes('san') ? 400 : 40) * 1024, status.match(/RssAnon.*/)[0]);
	let text = '', events = 0;
	for await (const chunk of response.setEncoding('utf8')) {
		text = (text + chunk).slice(-9000);
		events += chunk.split('data: ').length - 1;
	}
	assert.match(text, /all sent/);
	assert.ok(events >= COUNT, `${events} events`);
});
