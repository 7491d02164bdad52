// resources/subscribe: legacy clients, by way of us, of legacy servers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson } from '../attacks/kit.mjs';
import { legacy, modern, obtain, until } from './lib.mjs';
import { captured, child, folder, open, refused, startBack, text } from './support/back.mjs';
import { fakeHttp } from './support/fake-http.mjs';

const URI = 'fake://note';
const UPDATED = 'notifications/resources/updated';
const http = {};
let b, bob, f;

before(async () => {
	f = await folder();
	http.http = await fakeHttp();
	http.modern = await fakeHttp({ era: 'modern' });
	http.shared = await fakeHttp();
	b = await startBack({ mcpServers: { http: { url: http.http.url }, stdio: child({ capture: f.file('stdio') }), modern: { url: http.modern.url }, shared: { url: http.shared.url, share: 'all' } } });
	for (const name of ['http', 'stdio', 'modern', 'shared']) await b.until(name, 'connected');
	bob = await addPerson(b.d, 'bob');
});

after(async () => {
	await b?.close();
	for (const s of Object.values(http)) await s.stop();
	await f?.remove();
});

const tokens = new Map();
async function bearer(visitor, path) {
	const key = `${visitor === bob} ${path}`;
	if (!tokens.has(key)) tokens.set(key, (await obtain(b.d, visitor, { path })).access_token);
	return tokens.get(key);
}

// A session with a stream; updates() are the URIs that it was told.
async function join(path, visitor = b.owner) {
	const token = await bearer(visitor, path);
	const s = await legacy(b.d.url + path, token);
	s.token = token;
	s.streams = [];
	s.listen = async () => {
		const o = open(b.d.url + path, { method: 'GET', headers: { authorization: `Bearer ${token}`, ...s.headers } });
		await o.head;
		s.streams.push(o);
		return o;
	};
	await s.listen();
	s.updates = () => s.streams.flatMap(o => o.events).filter(e => e.method === UPDATED).map(e => e.params.uri);
	s.subscribe = uri => s.call('resources/subscribe', { uri });
	s.unsubscribe = uri => s.call('resources/unsubscribe', { uri });
	s.touch = async (uri, prefix = '') => text(await s.call('tools/call', { name: `${prefix}touch`, arguments: { uri } }));
	s.leave = async () => { for (const o of s.streams) o.drop(); await s.close(); };
	return s;
}

// Who may no longer read a server is told nothing of it.
test('a server that was taken out of its group is not heard there', async () => {
	const [taken, kept] = [await fakeHttp(), await fakeHttp()];
	const settings = { mcpServers: { taken: { url: taken.url, share: 'all' }, kept: { url: kept.url, share: 'all' } }, groups: { both: ['taken', 'kept'] } };
	const g = await startBack(settings);
	try {
		for (const name of ['taken', 'kept']) await g.until(name, 'connected');
		const token = (await obtain(g.d, g.owner, { path: '/mcp/both' })).access_token;
		const s = await legacy(`${g.d.url}/mcp/both`, token);
		const stream = open(`${g.d.url}/mcp/both`, { method: 'GET', headers: { authorization: `Bearer ${token}`, ...s.headers } });
		await stream.head;
		const uris = (await s.call('resources/list')).message.result.resources.map(r => r.uri);
		for (const name of ['taken', 'kept']) done(await s.call('resources/subscribe', { uri: uris.find(u => u.includes(name)) }));
		const tell = (server, part) => server.tell({ jsonrpc: '2.0', method: UPDATED, params: { uri: `${server.heard('resources/subscribe')[0].message.params.uri}/${part}` } });
		const told = part => until(part, () => stream.events.find(e => e.params?.uri?.endsWith(`/${part}`)));
		tell(taken, 'before');
		await told('before');
		await g.d.write({ ...settings, groups: { both: ['kept'] } });
		g.d.process.child.kill('SIGHUP');
		await until('the reload', async () => (await s.call('resources/read', { uri: uris.find(u => u.includes('taken')) })).message.error);
		tell(taken, 'secret');
		await new Promise(setImmediate);
		tell(kept, 'after');
		await told('after');
		assert.equal(stream.events.filter(e => JSON.stringify(e).includes('secret')).length, 0);
		stream.drop();
	} finally {
		await g.close();
		for (const server of [taken, kept]) await server.stop();
	}
});

