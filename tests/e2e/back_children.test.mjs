// A child that writes garbage, floods, hangs or dies is its own problem: the
// caller hears of it, the dashboard says it, another server goes on answering.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { until } from './lib.mjs';
import { bound, captured, child, folder, modernAsk, open, refused, startBack, steady, text } from './support/back.mjs';

const SHORT = { timeout: '1s' };
let b, f, others;

before(async () => {
	f = await folder();
	b = await startBack({ mcpServers: {
		good: child(),
		odd: child(),
		mum: child({ capture: f.file('mum') }, SHORT),
		dying: child({ capture: f.file('dying') }),
		crashing: child(),
		bursting: child(),
		deaf: child({ capture: f.file('deaf') }),
		telling: child(),
		reporting: child({ capture: f.file('reporting') }),
		babbling: child(),
		mumbling: child(),
		// at its start
		missing: { command: '/nowhere/no-such-program' },
		gone: child({ start: 'die' }),
		gone_modern: child({ start: 'die', capture: f.file('gone_modern') }, { protocol: '2026-07-28' }),
		silent: child({ on: { initialize: 'hang', 'server/discover': 'hang' }, capture: f.file('silent') }, SHORT),
		noisy: child({ start: 'garbage_forever' }),
		chatty: child({ start: 'garbage' }),
		one_line: child({ start: 'endless_line' }),
		shy: child({ on: { 'server/discover': 'die' }, capture: f.file('shy') }),
		hushed: child({ on: { 'server/discover': 'hang' } }),
		fussy: child({ on: { 'server/discover': 'not_today' } }),
		mute: child({ start: 'close_stdout', stay: true, on: { initialize: 'hang', 'server/discover': 'hang' } }),
		// at initialize
		refusing: child({ on: { initialize: 'not_today' } }),
		ancient: child({ on: { initialize: 'no_version' } }),
		wrong: child({ on: { initialize: 'wrong_id' } }, SHORT),
		twin: child({ on: { initialize: 'twin_keys' } }, SHORT),
		arrays: child({ on: { initialize: 'array' } }, SHORT),
		// at its lists
		dies_listing: child({ on: { 'tools/list': 'die' } }),
		hangs_listing: child({ on: { 'tools/list': 'hang' } }, SHORT),
		no_list: child({ on: { 'tools/list': 'no_list' } }),
		endless_pages: child({ on: { 'tools/list': 'endless_pages' } }),
		// all the time
		changing: child({ start: 'endless_changes' }),
		asking: child({ start: 'endless_asking' }),
		chattering: child({ start: 'endless_notes' }),
		grumbling: child({ start: 'endless_stderr' }),
	} });
	await b.until('good', 'connected');
	others = steady(b);
});

after(async () => {
	await b?.close();
	await f?.remove();
});

describe('at its start', () => {
	const states = {
		missing: ['waiting', /No such file.*next try in \d+ s/],
		gone: ['waiting', /exited with status 3.*next try in \d+ s/],
		gone_modern: ['waiting', /exited with status 3.*next try in \d+ s/],
		silent: ['waiting', /no answer within \d+ ms.*next try in \d+ s/],
		noisy: ['waiting', /wrote 100 lines to stdout that are no messages/],
		one_line: ['waiting', /wrote a line of more than 4 MB/],
		mute: ['waiting', /closed its output, and was stopped/],
		refusing: ['waiting', /initialize answered .*not today/],
		ancient: ['waiting', /protocolVersion/],
		wrong: ['waiting', /no answer within/],
		twin: ['waiting', /no answer within/],
		arrays: ['waiting', /no answer within/],
		chatty: ['connected', /^$/],
		shy: ['connected', /^$/],
		hushed: ['connected', /^$/],
		fussy: ['connected', /^$/],
		changing: ['connected', /^$/],
		asking: ['connected', /^$/],
		chattering: ['connected', /^$/],
		grumbling: ['connected', /^it floods its stderr, which is read slowly$/],
	};
	for (const [name, [state, detail]] of Object.entries(states))
		test(`${name} is ${state}`, () => b.until(name, state, detail));

	test('who asks for one that never was there hears why', async () => {
		refused(await b.call('missing', 'echo'), 'server_down');
		refused(await b.call('nobody', 'echo'), 'mcp_unknown_name');
	});

	test('those that flood still answer', async () => {
		await Promise.all(['chatty', 'shy', 'changing', 'asking', 'chattering', 'grumbling'].map(async name =>
			assert.equal(text(await b.call(name, 'echo', { text: name })), `echo: ${name}`)));
	});

	test('one that exits at the probe is started once more, then greeted the old way', async () => {
		const heard = await captured(f.file('shy'));
		assert.equal(heard.filter(x => x.start).length, 2);
		assert.deepEqual([...new Set(heard.filter(x => x.heard?.method !== 'tools/call').map(x => x.heard?.method).filter(Boolean))].slice(0, 3),
			['server/discover', 'initialize', 'notifications/initialized']);
	});

	test('one that always exits is started no faster than its back-off says', async () => {
		const starts = (await captured(f.file('gone_modern'))).filter(x => x.start).length;
		assert.ok(starts >= 2 && starts <= 14, `${starts} starts`);
	});

	test('an initialize is never cancelled', async () => {
		const heard = (await captured(f.file('silent'))).map(x => x.heard).filter(Boolean);
		const hello = heard.filter(m => m.method === 'initialize').map(m => m.id);
		assert.ok(hello.length > 0);
		assert.ok(!heard.some(m => m.method === 'notifications/cancelled' && hello.includes(m.params.requestId)));
	});
});

