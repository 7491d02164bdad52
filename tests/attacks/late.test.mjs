// Attacks on time: a token that was good when the head came and is not when
// the body does.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { MODERN, Visitor, legacy, modern, obtain, ostiary, register, request, token, until } from '../e2e/lib.mjs';
import { captured, child, folder } from '../e2e/support/back.mjs';
import { addPerson, call, healthy, metaOf, parseChallenge, startGuarded } from './kit.mjs';

let d, client;
before(async () => {
	d = await startGuarded({ more: { demo: { command: ostiary, args: ['demo'] } } });
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

// The command line beside the running daemon.
async function beside(...args) {
	const running = promisify(execFile)(ostiary, [...args, '--config', d.config], { env: { ...process.env, OSTIARY_HOME: join(d.home, 'state') } });
	running.child.stdin.end(`${PASSWORDS[1]}\n`);
	return JSON.parse((await running).stdout || 'null');
}
const PASSWORDS = ['the first password', 'another password'];
const newPassword = name => beside('user', 'passwd', name, '--password-stdin');

// A server of a legacy revision is run for each person anew; the first who
// calls takes over the one that was there to be listed.
test('the programs that run for somebody end with them', async () => {
	const g = await startGuarded({ names: ['alpha'], more: { own: { command: ostiary, args: ['demo'], protocol: '2025-11-25' } } });
	const user = (...args) => promisify(execFile)(ostiary, ['user', ...args, '--config', g.config], { env: { ...process.env, OSTIARY_HOME: join(g.home, 'state') } });
	const programs = async () => (await readFile(`/proc/${g.process.child.pid}/task/${g.process.child.pid}/children`, 'utf8')).trim().split(' ').filter(Boolean);
	try {
		const ran = {};
		const work = async t => assert.ok((await modern(t.resource, t.access_token, 'tools/call', { name: 'slugify', arguments: { text: 'x' } })).message.result);
		for (const name of ['first', 'second', 'third']) {
			const t = await obtain(g, await addPerson(g, name), { path: '/mcp/own' });
			await until('the server', async () => (await modern(t.resource, t.access_token, 'tools/list')).message?.result?.tools.length > 0);
			await work(t);
			const now = await programs();
			ran[name] = { t, pid: now.find(p => !Object.values(ran).some(r => r.pid === p)), count: now.length };
		}
		assert.deepEqual(Object.values(ran).map(r => r.count), [1, 2, 3]);
		const gone = name => until(`${name}'s program to end`, async () => !(await programs()).includes(ran[name].pid));
		await user('remove', 'second');
		await gone('second');
		assert.deepEqual((await programs()).sort(), [ran.first.pid, ran.third.pid].sort(), 'the others run on');
		await user('remove', 'first');
		await gone('first');
		await until('one to be listed', async () => (await programs()).length === 2);
		assert.ok((await programs()).includes(ran.third.pid));
		await work(ran.third.t);
		assert.equal((await modern(ran.first.t.resource, ran.first.t.access_token, 'tools/list')).status, 401);
		await healthy(g);
	} finally {
		await g.close();
	}
});

test('what another process takes back ends here, parked calls and sessions too', async () => {
	const ends = { 'grant revoke': async t => beside('grant', 'revoke', (await beside('grant', 'list', '--json')).find(g => g.client === t.client.client_id).id),
		'client revoke': t => beside('client', 'revoke', t.client.client_id), 'user passwd': () => newPassword('eve'), 'user remove': () => beside('user', 'remove', 'eve') };
	let eve = await addPerson(d, 'eve', PASSWORDS[0]);
	for (const [what, end] of Object.entries(ends)) {
		const t = await obtain(d, what === 'grant revoke' ? d.owner : eve, { path: '/mcp/demo' });
		await until('the demo', async () => (await modern(t.resource, t.access_token, 'tools/list')).message.result?.tools.length > 0);
		const s = await legacy(t.resource, t.access_token);
		const began = Date.now();
		const parked = [
			s.call('tools/call', { name: 'countdown', arguments: { seconds: 12 } }),
			modern(t.resource, t.access_token, 'tools/call', { name: 'countdown', arguments: { seconds: 12 } }, { headers: { accept: 'application/json' } }),
		];
		await new Promise(ok => setTimeout(ok, 500));
		await end(t);
		for (const r of await Promise.all(parked)) {
			assert.equal(r.message?.result, undefined, `${what}: ${r.text}`);
			assert.ok(r.message.error, `${what}: ${r.text}`);
		}
		assert.ok(Date.now() - began < 6000, `${what}: none of them counted to twelve`);
		assert.equal((await modern(t.resource, t.access_token, 'tools/list')).status, 401);
		assert.match((await token(d, { grant_type: 'refresh_token', refresh_token: t.refresh_token, client_id: t.client.client_id })).error, /^invalid_(grant|client)$/, what);
		assert.equal((await eve.get('/access')).status, what.startsWith('user') ? 303 : 200, `${what}: logins`);
		if (what === 'user passwd') eve = await new Visitor(d).login({ username: 'eve', password: PASSWORDS[1] });
	}
	await healthy(d);
});

// A legacy call goes on when its client is gone, but not without its grant.
test('a call that was left behind ends with its grant', async () => {
	const f = await folder();
	const g = await startGuarded({ names: ['alpha'], more: { parked: child({ capture: f.file('parked') }, { protocol: '2025-11-25' }) } });
	const heard = async () => (await captured(f.file('parked'))).map(x => x.heard).filter(Boolean);
	try {
		const [kept, taken] = [await obtain(g, g.owner, { path: '/mcp/parked' }), await obtain(g, g.owner, { path: '/mcp/parked' })];
		await until('the server', async () => (await modern(kept.resource, kept.access_token, 'tools/list')).message?.result?.tools.length > 0);
		for (const t of [kept, taken]) {
			const s = await legacy(t.resource, t.access_token);
			const left = http.request(t.resource, { method: 'POST', agent: false, headers: { ...s.headers, authorization: `Bearer ${t.access_token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' } });
			left.on('error', () => {}).end(JSON.stringify({ jsonrpc: '2.0', id: 'left', method: 'tools/call', params: { name: 'hang', arguments: { whose: t === taken ? 'taken' : 'kept' } } }));
			await until('the call', async () => (await heard()).some(m => m.params?.arguments?.whose === (t === taken ? 'taken' : 'kept')));
			left.destroy();
		}
		await request(`${g.url}/oauth/revoke`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ token: taken.refresh_token, client_id: taken.client.client_id }).toString() });
		await until('its end', async () => (await heard()).some(m => m.method === 'notifications/cancelled'));
		assert.deepEqual((await heard()).filter(m => m.method === 'notifications/cancelled').map(m => m.params.requestId),
			(await heard()).filter(m => m.params?.arguments?.whose === 'taken').map(m => m.id));
		await healthy(g);
	} finally {
		await g.close();
		await f.remove();
	}
});

test('a login with the old password that is on its way counts no more', async () => {
	const visitors = await Promise.all(Array.from({ length: 16 }, async () => {
		const v = new Visitor(d);
		return { v, page: await v.get('/login') };
	}));
	await (await addPerson(d, 'mallory', PASSWORDS[0])).get('/');
	const tries = visitors.map(({ v, page }) => v.submit(page, { username: 'mallory', password: PASSWORDS[0] }));
	await newPassword('mallory');
	await Promise.all(tries);
	for (const { v } of visitors) assert.equal((await v.get('/access')).status, 303, 'nobody is logged in');
	await new Visitor(d).login({ username: 'mallory', password: PASSWORDS[1] });
});

test('an access token that is given back alone takes no session along', async () => {
	const old = await obtain(d, d.owner, { client, path: '/mcp/demo' });
	await until('the demo', async () => (await modern(old.resource, old.access_token, 'tools/list')).message.result?.tools.length > 0);
	const s = await legacy(old.resource, old.access_token);
	const next = await token(d, { grant_type: 'refresh_token', refresh_token: old.refresh_token, client_id: client.client_id });
	const list = bearer => s.post({ jsonrpc: '2.0', id: 7, method: 'tools/list' }, { authorization: `Bearer ${bearer}` });
	assert.equal((await list(next.access_token)).status, 200);
	assert.equal((await revoke(old, 'access_token')).status, 200);
	assert.equal((await list(old.access_token)).status, 401);
	assert.equal((await list(next.access_token)).status, 200, 'the session is still there');
	assert.equal((await revoke(next, 'refresh_token')).status, 200);
	assert.equal((await list(next.access_token)).status, 401);
});

test('a client that takes itself away takes its calls along', async () => {
	const own = await register(d);
	const t = await obtain(d, d.owner, { client: own, path: '/mcp/demo' });
	const began = Date.now();
	const parked = modern(t.resource, t.access_token, 'tools/call', { name: 'countdown', arguments: { seconds: 12 } }, { headers: { accept: 'application/json' } });
	await new Promise(ok => setTimeout(ok, 300));
	assert.equal((await request(own.registration_client_uri, { method: 'DELETE', headers: { authorization: `Bearer ${own.registration_access_token}` } })).status, 204);
	assert.equal((await parked).status, 401);
	assert.ok(Date.now() - began < 2000);
});
