// The settings change while it runs: only what changed is started anew, a
// broken file changes nothing, and what goes away ends what it was used for.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { legacy, obtain, until } from './lib.mjs';
import { captured, child, folder, memory, modernAsk, open, refused, startBack, text } from './support/back.mjs';
import { fakeHttp } from './support/fake-http.mjs';

let b, f, http, settings;

const starts = async name => (await captured(f.file(name))).filter(x => x.start).length;
const heard = async (name, method) => (await captured(f.file(name))).filter(x => x.heard?.method === method || x.heard?.params?.name === method).length;
const list = async () => {
	const all = [];
	for (let cursor; ;) {
		const { result } = (await b.ask('tools/list', { ...(cursor && { cursor }) })).message;
		all.push(...result.tools.map(t => t.name));
		if (!(cursor = result.nextCursor)) return all;
	}
};
const kept = () => b.d.text().split('"settings_kept"').length;

// The file is looked at now and then; a signal is quicker.
async function reload(what, probe) {
	let tries = 0;
	await until(what, () => {
		if (tries++ % 10 === 0) b.d.process.child.kill('SIGHUP');
		return probe();
	});
}

// Writes them, with a key that the log will name, and waits until they are in
// force.
let round = 0;
async function change(edit, write = s => b.d.write(s)) {
	const mark = `mark-${++round}-`;
	edit(settings.mcpServers, settings);
	await write({ ...settings, [mark]: true });
	await reload('the reload', () => b.d.text().split(mark)[1]?.includes('"settings_loaded"'));
}

before(async () => {
	f = await folder();
	http = await fakeHttp();
	settings = { mcpServers: {
		same: child({ capture: f.file('same') }),
		other: child({ capture: f.file('other') }),
		web: { url: http.url },
		flaky: child({ capture: f.file('flaky') }),
	}, groups: { pair: ['same', 'other'] } };
	b = await startBack(settings);
	for (const name of Object.keys(settings.mcpServers)) await b.until(name, 'connected');
});

after(async () => {
	await b?.close();
	await http?.stop();
	await f?.remove();
});

describe('what changed, and only that', () => {
	test('one entry: its child is started anew, the others go on', async () => {
		const running = open(`${b.d.url}/mcp`, modernAsk(await b.token(), 'tools/call', { name: 'same__wait', arguments: {} }));
		const lost = open(`${b.d.url}/mcp`, modernAsk(await b.token(), 'tools/call', { name: 'other__wait', arguments: {} }));
		await until('the calls', async () => await heard('same', 'wait') === 1 && await heard('other', 'wait') === 1);
		await change(s => { s.other.env.ADDED = 'yes'; });
		await until('the end of its call', () => lost.ended);
		const { error } = JSON.parse(lost.text);
		assert.equal(error.data.fault, 'server_down');
		await b.until('other', 'connected');
		assert.equal(JSON.parse(text(await b.call('other', 'env'))).env.ADDED, 'yes');
		assert.equal(await starts('other'), 2);
		assert.equal(await starts('same'), 1);
		assert.equal(http.heard('initialize').length, 1);
		assert.ok(!running.ended);
		running.drop();
		await until('the cancellation', async () => await heard('same', 'notifications/cancelled') === 1);
	});

	test('the same again, in another order and layout: nothing is started', async () => {
		await change(() => {}, ({ mcpServers, ...rest }) => writeFile(b.d.config, `// a comment\n${JSON.stringify({ ...rest, listen: `127.0.0.1:${b.d.port}`,
			publicUrl: b.d.url, mcpServers: Object.fromEntries(Object.entries(mcpServers).reverse()) })}`));
		assert.equal(text(await b.call('same', 'echo', { text: 'x' })), 'echo: x');
		assert.equal(await starts('same'), 1);
		assert.equal(await starts('other'), 2);
	});

	test('without a signal it is noticed, too', async () => {
		const mark = 'without-a-signal';
		await b.d.write({ ...settings, [mark]: true });
		await until('the reload', () => b.d.text().split(mark)[1]?.includes('"settings_loaded"'));
		assert.equal(await starts('same'), 1);
	});

	test('lesson_B19_added: a server that is added is told to those who listen', async () => {
		const session = await legacy(`${b.d.url}/mcp`, await b.token());
		const stream = open(`${b.d.url}/mcp`, { method: 'GET', headers: { authorization: `Bearer ${await b.token()}`, ...session.headers } });
		await stream.head;
		await change(s => { s.added = child({ extra: ['brand_new'] }); });
		await until('the news', () => stream.events.some(e => e.method === 'notifications/tools/list_changed'));
		await b.until('added', 'connected');
		assert.ok((await list()).includes('added__brand_new'));
		const n = stream.events.length;
		await change(s => { delete s.added; });
		await until('the news', () => stream.events.slice(n).some(e => e.method === 'notifications/tools/list_changed'));
		assert.ok(!(await list()).some(t => t.startsWith('added__')));
		stream.drop();
		await session.close();
	});

	test('switched off, and on again', async () => {
		await change(s => { s.flaky.disabled = true; });
		await b.until('flaky', 'disabled');
		refused(await b.call('flaky', 'echo'), 'server_disabled');
		await change(s => { delete s.flaky.disabled; });
		await b.until('flaky', 'connected');
		assert.equal(text(await b.call('flaky', 'echo', { text: 'on' })), 'echo: on');
	});

	test('a rule for a tool', async () => {
		await change(s => { s.flaky.tools = { count: { enabled: false }, echo: { description: 'Says it back' } }; });
		await b.until('flaky', 'connected');
		assert.ok(!(await list()).includes('flaky__count'));
		refused(await b.call('flaky', 'count'), 'mcp_unknown_name');
	});
});

