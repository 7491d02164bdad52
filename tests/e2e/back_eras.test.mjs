// Any revision to any revision: each legacy client and the modern one with
// servers of either era, on stdio and over HTTP, ours and others'.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort, here, legacy, modules, MODERN, modern, obtain, ostiary, request, run, until, Visitor } from './lib.mjs';
import { captured, child, folder, modernAsk, open, startBack, text } from './support/back.mjs';
import { fakeHttp, send, stream } from './support/fake-http.mjs';

const META = 'io.modelcontextprotocol/';
const CLIENTS = ['2025-03-26', '2025-06-18', '2025-11-25', MODERN];
const everything = join(modules, '@modelcontextprotocol/server-everything/dist/index.js');
const BOB = { username: 'bob', password: 'a horse of a different colour' };
const http = {};
let b, f, programs, bob;

// What is asked of each server, and what the answer holds.
const real = {
	tool: ['echo', { message: 'through both doors' }, /through both doors/], prompt: ['args-prompt', { city: 'Bern' }, /Bern/],
	resource: ['demo://resource/static/document/features.md', /Everything/i], template: ['demo://resource/dynamic/text/7', /7/],
	templates: /demo:\/\/resource\/dynamic\/text\//, completion: [{ type: 'ref/prompt', name: 'completable-prompt' }, { name: 'department', value: 'E' }, /Engineering/],
	progress: ['trigger-long-running-operation', { duration: 0.1, steps: 2 }, 2], revision: '2025-11-25',
};
const fixture = {
	tool: ['test_simple_text', {}, /simple text response/], prompt: ['test_prompt_with_arguments', { arg1: 'x', arg2: 'y' }, /arg1='x', arg2='y'/],
	resource: ['test://static-text', /static text resource/], template: ['test://template/42/data', /"id":"42"/], templates: /test:\/\/template\/\{id\}\/data/,
	completion: [{ type: 'ref/prompt', name: 'test_prompt_with_arguments' }, { name: 'arg1', value: 'pa' }, /paris/], progress: ['test_tool_with_progress', {}, 3],
};
const ours = {
	tool: ['echo', { text: 'hello' }, /^echo: hello$/], prompt: ['hello', { who: 'Ada' }, /^Hello, Ada$/], resource: ['fake://note', /contents of fake:\/\/note/],
	template: ['fake://note/9', /contents of fake:\/\/note\/9/], templates: /fake:\/\/note\/\{id\}/, completion: [{ type: 'ref/prompt', name: 'hello' }, { name: 'who', value: 'A' }, /A-1/],
	progress: ['steps', { n: 4 }, 4],
};
const servers = {
	everything: real, everything_http: real,
	fixture_modern: { ...fixture, revision: MODERN }, fixture_legacy: { ...fixture, revision: '2025-11-25' },
	legacy_stdio: { ...ours, revision: '2025-11-25' }, modern_stdio: { ...ours, revision: MODERN },
	legacy_http: { ...ours, revision: '2025-11-25' }, modern_http: { ...ours, revision: MODERN }, old_http: { ...ours, revision: '2025-03-26' },
};
const FAKES = ['legacy_stdio', 'modern_stdio', 'legacy_http', 'modern_http'];

before(async () => {
	f = await folder();
	const [one, two] = [await freePort(), await freePort()];
	programs = [run('node', [join(here, 'support/fixture.mjs')], { env: { PORT: String(one) } }), run('node', [everything, 'streamableHttp'], { env: { PORT: String(two) } })];
	http.legacy_http = await fakeHttp({ era: 'legacy' });
	http.modern_http = await fakeHttp({ era: 'modern' });
	http.old_http = await fakeHttp({ revision: '2025-03-26' });
	http.all_http = await fakeHttp({ era: 'legacy' });
	await until('the fixture', () => programs[0].out.includes('fixture on'));
	await until('server-everything', async () => (await fetch(`http://127.0.0.1:${two}/mcp`, { method: 'POST' })).status > 0);
	b = await startBack({ limits: { calls: 250 }, mcpServers: {
		everything: { command: 'node', args: [everything, 'stdio'] },
		everything_http: { url: `http://127.0.0.1:${two}/mcp` },
		fixture_modern: { url: `http://localhost:${one}/mcp`, protocol: MODERN },
		fixture_legacy: { url: `http://localhost:${one}/mcp`, protocol: '2025-11-25' },
		legacy_stdio: child({ capture: f.file('legacy_stdio') }),
		modern_stdio: child({ era: 'modern', capture: f.file('modern_stdio') }),
		legacy_http: { url: http.legacy_http.url }, modern_http: { url: http.modern_http.url },
		old_http: { url: http.old_http.url },
		all_http: { url: http.all_http.url, share: 'all' },
	} });
	for (const [name, s] of Object.entries(servers)) assert.equal((await b.until(name, 'connected')).revision, s.revision, name);
	const added = spawnSync(ostiary, ['user', 'add', BOB.username, '--password-stdin', '--config', b.d.config], { input: `${BOB.password}\n`, env: { ...process.env, OSTIARY_HOME: join(b.d.home, 'state') } });
	assert.equal(added.status, 0, String(added.stderr));
	bob = await new Visitor(b.d).login(BOB);
	bob.token = async path => (bob.tokens ??= {})[path] ??= (await obtain(b.d, bob, { path })).access_token;
});