const done = r => assert.deepEqual(r.message.result, {}, r.text);

for (const name of ['http', 'stdio'])
	describe(`with ${name}`, () => {
		test('a session hears of what it asked for, on one stream', async () => {
			const s = await join(`/mcp/${name}`);
			assert.equal(s.hello.result.capabilities.resources.subscribe, true);
			await s.listen();
			done(await s.subscribe(URI));
			assert.equal(await s.touch(URI), URI, 'the server was told');
			await until('the update', () => s.updates().length > 0);
			await s.touch('fake://other');
			await s.touch(`${URI}/part`);
			await until('that of a part', () => s.updates().length > 1);
			assert.deepEqual(s.updates(), [URI, `${URI}/part`]);
			done(await s.unsubscribe(URI));
			assert.equal(await s.touch(URI), '');
			done(await s.subscribe('fake://last'));
			await s.touch('fake://last');
			await until('the last', () => s.updates().includes('fake://last'));
			assert.equal(s.updates().length, 3);
			await s.leave();
		});

		test('by way of the hub, under the hub\'s name', async () => {
			const s = await join('/mcp'), uri = `ostiary://${name}/${URI}`;
			assert.equal(s.hello.result.capabilities.resources.subscribe, true);
			done(await s.subscribe(uri));
			assert.equal(await s.touch(URI, `${name}__`), URI);
			await until('the update', () => s.updates().length > 0);
			assert.deepEqual(s.updates(), [uri]);
			done(await s.unsubscribe(uri));
			assert.equal(await s.touch(URI, `${name}__`), '');
			await s.leave();
		});

		test('two sessions of one person, and another person', async () => {
			const path = `/mcp/${name}`;
			const [one, two, his] = [await join(path), await join(path), await join(path, bob)];
			for (const s of [one, two]) done(await s.subscribe(URI));
			assert.equal(await his.touch(URI), '', 'his link is another');
			await one.touch(URI);
			await until('both', () => one.updates().length > 0 && two.updates().length > 0);
			done(await one.unsubscribe(URI));
			assert.equal(await one.touch(URI), URI, 'the other session still wants it');
			await until('the other', () => two.updates().length > 1);
			assert.equal(one.updates().length, 1);
			assert.deepEqual(his.updates(), []);
			await two.leave();
			await until('the session that ended unsubscribed', async () => await one.touch(URI) === '');
			for (const s of [one, his]) await s.leave();
		});

		test('what the server refuses is not subscribed', async () => {
			const s = await join(`/mcp/${name}`);
			assert.equal((await s.subscribe('fake://refused')).message.error.code, -32002);
			done(await s.subscribe(URI));
			await s.touch('fake://refused');
			await s.touch(URI);
			await until('the other', () => s.updates().length > 0);
			assert.deepEqual(s.updates(), [URI]);
			await s.leave();
		});
	});

test('a link that is gone is opened again, subscribed anew, and the session told', async () => {
	const s = await join('/mcp/http');
	done(await s.subscribe(URI));
	const [old] = [...http.http.sessions].find(([, x]) => x.state.subscribed?.has(URI));
	http.http.sessions.delete(old);
	assert.match(text(await s.call('tools/call', { name: 'echo', arguments: { text: 'x' } })), /echo/);
	await until('the new one', () => [...http.http.sessions.values()].some(x => x.state.subscribed?.has(URI)));
	await until('news', () => s.updates().length > 0);
	await s.touch(URI);
	await until('more news', () => s.updates().length > 1);
	await s.leave();
});