describe('a broken file', () => {
	for (const [what, bytes] of Object.entries({ 'half of it': '{"mcpServers": {"same":', 'another type': '{"mcpServers": []}', 'nothing': '', 'no text': Buffer.from([0xff, 0xfe, 0x00]) }))
		test(`${what}: the running settings stay in force, and the log says why`, async () => {
			const n = kept();
			await writeFile(b.d.config, bytes);
			await reload('the refusal', () => kept() > n);
			assert.equal(text(await b.call('same', 'echo', { text: what })), `echo: ${what}`);
			assert.equal(await starts('same'), 1);
			await change(() => {});
			assert.equal(await starts('same'), 1);
		});
});

describe('what goes away', () => {
	test('its sessions end, its streams close, its calls are told', async () => {
		const path = '/mcp/other', url = b.d.url + path;
		const token = (await obtain(b.d, b.owner, { path })).access_token;
		const session = await legacy(url, token);
		const auth = { authorization: `Bearer ${token}`, ...session.headers };
		const stream = open(url, { method: 'GET', headers: auth });
		await stream.head;
		const before = await heard('other', 'wait');
		const call = open(url, { headers: auth, body: { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'wait', arguments: {} } } });
		const gone = open(url, { headers: auth, body: { jsonrpc: '2.0', id: 4, method: 'tools/call', params: { name: 'wait', arguments: {} } } });
		await until('the calls', async () => await heard('other', 'wait') === before + 2);
		gone.drop();
		await change((s, all) => { delete s.other; all.groups.pair = ['same']; });
		await until('the ends', () => stream.ended && call.ended);
		assert.match(call.text, /server_down|mcp_no_session/);
		assert.equal((await session.call('ping')).status, 404);
		assert.equal(await b.state('other'), undefined);
		await change((s, all) => { s.other = child({ capture: f.file('other') }); all.groups.pair = ['same', 'other']; });
		await b.until('other', 'connected');
		assert.equal((await session.call('ping')).status, 404, 'the old session does not come back');
	});

	test('a group that changes', async () => {
		const path = '/mcp/pair';
		const tools = async () => (await b.ask('tools/list', {}, { path })).message.result.tools.map(t => t.name);
		assert.ok((await tools()).some(t => t.startsWith('other__')));
		await change((s, all) => { all.groups.pair = ['same']; });
		assert.ok(!(await tools()).some(t => t.startsWith('other__')));
		refused(await b.ask('tools/call', { name: 'other__echo', arguments: {} }, { path }), 'mcp_unknown_name');
	});

	test('in the middle of many calls, again and again', async () => {
		let going = true, answered = 0, told = 0;
		const caller = async () => {
			while (going) {
				const r = await b.call('flaky', 'steps', { n: 3 }, { meta: { progressToken: 'x' } });
				if (text(r) === 'climbed') answered++;
				else { assert.ok(['server_down', 'server_lost', 'unavailable', 'mcp_unknown_name'].includes(r.message?.error?.data?.fault), r.text); told++; }
			}
		};
		const lister = async () => { while (going) { const r = await b.ask('tools/list'); assert.ok(r.message.result ?? r.message.error.data.fault, r.text); } };
		const callers = [caller(), caller(), caller(), caller(), lister(), lister()];
		for (let i = 0; i < 6; i++) {
			await change(s => { s.flaky.env.ROUND = String(i); });
			if (i % 2) await b.until('flaky', 'connected');
		}
		await b.until('flaky', 'connected');
		const before = answered;
		await until('answers', () => answered > before + 5);
		going = false;
		await Promise.all(callers);
		assert.ok(b.alive());
		assert.equal(await starts('same'), 1);
		assert.ok(told < answered, `${told} of ${answered} were told that it went away`);
	});
});

test('the end: children are told, calls and streams end, and it exits', async () => {
	const session = await legacy(`${b.d.url}/mcp`, await b.token());
	const headers = { authorization: `Bearer ${await b.token()}`, ...session.headers };
	const stream = open(`${b.d.url}/mcp`, { method: 'GET', headers });
	await stream.head;
	const { pid } = (await captured(f.file('same')))[0];
	assert.ok(memory(pid) > 0);
	const end = await b.d.stop('SIGTERM');
	assert.equal(end.code, 0, b.d.text().slice(-2000));
	assert.ok(stream.ended);
	assert.throws(() => memory(pid));
	await until('goodbye', () => http.requests.some(r => r.method === 'DELETE'));
});
