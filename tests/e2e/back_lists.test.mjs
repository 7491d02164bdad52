// Servers whose lists belong to a conversation: what one person's session shows
// is that person's, and reaches nobody else (BR-16, TR-48).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson } from '../attacks/kit.mjs';
import { legacy, modern, obtain, until } from './lib.mjs';
import { child, open, refused, startBack, text } from './support/back.mjs';
import { fakeHttp } from './support/fake-http.mjs';

const KINDS = ['http', 'stdio', 'mute_http', 'mute_stdio'];
const http = {};
let b, bob, watched;

before(async () => {
	http.http = await fakeHttp();
	http.mute_http = await fakeHttp({ mute: true });
	http.shared = await fakeHttp();
	http.quiet = await fakeHttp();
	http.modern = await fakeHttp({ era: 'modern', ttl: 1000 });
	const rules = { tools: { echo: { enabled: false } } };
	b = await startBack({ mcpServers: {
		http: { url: http.http.url }, stdio: child(), mute_http: { url: http.mute_http.url }, mute_stdio: child({ mute: true }),
		rules_http: { url: http.http.url, ...rules }, rules_stdio: { ...child(), ...rules }, shared: { url: http.shared.url, share: 'all' },
		modern: { url: http.modern.url }, quiet: { url: http.quiet.url },
	} });
	for (const name of [...KINDS, 'rules_http', 'rules_stdio', 'shared', 'modern', 'quiet']) await b.until(name, 'connected');
	bob = await addPerson(b.d, 'bob');
	watched = await listen('/mcp/modern');
	http.modern.more.push('new_by_itself');
});

// A legacy session's stream.
async function listen(path, visitor = b.owner) {
	const bearer = (await obtain(b.d, visitor, { path })).access_token;
	const session = await legacy(b.d.url + path, bearer);
	const stream = open(b.d.url + path, { method: 'GET', headers: { authorization: `Bearer ${bearer}`, ...session.headers } });
	await stream.head;
	return { session, stream, close: () => { stream.drop(); return session.close(); } };
}

after(async () => {
	await b?.close();
	for (const s of Object.values(http)) await s.stop();
});

// A person's way to one endpoint.
async function at(visitor, path) {
	const { access_token } = await obtain(b.d, visitor, { path });
	const ask = (method, params, options) => modern(b.d.url + path, access_token, method, params, options);
	return { token: access_token, ask, call: (name, args = {}, options) => ask('tools/call', { name, arguments: args }, options),
		tools: async () => {
			const all = [];
			for (let cursor; ;) {
				const { result } = (await ask('tools/list', { ...(cursor && { cursor }) })).message;
				all.push(...result.tools.map(t => t.name));
				if (!(cursor = result.nextCursor)) return all;
			}
		} };
}

const dashboard = async visitor => (await visitor.get('/')).text;

for (const name of KINDS)
	describe(`lesson_BR16: ${name}`, () => {
		let hers, his, hub, hisHub;

		before(async () => {
			[hers, his] = [await at(b.owner, `/mcp/${name}`), await at(bob, `/mcp/${name}`)];
			[hub, hisHub] = [await at(b.owner, '/mcp'), await at(bob, '/mcp')];
		});

		test('the first caller\'s list is hers alone', async () => {
			const common = await his.tools();
			assert.equal(text(await hers.call('connect_db', { db: 'her_table' })), 'connected');
			await until('her table', async () => (await hers.tools()).includes('her_table'));
			assert.deepEqual(await his.tools(), common);
			assert.ok(!(await hisHub.tools()).some(t => t.endsWith('her_table')));
			assert.ok((await hub.tools()).includes(`${name}__her_table`));
			for (const visitor of [b.owner, bob]) assert.ok(!(await dashboard(visitor)).includes('her_table'));
		});

		test('the other\'s appears, and is his', async () => {
			assert.equal(text(await his.call('connect_db', { db: 'his_table' })), 'connected');
			await until('his table', async () => (await his.tools()).includes('his_table'));
			assert.ok(!(await his.tools()).includes('her_table'));
			assert.ok(!(await hers.tools()).includes('his_table'));
			assert.ok((await hers.tools()).includes('her_table'));
		});

		test('the hub calls what the caller\'s own list has, and nothing else', async () => {
			assert.match(text(await hub.call(`${name}__her_table`)), /^called her_table/);
			assert.match(text(await hisHub.call(`${name}__his_table`)), /^called his_table/);
			refused(await hub.call(`${name}__his_table`), 'mcp_unknown_name');
			refused(await hisHub.call(`${name}__her_table`), 'mcp_unknown_name');
			assert.equal(text(await hisHub.call(`${name}__echo`, { text: 'still' })), 'echo: still');
		});

		test('what the caller\'s own list lacks, the hub does not call', async () => {
			await hers.call('hide', { name: 'count' });
			await until('its going', async () => !(await hers.tools()).includes('count'));
			refused(await hub.call(`${name}__count`), 'mcp_unknown_name');
			assert.match(text(await hisHub.call(`${name}__count`)), /^\d+$/);
		});

		test('arguments are mirrored as the caller\'s own list says', async () => {
			await hers.call('connect_db', { db: 'zoned', header: 'Zone' });
			await until('the tool', async () => (await hers.tools()).includes('zoned'));
			assert.equal((await hers.call('zoned', { Zone: 'a' })).message.error.code, -32020);
			assert.match(text(await hers.call('zoned', { Zone: 'a' }, { headers: { 'mcp-param-zone': 'a' } })), /^called zoned/);
		});
	});