after(async () => {
	await b?.close();
	for (const s of Object.values(http)) await s.stop();
	for (const p of programs ?? []) await p.stop();
	await f?.remove();
});

// A client of that revision at an endpoint.
async function connect(version, path, bearer) {
	bearer ??= await b.token(path);
	if (version !== MODERN) {
		const s = await legacy(b.d.url + path, bearer, version);
		assert.equal(s.hello.result.protocolVersion, version);
		return s;
	}
	let id = 0;
	return { call: (method, params = {}, meta = {}) => modern(b.d.url + path, bearer, method, params, { id: `m-${++id}`, meta }), close: () => {} };
}

// A raw call whose stream is read as it comes.
async function begin(version, path, method, params, { id = 1, token, bearer, session } = {}) {
	bearer ??= await b.token(path);
	const meta = token === undefined ? {} : { progressToken: token };
	if (version === MODERN) return open(b.d.url + path, modernAsk(bearer, method, params, { id, meta }));
	return open(b.d.url + path, { headers: { authorization: `Bearer ${bearer}`, ...session.headers }, body: { jsonrpc: '2.0', id, method, params: { ...params, ...(token !== undefined && { _meta: meta }) } } });
}

function shape(version, method, r) {
	assert.equal(r.status, 200, r.text);
	const { result } = r.message;
	assert.ok(result, r.text);
	const names = Object.keys(result);
	if (version === MODERN) {
		assert.equal(result.resultType, 'complete');
		const cacheable = /list$|read$/.test(method);
		assert.equal(names.includes('ttlMs') && names.includes('cacheScope'), cacheable, `${method} ${names}`);
		assert.equal(result._meta[`${META}serverInfo`].name, 'ostiary');
	} else {
		for (const n of ['resultType', 'ttlMs', 'cacheScope']) assert.ok(!names.includes(n), `${method} ${names}`);
		assert.ok(!Object.keys(result._meta ?? {}).some(k => k.startsWith(META)));
	}
	return result;
}