describe('at its lists', () => {
	const details = { hangs_listing: /^tools\/list: no answer within/, no_list: /^tools\/list: /, endless_pages: /^tools\/list: too many pages/ };
	for (const [name, detail] of Object.entries(details))
		test(`${name}: the other lists stand`, async () => {
			await b.until(name, 'connected', detail);
			const { prompts } = (await b.ask('prompts/list')).message.result;
			assert.ok(prompts.some(p => p.name === `${name}__hello`));
		});

	test('one that dies while it is read', () => b.until('dies_listing', 'waiting', /exited with status 3/));
});

describe('within a call', { concurrency: true }, () => {
	const silent = ['hang', 'wrong_id', 'string_id', 'null_id', 'array', 'both', 'neither', 'bad_utf8', 'twin_keys', 'deep', 'pretty', 'null_result', 'odd_error'];

	test('what is no answer to it is none, and the child hears that nobody waits any more', async () => {
		const all = await Promise.all(silent.map(tool => b.call('mum', tool)));
		for (const r of all) refused(r, 'server_timeout');
		assert.equal(text(await b.call('mum', 'echo', { text: 'after' })), 'echo: after');
		const heard = (await captured(f.file('mum'))).map(x => x.heard).filter(Boolean);
		const id = heard.find(m => m.params?.name === 'hang').id;
		assert.ok(heard.some(m => m.method === 'notifications/cancelled' && m.params.requestId === id));
	});

	test('the first of two answers counts', async () => {
		const [one, two, three] = await Promise.all([b.call('odd', 'twice'), b.call('odd', 'echo', { text: 'x' }), b.call('odd', 'twice')]);
		assert.deepEqual([text(one), text(two), text(three)], ['first', 'echo: x', 'first']);
	});

	test('noise between messages is passed over', async () => {
		for (let i = 0; i < 30; i++) assert.equal(text(await b.call('odd', 'garbage')), 'after the noise');
		assert.match((await b.state('odd')).trouble, /^Last error, just now: wrote a line to stdout that is no message/);
	});

	test('its own requests are answered: ping, and nothing else', async () => {
		assert.equal(text(await b.call('odd', 'ask', { method: 'ping' })), '{}');
		for (const method of ['sampling/createMessage', 'elicitation/create', 'roots/list'])
			assert.equal(text(await b.call('odd', 'ask', { method })), '-32601');
	});

	test('a large answer comes whole, one beyond the bound ends the child', async () => {
		assert.equal(text(await b.call('bursting', 'big', { bytes: 3 << 20 })).length, 3 << 20);
		refused(await b.call('bursting', 'too_big'), 'server_lost');
		await b.until('bursting', 'connected');
		refused(await b.call('bursting', 'endless_line'), 'server_lost');
		await b.until('bursting', 'waiting', /wrote a line of more than 4 MB.*next try/);
	});

	test('its death is told to all who wait, and nothing is sent twice', async () => {
		const waiting = [1, 2, 3].map(() => b.call('dying', 'wait'));
		await until('the calls', async () => (await captured(f.file('dying'))).filter(x => x.heard?.params?.name === 'wait').length === 3);
		waiting.push(b.call('dying', 'die'));
		for (const r of await Promise.all(waiting)) refused(r, 'server_lost');
		await b.until('dying', 'connected');
		assert.equal(text(await b.call('dying', 'echo', { text: 'back' })), 'echo: back');
		const heard = (await captured(f.file('dying'))).map(x => x.heard).filter(Boolean);
		assert.equal(heard.filter(m => m.params?.name === 'die').length, 1);
		assert.equal(heard.filter(m => m.params?.name === 'wait').length, 3);
	});

	test('lesson_B19_backoff: deaths in a row wait longer, visibly, and end', async () => {
		for (let deaths = 0; deaths < 2;) {
			const r = await b.call('crashing', 'crash');
			if (r.message.error.data.fault === 'server_lost') deaths++;
			else {
				refused(r, 'server_down');
				const s = await b.state('crashing');
				if (s.state === 'waiting') assert.match(s.detail, /killed by signal 9.*next try in \d+ s/);
				await b.until('crashing', 'connected');
			}
		}
		await b.until('crashing', 'connected');
		assert.equal(text(await b.call('crashing', 'echo', { text: 'alive' })), 'echo: alive');
	});

	test('one that does not read its input is given up', async () => {
		const hang = b.call('deaf', 'deaf');
		await until('its deafness', async () => (await captured(f.file('deaf'))).some(x => x.heard?.params?.name === 'deaf'));
		const large = 'l'.repeat(3 << 20);
		const rest = [1, 2, 3, 4].map(() => b.call('deaf', 'echo', { text: large }));
		// The third of them is one too many; what comes later has a new child.
		refused(await hang, 'server_lost');
		const lost = (await Promise.all(rest)).filter(r => text(r) !== `echo: ${large}`);
		for (const r of lost) refused(r, 'server_lost');
		assert.ok(lost.length >= 3, `${lost.length} were lost`);
		await b.until('deaf', 'connected');
	});
});