for (const name of ['rules_http', 'rules_stdio'])
	test(`rules let a person call what their own list has: ${name}`, async () => {
		const hers = await at(b.owner, `/mcp/${name}`), his = await at(bob, `/mcp/${name}`);
		await hers.call('connect_db', { db: 'hers' });
		await until('her list', async () => (await hers.tools()).includes('hers'));
		refused(await his.call('hers'), 'mcp_unknown_name');
		await his.call('connect_db', { db: 'his' });
		await until('his list', async () => (await his.tools()).includes('his'));
		assert.match(text(await his.call('his')), /^called his/);
		refused(await hers.call('his'), 'mcp_unknown_name');
		refused(await hers.call('echo', { text: 'x' }), 'mcp_unknown_name');
	});

test('who is told: only whose list it is', async () => {
	const path = '/mcp/http';
	const streams = [];
	for (const visitor of [b.owner, bob]) {
		const { access_token } = await obtain(b.d, visitor, { path });
		const session = await legacy(b.d.url + path, access_token);
		const stream = open(b.d.url + path, { method: 'GET', headers: { authorization: `Bearer ${access_token}`, ...session.headers } });
		await stream.head;
		streams.push({ session, stream });
	}
	const [hers, his] = streams;
	await his.session.call('tools/call', { name: 'connect_db', arguments: { db: 'news' } });
	await until('his news', () => his.stream.events.some(e => e.method === 'notifications/tools/list_changed'));
	await hers.session.call('ping');
	assert.deepEqual(hers.stream.events, [], 'his alone');
	await hers.session.call('tools/call', { name: 'connect_db', arguments: { db: 'hers, later' } });
	await until('her news', () => hers.stream.events.some(e => e.method === 'notifications/tools/list_changed'));
	for (const x of streams) { x.stream.drop(); await x.session.close(); }
});

test('with the session its list goes, and its person is told', async () => {
	const path = '/mcp/http';
	const his = await at(bob, path);
	await his.call('connect_db', { db: 'passing' });
	await until('his table', async () => (await his.tools()).includes('passing'));
	const session = await legacy(b.d.url + path, his.token);
	const stream = open(b.d.url + path, { method: 'GET', headers: { authorization: `Bearer ${his.token}`, ...session.headers } });
	await stream.head;
	const [id] = [...http.http.sessions].find(([, s]) => s.state.tables?.some(t => t[0] === 'passing'));
	http.http.sessions.delete(id);
	assert.equal(text(await his.call('echo', { text: 'anew' })), 'echo: anew');
	await until('the news', () => stream.events.some(e => e.method === 'notifications/tools/list_changed'));
	assert.ok(!(await his.tools()).includes('passing'));
	stream.drop();
	await session.close();
});

test('a change for everybody reaches everybody', async () => {
	const hers = await at(b.owner, '/mcp/http'), his = await at(bob, '/mcp/http');
	await hers.call('change');
	for (const one of [hers, his]) await until('the new tool', async () => (await one.tools()).some(t => t.startsWith('later_')));
});

test('who never called, and has no link to hear by, is told by another\'s', async () => {
	const path = '/mcp/quiet', hers = await at(b.owner, path), his = await at(bob, path);
	const waiting = await listen(path, bob);
	assert.equal(text(await hers.call('change')), 'changed');
	await until('his news', () => waiting.stream.events.some(e => e.method === 'notifications/tools/list_changed'));
	assert.ok((await his.tools()).some(t => t.startsWith('later_')));
	await waiting.close();
});

test('"share": "all" has one list for all', async () => {
	const hers = await at(b.owner, '/mcp/shared'), his = await at(bob, '/mcp/shared');
	await hers.call('connect_db', { db: 'ours' });
	await until('our table', async () => (await his.tools()).includes('ours'));
	assert.match(text(await his.call('ours')), /^called ours/);
	assert.equal(http.shared.heard('initialize').length, 1);
});

test('BR48: what a server does not tell is noticed for those to whom news was promised', async () => {
	assert.equal(watched.session.hello.result.capabilities.tools.listChanged, true);
	await until('the news', () => watched.stream.events.some(e => e.method === 'notifications/tools/list_changed'));
	assert.ok(http.modern.heard('tools/list').length < 10);
	await watched.close();
});