for (const version of CLIENTS)
	describe(`client ${version}`, () => {
		for (const [name, s] of Object.entries(servers))
			test(`with ${name}`, async () => {
				const c = await connect(version, `/mcp/${name}`);
				const ask = async (method, params) => shape(version, method, await c.call(method, params));
				const { tools } = await ask('tools/list');
				const t = tools.find(x => x.name === s.tool[0]);
				assert.equal(t.inputSchema.type, 'object');
				if (version === '2025-03-26') for (const x of tools) assert.ok(!('outputSchema' in x) && !('title' in x), x.name);
				assert.match((await ask('tools/call', { name: s.tool[0], arguments: s.tool[1] })).content[0].text, s.tool[2]);
				assert.ok((await ask('prompts/list')).prompts.some(p => p.name === s.prompt[0]));
				const prompt = await ask('prompts/get', { name: s.prompt[0], arguments: s.prompt[1] });
				assert.match(prompt.messages[0].content.text, s.prompt[2]);
				assert.ok((await ask('resources/list')).resources.some(x => x.uri === s.resource[0]));
				const read = await ask('resources/read', { uri: s.resource[0] });
				assert.equal(read.contents[0].uri, s.resource[0]);
				assert.match(read.contents[0].text, s.resource[1]);
				assert.ok((await ask('resources/templates/list')).resourceTemplates.some(x => s.templates.test(x.uriTemplate)));
				assert.match((await ask('resources/read', { uri: s.template[0] })).contents[0].text, s.template[1]);
				const done = await ask('completion/complete', { ref: s.completion[0], argument: s.completion[1] });
				assert.match(done.completion.values.join(' '), s.completion[2]);
				for (const token of ['a', 7]) {
					const r = version === MODERN ? await c.call('tools/call', { name: s.progress[0], arguments: s.progress[1] }, { progressToken: token })
						: await c.call('tools/call', { name: s.progress[0], arguments: s.progress[1], _meta: { progressToken: token } });
					const told = r.messages.filter(m => m.method === 'notifications/progress');
					assert.equal(told.length, s.progress[2]);
					assert.ok(told.every((m, i) => m.params.progressToken === token && (i === 0 || m.params.progress > told[i - 1].params.progress)), JSON.stringify(told));
					shape(version, 'tools/call', r);
				}
				await c.close();
			});

		test('by way of the hub', async () => {
			const c = await connect(version, '/mcp');
			const ask = async (method, params) => shape(version, method, await c.call(method, params));
			const { tools } = await ask('tools/list');
			const { prompts } = await ask('prompts/list');
			const { resources } = await ask('resources/list');
			for (const [name, s] of Object.entries(servers)) {
				assert.ok(tools.some(t => t.name === `${name}__${s.tool[0]}`));
				assert.match((await ask('tools/call', { name: `${name}__${s.tool[0]}`, arguments: s.tool[1] })).content[0].text, s.tool[2]);
				assert.ok(prompts.some(p => p.name === `${name}__${s.prompt[0]}`));
				assert.match((await ask('prompts/get', { name: `${name}__${s.prompt[0]}`, arguments: s.prompt[1] })).messages[0].content.text, s.prompt[2]);
				const { uri } = resources.find(r => r.uri.endsWith(s.resource[0]) && r.uri.includes(name));
				const read = await ask('resources/read', { uri });
				assert.equal(read.contents[0].uri, uri);
				assert.match(read.contents[0].text, s.resource[1]);
				const ref = { ...s.completion[0], name: `${name}__${s.completion[0].name}` };
				assert.match((await ask('completion/complete', { ref, argument: s.completion[1] })).completion.values.join(' '), s.completion[2]);
			}
			await c.close();
		});

		test('what does not exist', async () => {
			for (const name of FAKES) {
				const c = await connect(version, `/mcp/${name}`);
				assert.equal((await c.call('tools/call', { name: 'no such tool', arguments: {} })).message.error.code, -32602);
				assert.equal((await c.call('resources/read', { uri: 'other://x' })).message.error.code, version === MODERN || name.startsWith('modern') ? -32602 : -32002);
				const wrong = await c.call('tools/call', { name: 'fail', arguments: {} });
				assert.equal(wrong.message.result.isError, true);
				assert.equal((await c.call('tools/call', { name: 'refuse', arguments: {} })).message.error.code, -32602);
				assert.equal((await c.call('no/such-method')).message.error.code, -32601);
				await c.close();
			}
		});

		for (const name of FAKES)
			test(`levels of the log, ${name}`, async () => {
				const c = await connect(version, `/mcp/${name}`);
				const steps = async level => {
					if (version !== MODERN) {
						if (level) assert.deepEqual((await c.call('logging/setLevel', { level })).message.result, {});
						return c.call('tools/call', { name: 'steps', arguments: { n: 2 } });
					}
					return c.call('tools/call', { name: 'steps', arguments: { n: 2 } }, level ? { [`${META}logLevel`]: level } : {});
				};
				const logs = r => r.messages.filter(m => m.method === 'notifications/message').map(m => m.params.data);
				if (version === MODERN) assert.deepEqual(logs(await steps()), []);
				assert.deepEqual(logs(await steps('error')), []);
				assert.deepEqual(logs(await steps('warning')), ['step 1', 'step 2']);
				assert.deepEqual(logs(await steps('debug')), ['fine 1', 'step 1', 'fine 2', 'step 2']);
				assert.deepEqual(logs(await steps('warning')), ['step 1', 'step 2']);
				if (version !== MODERN) assert.equal((await c.call('logging/setLevel', { level: 'loud' })).message.error.code, -32602);
				await c.close();
			});
	});

// ---- what a server hears of us and of the client ----