describe('floods', { concurrency: true }, () => {
	test('notifications without end: their caller may leave, the rest goes on', async () => {
		const o = open(`${b.d.url}/mcp`, modernAsk(await b.token(), 'tools/call', { name: 'telling__endless_notes' }, { meta: { 'io.modelcontextprotocol/logLevel': 'debug' } }));
		await until('notifications', () => o.events.length > 1000);
		assert.ok(o.events.every(e => e.method === 'notifications/message'));
		o.drop();
		assert.equal(text(await b.call('telling', 'echo', { text: 'still' })), 'echo: still');
	});

	test('a caller who does not read is cut off, and the call cancelled', async () => {
		const { headers, body } = modernAsk(await b.token(), 'tools/call', { name: 'reporting__endless_progress' }, { meta: { progressToken: 'p' } });
		const payload = JSON.stringify(body);
		const s = net.connect(b.d.port, '127.0.0.1');
		s.on('error', () => {});
		s.pause();
		s.write(`POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${b.d.port}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\n`
			+ Object.entries(headers).map(([k, v]) => `${k}: ${v}\r\n`).join('') + `content-length: ${payload.length}\r\n\r\n${payload}`);
		await until('the cancellation', async () => (await captured(f.file('reporting'))).some(x => x.heard?.method === 'notifications/cancelled'));
		s.destroy();
		assert.equal(text(await b.call('reporting', 'echo', { text: 'still' })), 'echo: still');
	});

	test('stderr without end is logged in part', async () => {
		assert.equal(text(await b.call('babbling', 'endless_stderr')), 'still here');
		assert.equal(text(await b.call('mumbling', 'endless_stderr_line')), 'still here');
		assert.equal(text(await b.call('babbling', 'echo', { text: 'on' })), 'echo: on');
		const lines = b.d.text().split('\n').filter(l => l.includes('"server_stderr"') && l.includes('"babbling"')).length;
		assert.ok(lines >= 1 && lines <= 500, `${lines} lines`);
	});

});

test('memory stays bounded, the good server answered all the time', async () => {
	const { n, worst } = await others.stop();
	assert.ok(n > 20, `${n} calls`);
	assert.ok(worst < 9000, `one took ${worst} ms`);
	assert.ok(b.memory() < bound(b), `${b.memory()} MB`);
	assert.ok(b.alive());
});