test('also when nobody calls', async () => {
	const s = await join('/mcp/stdio');
	done(await s.subscribe(URI));
	const asked = async () => (await captured(f.file('stdio'))).filter(x => x.heard?.method === 'resources/subscribe');
	const { pid } = (await asked()).at(-1);
	process.kill(pid);
	await until('the new one', async () => (await asked()).at(-1).pid !== pid);
	await until('news', () => s.updates().length > 0);
	await s.leave();
});

test('a stream of the server\'s that broke: what was missed counts as changed', async () => {
	const s = await join('/mcp/http');
	done(await s.subscribe(URI));
	const theirs = [...http.http.sessions.values()].find(x => x.state.subscribed?.has(URI));
	const broken = theirs.listen;
	broken.destroy();
	await until('another stream', () => theirs.listen !== broken);
	await until('news', () => s.updates().length > 0);
	assert.deepEqual(s.updates(), [URI]);
	await s.leave();
});

test('a session without a stream keeps no link; with one it has its link again', async () => {
	const s = await join('/mcp/stdio');
	done(await s.subscribe(URI));
	for (const o of s.streams) o.drop();
	const starts = async () => (await captured(f.file('stdio'))).filter(x => x.start).length;
	const asked = async () => (await captured(f.file('stdio'))).filter(x => x.heard?.method === 'resources/subscribe');
	await until('the stream is gone', () => s.streams.every(o => o.ended || o.response.destroyed));
	const { pid } = (await asked()).at(-1), before = await starts();
	process.kill(pid);
	await s.listen();
	await until('the new one', async () => (await asked()).at(-1).pid !== pid);
	assert.ok(await starts() > before);
	await s.leave();
});

test('one session for all: each hears what they asked for', async () => {
	const hers = await join('/mcp/shared'), his = await join('/mcp/shared', bob);
	done(await hers.subscribe('fake://hers'));
	done(await his.subscribe('fake://his'));
	await hers.touch('fake://his');
	await hers.touch('fake://hers');
	await until('both', () => his.updates().length > 0 && hers.updates().length > 0);
	assert.deepEqual([hers.updates(), his.updates()], [['fake://hers'], ['fake://his']]);
	for (const s of [hers, his]) await s.leave();
	await until('nothing is left', () => [...http.shared.sessions.values()].every(x => x.state.subscribed.size === 0));
});

test('where it is not offered', async () => {
	const s = await join('/mcp/modern');
	assert.equal(s.hello.result.capabilities.resources.subscribe, undefined);
	assert.equal((await s.subscribe(URI)).message.error.code, -32601);
	assert.equal((await s.unsubscribe(URI)).message.error.code, -32601);
	await s.leave();
	const hub = await join('/mcp');
	assert.equal((await hub.subscribe(`ostiary://modern/${URI}`)).message.error.code, -32601);
	refused(await hub.subscribe('ostiary://nowhere/x://y'), 'mcp_unknown_name');
	await hub.leave();
	assert.ok(!http.modern.heard('resources/subscribe').length);
	const path = '/mcp/http', token = await bearer(b.owner, path);
	const told = (await modern(b.d.url + path, token, 'server/discover')).message.result.capabilities.resources;
	assert.equal(told.subscribe, undefined);
	assert.equal((await modern(b.d.url + path, token, 'resources/subscribe', { uri: URI })).message.error.code, -32601);
});

test('there is a bound, over all sessions', async () => {
	const [one, two] = [await join('/mcp/http'), await join('/mcp/http')];
	refused(await one.subscribe(`fake://${'x'.repeat(3000)}`), 'mcp_call_params');
	let n = 0;
	for (; n < 1100 && (await (n % 2 ? one : two).subscribe(`fake://n/${n}`)).message.result; n++);
	assert.equal(n, 1024);
	refused(await one.subscribe('fake://more'), 'mcp_subscriptions');
	done(await two.unsubscribe('fake://n/0'));
	done(await one.subscribe('fake://more'));
	for (const s of [one, two]) await s.leave();
	await until('nothing is left', () => [...http.http.sessions.values()].every(x => !x.state.subscribed?.size));
});