test('a server hears of us, and of the client only what is its to pass on', async () => {
	const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'x=1', baggage: 'k=v', 'example.com/own': { deep: [1, 1.0, 1e2] } };
	await modern(`${b.d.url}/mcp/modern_http`, await b.token('/mcp/modern_http'), 'tools/call', { name: 'echo', arguments: { text: 'traced' } }, { meta: { ...trace, [`${META}clientCapabilities`]: { sampling: {}, elicitation: {} } } });
	const told = http.modern_http.heard('tools/call').find(r => r.message.params.arguments.text === 'traced').message.params._meta;
	assert.equal(told[`${META}clientInfo`].name, 'ostiary');
	assert.deepEqual(told[`${META}clientCapabilities`], {});
	for (const [k, v] of Object.entries(trace)) assert.deepEqual(told[k], v);
	for (const r of http.modern_http.requests) assert.ok(!['initialize', 'ping', 'logging/setLevel', 'notifications/initialized'].includes(r.message?.method) && r.method === 'POST');
	const session = await connect('2025-11-25', '/mcp/legacy_http');
	await session.call('tools/call', { name: 'echo', arguments: { text: 'traced' }, _meta: trace });
	const also = http.legacy_http.heard('tools/call').find(r => r.message.params.arguments.text === 'traced').message.params._meta;
	assert.deepEqual(also, trace);
	for (const r of http.legacy_http.heard('initialize')) {
		assert.equal(r.message.params.clientInfo.name, 'ostiary');
		assert.deepEqual(r.message.params.capabilities, {});
	}
	await session.close();
});

test('numbers, key order and escapes arrive as they were sent', async () => {
	const args = '{"z":1.0,"a":12345678901234567890,"e":1E+2,"u":"\\u00e9\\/","n":{"b":[],"a":null}}';
	for (const name of ['legacy_http', 'modern_http']) {
		const { headers } = modernAsk(await b.token(`/mcp/${name}`), 'tools/call', { name: 'echo' });
		const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":${args},"_meta":{"${META}protocolVersion":"${MODERN}","${META}clientCapabilities":{}}}}`;
		await request(`${b.d.url}/mcp/${name}`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, body });
		assert.ok(http[name].requests.some(r => r.body.includes(`"arguments":${args}`)), name);
	}
});

test('BR-50: a modern server is told the level that a legacy client asked for, and none before', async () => {
	const level = async (c, text) => {
		await c.call('tools/call', { name: 'echo', arguments: { text } });
		return http.modern_http.heard('tools/call').find(r => r.message.params.arguments.text === text).message.params._meta[`${META}logLevel`];
	};
	const c = await connect('2025-11-25', '/mcp/modern_http');
	assert.equal(await level(c, 'no level yet'), undefined);
	await c.call('logging/setLevel', { level: 'notice' });
	assert.equal(await level(c, 'a level'), 'notice');
	await c.close();
});

describe('BR-51: progress only grows', () => {
	for (const [name, version] of [['legacy_http', MODERN], ['modern_http', '2025-11-25']])
		test(`${name} to ${version}`, async () => {
			const s = http[name], path = `/mcp/${name}`;
			s.extra.push('jumps');
			s.on.jumps = (req, res, m) => {
				const out = stream(res), progressToken = m.params._meta.progressToken;
				for (const progress of [5, 3, 3, 'six', 9, 9, 9.5]) out({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress } });
				out({ jsonrpc: '2.0', id: m.id, result: { ...(name === 'modern_http' && { resultType: 'complete' }), content: [{ type: 'text', text: 'jumped' }] } });
				res.end();
			};
			const session = version === MODERN ? undefined : await connect(version, path);
			const o = await begin(version, path, 'tools/call', { name: 'jumps', arguments: {} }, { token: 't', session });
			await until('the answer', () => o.ended);
			assert.deepEqual(o.events.filter(e => e.method === 'notifications/progress').map(e => e.params.progress), [5, 9, 9.5]);
			assert.equal(o.events.at(-1).result.content[0].text, 'jumped');
			await session?.close();
			s.extra.pop();
			delete s.on.jumps;
		});
});

// ---- a server whose tools changed ----

