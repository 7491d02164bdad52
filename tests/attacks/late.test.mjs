// Attacks on time: a token that was good when the head came and is not when
// the body does.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { MODERN, modern, obtain, register, request } from '../e2e/lib.mjs';
import { call, healthy, metaOf, parseChallenge, startGuarded } from './kit.mjs';

let d, client;
before(async () => {
	d = await startGuarded();
	client = await register(d);
});
after(() => d?.close());

// A request whose head is there long before its body.
function slowPost(path, bearer, message) {
	const body = JSON.stringify(message);
	const s = net.connect(d.port, '127.0.0.1', () => s.write(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nAuthorization: Bearer ${bearer}\r\nContent-Type: application/json\r\n`
		+ `Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: ${MODERN}\r\nMcp-Method: ${message.method}\r\nMcp-Name: ${message.params.name}\r\n`
		+ `Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 1)}`));
	let text = '';
	s.setEncoding('latin1').on('data', c => { text += c; });
	const answer = new Promise((ok, no) => s.once('close', () => ok(text)).once('error', no));
	return { finish: () => { s.write(body.slice(1)); return answer; } };
}

const look = { jsonrpc: '2.0', id: 1, ...call('look'), params: { name: 'look', arguments: {}, _meta: metaOf() } };
const revoke = (t, what) => request(`${d.url}/oauth/revoke`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
	body: new URLSearchParams({ token: t[what], client_id: client.client_id }).toString() });

test('a token that was revoked between head and body opens nothing', async () => {
	for (const what of ['access_token', 'refresh_token']) {
		const t = await obtain(d, d.owner, { client, path: '/mcp/alpha' });
		assert.equal((await modern(t.resource, t.access_token, 'tools/call', { name: 'look', arguments: {} })).status, 200, 'it is known in memory');
		const late = slowPost('/mcp/alpha', t.access_token, look);
		await new Promise(ok => setTimeout(ok, 200));
		assert.equal((await revoke(t, what)).status, 200);
		const before = d.upstreams.alpha.seen.length;
		const text = await late.finish();
		assert.match(text, /^HTTP\/1\.1 401 /, `${what}: ${text}`);
		assert.equal(parseChallenge(text.match(/^www-authenticate: (.*)\r$/im)[1]).error, 'invalid_token');
		assert.equal(d.upstreams.alpha.seen.length, before, 'nothing went on to the server');
	}
	await healthy(d);
});