describe('TR-29: a modern server that finds our fields wrong', () => {
	const zone = z => ({ name: 'zoned', description: 'The tool zoned', inputSchema: { type: 'object', properties: { zone: { type: 'string', ...(z && { 'x-mcp-header': 'Zone' }) } } } });
	const mismatch = (res, m) => send(res, 400, { jsonrpc: '2.0', id: m.id, error: { code: -32020, message: 'Mcp-Param-Zone is missing' } });
	const s = () => http.modern_http;
	const seen = method => s().heard(method).length;
	const mine = () => s().requests.filter(r => r.message?.params?.name === 'zoned');

	before(async () => {
		s().extra.push(zone(false));
		assert.ok((await b.ask('tools/list', {}, { path: '/mcp/modern_http' })).message.result.tools.some(t => t.name === 'zoned'));
		s().extra.splice(-1, 1, zone(true));
		s().on.zoned = (req, res, m) => req.headers['mcp-param-zone'] === m.params.arguments.zone ? 'go on' : mismatch(res, m);
	});
	after(() => { s().extra.pop(); delete s().on.zoned; });

	test('its list is read again, and the call sent once more', async () => {
		const c = await connect('2025-11-25', '/mcp/modern_http');
		const lists = seen('tools/list');
		assert.match(text(await c.call('tools/call', { name: 'zoned', arguments: { zone: 'eu' } })), /^called zoned/);
		assert.equal(seen('tools/list'), lists + 1);
		assert.deepEqual(mine().map(r => r.headers['mcp-param-zone']), [undefined, 'eu']);
		assert.match(text(await c.call('tools/call', { name: 'zoned', arguments: { zone: 'us' } })), /^called zoned/);
		assert.equal(seen('tools/list'), lists + 1);
		await c.close();
	});

	test('a modern client has to send the field itself', async () => {
		const call = headers => modern(`${b.d.url}/mcp/modern_http`, b.tokens.get('/mcp/modern_http'), 'tools/call', { name: 'zoned', arguments: { zone: 'eu' } }, { headers });
		assert.equal((await call({})).message.error.code, -32020);
		assert.equal((await call({ 'mcp-param-zone': 'us' })).message.error.code, -32020);
		assert.match(text(await call({ 'mcp-param-zone': 'eu' })), /^called zoned/);
		const none = await modern(`${b.d.url}/mcp/modern_http`, b.tokens.get('/mcp/modern_http'), 'tools/call', { name: 'zoned', arguments: {} }, { headers: { 'mcp-param-zone': 'eu' } });
		assert.deepEqual([none.status, none.message.error.code], [400, -32020]);
	});

	test('once: what is wrong again is the server\'s fault', async () => {
		s().on.zoned = (req, res, m) => mismatch(res, m);
		const had = mine().length;
		const c = await connect('2025-11-25', '/mcp/modern_http');
		const r = await c.call('tools/call', { name: 'zoned', arguments: { zone: 'eu' } });
		assert.equal(r.message.error.code, -32603);
		assert.equal(r.message.error.data.fault, 'server_answer');
		assert.equal(mine().length, had + 2);
		await c.close();
	});
});

// ---- cancellation ----

const waits = async name => http[name] ? http[name].waiting.length : (await captured(f.file(name))).filter(x => x.heard?.params?.name === 'wait').length;
const cancels = async name => http[name] ? http[name].cancelled.length : (await captured(f.file(name))).filter(x => x.heard?.method === 'notifications/cancelled').length;

describe('cancellation', () => {
	for (const name of FAKES) {
		const path = `/mcp/${name}`;

		test(`a modern client that goes away cancels, ${name}`, async () => {
			const [w, c] = [await waits(name), await cancels(name)];
			const o = await begin(MODERN, path, 'tools/call', { name: 'wait', arguments: {} });
			await until('the call', async () => await waits(name) === w + 1);
			o.drop();
			await until('the cancellation', async () => await cancels(name) === c + 1);
			http[name]?.waiting.splice(0);
		});

		test(`a legacy client's notification cancels, ${name}`, async () => {
			const session = await connect('2025-06-18', path);
			const [w, c] = [await waits(name), await cancels(name)];
			const o = await begin('2025-06-18', path, 'tools/call', { name: 'wait', arguments: {} }, { id: 'the one', session });
			const other = await begin('2025-06-18', path, 'tools/call', { name: 'wait', arguments: {} }, { id: 'another', session });
			await until('the calls', async () => await waits(name) === w + 2);
			assert.equal((await session.note('notifications/cancelled', { requestId: 'nobody' })).status, 202);
			assert.equal((await session.note('notifications/cancelled', { requestId: 'the one', reason: 'enough' })).status, 202);
			await until('the cancellation', async () => await cancels(name) === c + 1);
			await until('the end of its request', () => o.ended);
			assert.ok(!other.ended);
			await session.note('notifications/cancelled', { requestId: 'another' });
			await until('the other', () => other.ended);
			http[name]?.waiting.splice(0);
			await session.close();
		});

		test(`a legacy client that only goes away does not, ${name}`, async () => {
			const session = await connect('2025-11-25', path);
			const [w, c] = [await waits(name), await cancels(name)];
			const o = await begin('2025-11-25', path, 'tools/call', { name: 'wait', arguments: {} }, { id: 5, session });
			await until('the call', async () => await waits(name) === w + 1);
			o.drop();
			assert.equal(text(await session.call('tools/call', { name: 'echo', arguments: { text: 'meanwhile' } })), 'echo: meanwhile');
			assert.equal(await cancels(name), c);
			http[name]?.release();
			assert.equal(text(await session.call('tools/call', { name: 'echo', arguments: { text: 'after' } })), 'echo: after');
			await session.close();
			if (!http[name]) await until('the cancellation by the end of the session', async () => await cancels(name) === c + 1);
		});

		test(`the end of a session cancels what it runs, ${name}`, async () => {
			const session = await connect('2025-11-25', path);
			const [w, c] = [await waits(name), await cancels(name)];
			const o = await begin('2025-11-25', path, 'tools/call', { name: 'wait', arguments: {} }, { session });
			await until('the call', async () => await waits(name) === w + 1);
			await session.close();
			await until('the cancellation', async () => await cancels(name) === c + 1);
			await until('its end', () => o.ended);
			assert.equal((await session.call('ping')).status, 404);
			http[name]?.waiting.splice(0);
		});

		test(`so does the end of the grant, ${name}`, async () => {
			const mine = await obtain(b.d, b.owner, { path });
			const session = await connect('2025-11-25', path, mine.access_token);
			const [w, c] = [await waits(name), await cancels(name)];
			const o = await begin('2025-11-25', path, 'tools/call', { name: 'wait', arguments: {} }, { session, bearer: mine.access_token });
			const p = await begin(MODERN, path, 'tools/call', { name: 'wait', arguments: {} }, { bearer: mine.access_token });
			const stream = open(b.d.url + path, { method: 'GET', headers: { authorization: `Bearer ${mine.access_token}`, ...session.headers } });
			await stream.head;
			await until('the calls', async () => await waits(name) === w + 2);
			const r = await request(`${b.d.url}/oauth/revoke`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `token=${mine.refresh_token}&client_id=${mine.client.client_id}` });
			assert.equal(r.status, 200);
			await until('the cancellations', async () => await cancels(name) === c + 2);
			await until('the ends', () => o.ended && p.ended && stream.ended);
			assert.equal((await session.call('ping')).status, 401);
			http[name]?.waiting.splice(0);
		});
	}
});

// ---- together ----

describe('at once', () => {
	for (const name of FAKES)
		test(`two clients with the same id and token, ${name}`, async () => {
			const path = `/mcp/${name}`;
			const sessions = [await connect('2025-11-25', path), await connect('2025-03-26', path)];
			const params = n => ({ name: 'steps', arguments: { n } });
			const all = await Promise.all([
				begin('2025-11-25', path, 'tools/call', params(3), { id: 1, token: 'a', session: sessions[0] }),
				begin('2025-03-26', path, 'tools/call', params(5), { id: 1, token: 'a', session: sessions[1] }),
				begin(MODERN, path, 'tools/call', params(7), { id: 1, token: 'a' }),
				begin(MODERN, path, 'tools/call', params(9), { id: 1, token: 'a' }),
			]);
			for (const [i, o] of all.entries()) {
				await until('its end', () => o.ended);
				const progress = o.events.filter(e => e.method === 'notifications/progress');
				assert.deepEqual(progress.map(e => [e.params.progressToken, e.params.total]), Array(3 + 2 * i).fill(['a', 3 + 2 * i]));
				assert.equal(o.events.at(-1).id, 1);
				assert.equal(o.events.at(-1).result.content[0].text, 'climbed');
			}
			for (const s of sessions) await s.close();
		});

	test('an id is not used twice while it runs', async () => {
		const session = await connect('2025-11-25', '/mcp/legacy_http');
		const before = http.legacy_http.waiting.length;
		const o = await begin('2025-11-25', '/mcp/legacy_http', 'tools/call', { name: 'wait', arguments: {} }, { id: 9, session });
		await until('the call', () => http.legacy_http.waiting.length === before + 1);
		const r = await session.post({ jsonrpc: '2.0', id: 9, method: 'ping' });
		assert.equal(r.message.error.code, -32600);
		http.legacy_http.release();
		await until('its end', () => o.ended);
		await session.close();
	});

	for (const name of FAKES)
		for (const version of ['2025-11-25', MODERN])
			test(`200 calls, ${version} to ${name}`, async () => {
				const path = `/mcp/${name}`;
				const session = version === MODERN ? undefined : await connect(version, path);
				const bearer = await b.token(path);
				const all = await Promise.all(Array.from({ length: 200 }, (_, i) => {
					const params = { name: 'echo', arguments: { text: `${i}` } };
					return session ? session.post({ jsonrpc: '2.0', id: i + 1000, method: 'tools/call', params }) : modern(b.d.url + path, bearer, 'tools/call', params, { id: i });
				}));
				for (const [i, r] of all.entries()) {
					assert.equal(text(r), `echo: ${i}`);
					assert.equal(r.message.id, session ? i + 1000 : i);
				}
				await session?.close();
			});
});

// ---- what belongs to no call ----

describe('lists that change', () => {
	for (const [name, path] of [['legacy_stdio', '/mcp/legacy_stdio'], ['legacy_http', '/mcp/legacy_http'], ['legacy_http', '/mcp']])
		test(`${name} says so to a client's stream at ${path}`, async () => {
			const session = await connect('2025-11-25', path);
			const headers = { authorization: `Bearer ${await b.token(path)}`, ...session.headers };
			const older = open(b.d.url + path, { method: 'GET', headers });
			await older.head;
			const newer = open(b.d.url + path, { method: 'GET', headers });
			await newer.head;
			assert.match(newer.headers['content-type'], /event-stream/);
			const prefix = path === '/mcp' ? `${name}__` : '';
			const list = async () => {
				const all = [];
				for (let cursor; ;) {
					const { result } = (await session.call('tools/list', { ...(cursor && { cursor }) })).message;
					all.push(...result.tools.map(t => t.name));
					if (!(cursor = result.nextCursor)) return all;
				}
			};
			const had = await list();
			assert.equal(text(await session.call('tools/call', { name: `${prefix}change`, arguments: {} })), 'changed');
			await until('the notification', () => newer.events.some(e => e.method === 'notifications/tools/list_changed'));
			const fresh = (await list()).filter(n => !had.includes(n));
			assert.equal(fresh.length, 1);
			assert.match(fresh[0], new RegExp(`^${prefix}later_`));
			assert.match(text(await session.call('tools/call', { name: fresh[0], arguments: {} })), /^called later_/);
			assert.equal(older.events.length, 0, 'one stream hears it');
			older.drop();
			newer.drop();
			await session.close();
		});

	test('a modern server is asked again when its time is over', async () => {
		const had = (await b.ask('tools/list', {}, { path: '/mcp/modern_http' })).message.result.tools.length;
		http.modern_http.more.push('one_more');
		assert.equal((await b.ask('tools/list', {}, { path: '/mcp/modern_http' })).message.result.tools.length, had + 1);
		http.modern_http.more.pop();
	});
});

// ---- two people ----

describe('lesson_BR14: two people', () => {
	for (const name of ['legacy_http', 'legacy_stdio'])
		for (const version of ['2025-11-25', MODERN])
			test(`each has a session of their own with ${name}, ${version}`, async () => {
				const path = `/mcp/${name}`;
				const hers = await connect(version, path), his = await connect(version, path, await bob.token(path));
				const remember = (c, value) => c.call('tools/call', { name: 'remember', arguments: { value } });
				const recall = async c => text(await c.call('tools/call', { name: 'recall', arguments: {} }));
				await remember(hers, `hers ${version}`);
				assert.notEqual(await recall(his), `hers ${version}`);
				await remember(his, `his ${version}`);
				assert.equal(await recall(hers), `hers ${version}`);
				assert.equal(await recall(his), `his ${version}`);
				const again = await connect(version, path);
				assert.equal(await recall(again), `hers ${version}`);
				for (const c of [hers, his, again]) await c.close();
			});

	test('the log of one never reaches the other', async () => {
		const path = '/mcp/legacy_http';
		const his = await connect('2025-11-25', path, await bob.token(path));
		await his.call('logging/setLevel', { level: 'debug' });
		const stream = open(b.d.url + path, { method: 'GET', headers: { authorization: `Bearer ${await bob.token(path)}`, ...his.headers } });
		await stream.head;
		const hers = await connect('2025-11-25', path);
		await hers.call('logging/setLevel', { level: 'debug' });
		await hers.call('tools/call', { name: 'steps', arguments: { n: 3 } });
		await his.call('tools/call', { name: 'change', arguments: {} });
		await until('his own news', () => stream.events.length > 0);
		assert.ok(stream.events.every(e => e.method !== 'notifications/message'), JSON.stringify(stream.events));
		stream.drop();
		for (const c of [hers, his]) await c.close();
	});

	test('a modern server has one link for both', async () => {
		await b.call('modern_stdio', 'echo', { text: 'hers' });
		const his = await connect(MODERN, '/mcp/modern_stdio', await bob.token('/mcp/modern_stdio'));
		assert.equal(text(await his.call('tools/call', { name: 'echo', arguments: { text: 'his' } })), 'echo: his');
		assert.equal((await captured(f.file('modern_stdio'))).filter(x => x.start).length, 1);
	});

	test('"share": "all" gives one session to everybody', async () => {
		const path = '/mcp/all_http';
		const hers = await connect(MODERN, path), his = await connect(MODERN, path, await bob.token(path));
		await hers.call('tools/call', { name: 'remember', arguments: { value: 'ours' } });
		assert.equal(text(await his.call('tools/call', { name: 'recall', arguments: {} })), 'ours');
		assert.equal(http.all_http.heard('initialize').length, 1);
	});
});

// ---- arrays ----

describe('arrays of messages', () => {
	test('a client of 2025-03-26 gets one array', async () => {
		const c = await connect('2025-03-26', '/mcp/legacy_stdio');
		const call = (id, name, args) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
		const r = await c.post([call(1, 'echo', { text: 'one' }), { jsonrpc: '2.0', method: 'notifications/roots/list_changed' }, call('two', 'echo', { text: 'two' }), { jsonrpc: '2.0', id: 3, method: 'tools/list' }, call(4, 'refuse', {})]);
		const all = r.json;
		assert.equal(all.length, 4);
		const of = id => all.find(m => m.id === id);
		assert.equal(of(1).result.content[0].text, 'echo: one');
		assert.equal(of('two').result.content[0].text, 'echo: two');
		assert.ok(of(3).result.tools.length > 5);
		assert.equal(of(4).error.code, -32602);
		assert.equal((await c.post([{ jsonrpc: '2.0', method: 'notifications/roots/list_changed' }])).status, 202);
		await c.close();
		const newer = await connect('2025-06-18', '/mcp/legacy_stdio');
		assert.equal((await newer.post([call(1, 'echo', {})])).message.error.code, -32600);
		await newer.close();
	});

	test('a client that leaves, or whose grant ends, within one', async () => {
		const path = '/mcp/legacy_http';
		const mine = await obtain(b.d, b.owner, { path });
		const c = await connect('2025-03-26', path, mine.access_token);
		const batch = ids => ids.map(id => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'wait', arguments: {} } }));
		const headers = { authorization: `Bearer ${mine.access_token}`, ...c.headers };
		const before = http.legacy_http.waiting.length;
		const left = open(b.d.url + path, { headers, body: batch([1, 2]) });
		const stays = open(b.d.url + path, { headers, body: batch([3, 4]) });
		await until('the calls', () => http.legacy_http.waiting.length === before + 4);
		left.drop();
		await request(`${b.d.url}/oauth/revoke`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `token=${mine.refresh_token}&client_id=${mine.client.client_id}` });
		await until('the end', () => stays.ended);
		http.legacy_http.release();
		assert.equal(text(await b.call('legacy_http', 'echo', { text: 'alive' })), 'echo: alive');
	});

	test('a server of 2025-03-26 may answer with one', async () => {
		const s = http.old_http;
		s.on.echo = (req, res, m) => send(res, 200, ['in an array', 'once more'].map(text => ({ jsonrpc: '2.0', id: m.id, result: { content: [{ type: 'text', text }] } })));
		const c = await connect('2025-11-25', '/mcp/old_http');
		const r = await c.call('tools/call', { name: 'echo', arguments: {} });
		assert.equal(text(r), 'in an array', r.text);
		delete s.on.echo;
		await c.close();
	});
});
