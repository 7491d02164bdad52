// Lessons of the back door: what reaches a server, what a child inherits, what
// settings say when they are wrong, and what the log never holds.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { legacy, request, until, Visitor } from './lib.mjs';
import { captured, child, folder, refused, startBack, text } from './support/back.mjs';
import { decode, errorOf } from './support/fake.mjs';
import { fakeHttp, send } from './support/fake-http.mjs';

// Texts that would break out of a field, a path or a query.
const hostile = ['a\r\nX-Evil: 1', 'a\nX-Evil: 1', '/../../etc/passwd', 'a&x=1', 'a?b=c#d', '%0d%0aX-Evil:%201', 'a b', ' padded ', 'ünï', '=?base64?YQ==?=', 'a"b\\c', '\u0000\u0007', 'x'.repeat(200), '${HOME}', '$(id)', ';id', '\u2028'];

// What must never be read anywhere but where it is used.
const secret = {
	header: 'Bearer hdr-5ecret/with\\slash"quote', key: 'x-key-5ecret-4711', env: 'env-5ecret-0815', variable: 'var-5ecret-2342',
	argument: 'arg-5ecret-1234', value: 'call-5ecret-5678', result: 'result-5ecret-9012', file: 'file-5ecret-3456',
};
const servers = {};
let b, f;

before(async () => {
	f = await folder();
	await writeFile(f.file('key'), `${secret.file}\n`);
	for (const era of ['legacy', 'modern']) {
		const s = servers[era] = await fakeHttp({ era, extra: [...hostile, 'tells', 'tells_status'] });
		// A server that puts what it was sent into its errors.
		const echo = req => `you sent ${req.headers.authorization} and ${req.headers['x-api-key']} and ${req.headers['x-file']}`;
		s.on.tells = (req, res, m) => send(res, 200, { jsonrpc: '2.0', id: `${req.headers['x-api-key']}`, result: {} });
		s.on.tells_status = (req, res) => send(res, 500, echo(req), { 'content-type': 'text/plain' });
		s.on['resources/templates/list'] = (req, res, m) => send(res, 200, errorOf(m.id, { code: -32000, message: echo(req) }));
	}
	servers.rude = await fakeHttp({ on: { initialize: (req, res, m) => send(res, 200, errorOf(m.id, { code: -32000, message: `bad key ${req.headers['x-api-key']}` })) } });
	const headers = { Authorization: secret.header, 'X-Api-Key': secret.key, 'X-File': `\${file:${f.file('key')}}` };
	b = await startBack({ mcpServers: {
		good: child(),
		legacy: { url: servers.legacy.url, headers },
		modern: { url: servers.modern.url, headers },
		rude: { url: '${RUDE_URL}', headers },
		by_default: { url: `\${NOWHERE_SET:-${servers.modern.url}}` },
		env: child({ capture: f.file('env') }, { env: { SECRET: secret.env, VARIABLE: '${A_VARIABLE}', TERM: 'of-the-entry' }, args: [new URL('support/fake-stdio.mjs', import.meta.url).pathname, '--api-key', secret.argument, `--token=${secret.argument}`] }),
		dying: child({ start: 'die_telling' }, { env: { SECRET: secret.env } }),
		unset_env: child({}, { env: { KEY: 'a${UNSET_ONE}b' } }),
		unset_url: { url: 'https://${UNSET_TWO}/mcp' },
		unset_header: { url: servers.modern.url, headers: { 'X-Key': '${env:UNSET_THREE}' } },
		unset_arg: { command: 'node', args: ['-e', '${UNSET_FOUR}'] },
		unset_file: { url: servers.modern.url, headers: { 'X-Key': '${file:/nowhere/at-all}' } },
		unset_cmd: { url: servers.modern.url, headers: { 'X-Key': '${cmd:echo hello}' } },
	} }, { env: { RUDE_URL: servers.rude.url, A_VARIABLE: secret.variable, OSTIARY_TOKEN: 'ost-5ecret-1', MY_API_KEY: 'my-5ecret-2', AWS_SECRET_ACCESS_KEY: 'aws-5ecret-3', NODE_OPTIONS: '', TERM: 'dumb', LANG: 'C.UTF-8', TZ: 'UTC' } });
	for (const name of ['good', 'legacy', 'modern', 'env', 'by_default']) await b.until(name, 'connected');
});

after(async () => {
	await b?.close();
	for (const s of Object.values(servers)) await s.stop();
	await f?.remove();
});

describe('lesson_B17_injection', () => {
	// Every request that a server got is of the shape we make.
	function check(s) {
		for (const r of s.requests) {
			assert.equal(r.url, '/mcp');
			assert.ok(['POST', 'GET', 'DELETE'].includes(r.method));
			for (let i = 0; i < r.raw.length; i += 2) {
				assert.match(r.raw[i], /^(Accept|Authorization|Content-Length|Content-Type|Host|X-Api-Key|X-File|Mcp-[A-Za-z-]+)$/i);
				assert.match(r.raw[i + 1], /^[\x20-\x7e]*$/);
			}
		}
		assert.ok(!/\r\nX-Evil/i.test(s.bytes));
		assert.ok(!/(GET|POST|DELETE) (?!\/mcp HTTP\/1\.1\r\n)/.test(s.bytes.replace(/\{.*\}/gs, '')));
	}

	for (const era of ['legacy', 'modern']) {
		test(`${era} server: names, arguments, addresses and completions`, async () => {
			const s = servers[era], before = s.requests.length;
			const session = await legacy(`${b.d.url}/mcp/${era}`, await b.token(`/mcp/${era}`));
			const sent = [];
			for (const x of hostile) {
				const r = await session.call('tools/call', { name: x, arguments: { text: x, [x]: x } });
				assert.equal(text(r), `called ${x} ${JSON.stringify({ text: x, [x]: x })}`);
				assert.equal(text(await session.call('tools/call', { name: 'mirror', arguments: { region: x } })), era === 'modern' ? `${x} ${x}` : `${x} undefined`);
				const read = await session.call('resources/read', { uri: `fake://${x}` });
				assert.equal(read.message.result.contents[0].text, `contents of fake://${x}`);
				const got = await session.call('prompts/get', { name: 'hello', arguments: { who: x } });
				assert.equal(got.message.result.messages[0].content.text, `Hello, ${x}`);
				const done = await session.call('completion/complete', { ref: { type: 'ref/prompt', name: x }, argument: { name: 'who', value: x } });
				assert.deepEqual(done.message.result.completion.values, [`${x}-1`, x]);
				assert.ok((await session.call('prompts/get', { name: x })).message.error);
				sent.push(x);
			}
			check(s);
			const calls = s.requests.slice(before).filter(r => r.message?.method === 'tools/call' && sent.includes(r.message.params.name));
			assert.deepEqual(calls.map(r => r.message.params.name), sent);
			if (era === 'modern')
				for (const r of calls) assert.equal(decode(r.headers['mcp-name']), r.message.params.name);
			await session.close();
		});

		test(`${era} server: by way of the hub, from a modern client`, async () => {
			const listed = [];
			for (let cursor; ;) {
				const { result } = (await b.ask('tools/list', { ...(cursor && { cursor }) })).message;
				listed.push(...result.tools);
				if (!(cursor = result.nextCursor)) break;
			}
			const names = listed.map(t => t.name).filter(n => n.startsWith(`${era}__`));
			assert.equal(new Set(names).size, names.length);
			for (const n of names) assert.match(n, /^[A-Za-z0-9_-]{1,64}$/);
			const before = servers[era].heard('tools/call').length;
			const odd = names.filter(n => /_[0-9a-f]{12}$/.test(n));
			for (const n of odd) assert.match(text(await b.ask('tools/call', { name: n, arguments: {} })), /^called /);
			const called = servers[era].heard('tools/call').slice(before).map(r => r.message.params.name);
			assert.deepEqual([...called].sort(), hostile.filter(x => called.includes(x)).sort());
			assert.ok(called.length >= 14, `${called.length} odd names`);
			check(servers[era]);
		});
	}

	test('a child gets each message as one line', async () => {
		for (const x of hostile) assert.equal(text(await b.call('env', 'echo', { text: x })), `echo: ${x}`);
		const body = `{\n "jsonrpc": "2.0",\r\n "id": 7,\n "method": "tools/call",\n "params": {"name": "env__echo",\n"arguments": {"text": "over\\nlines"},\n "_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28",\n "io.modelcontextprotocol/clientCapabilities": {}}}}`;
		const r = await request(`${b.d.url}/mcp`, { method: 'POST', body, headers: { authorization: `Bearer ${await b.token()}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream',
			'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'env__echo' } });
		assert.equal(r.json.result.content[0].text, 'echo: over\nlines');
	});
});

describe('lesson_B18_environment', () => {
	test('a child has what its entry says, a short fixed list, and nothing else', async () => {
		const { env } = JSON.parse(text(await b.call('env', 'env')));
		const fixed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TERM', 'TMPDIR'];
		for (const name of Object.keys(env)) assert.ok([...fixed, 'FAKE', 'SECRET', 'VARIABLE'].includes(name), name);
		assert.equal(env.PATH, process.env.PATH);
		assert.equal(env.TZ, 'UTC');
		assert.equal(env.TERM, 'of-the-entry');
		assert.equal(env.SECRET, secret.env);
		assert.equal(env.VARIABLE, secret.variable);
		assert.ok(!/5ecret-[123]"/.test(JSON.stringify(env)));
		const other = JSON.parse(text(await b.call('good', 'env'))).env;
		for (const name of Object.keys(other)) assert.ok([...fixed, 'FAKE'].includes(name), name);
		assert.equal(other.LANG, 'C.UTF-8');
	});

	test('and no descriptor of ours', async () => {
		const { pid } = (await captured(f.file('env')))[0];
		const links = await Promise.all((await import('node:fs/promises').then(fs => fs.readdir(`/proc/${pid}/fd`)))
			.map(n => import('node:fs/promises').then(fs => fs.readlink(`/proc/${pid}/fd/${n}`)).catch(() => '')));
		for (const l of links) assert.ok(!/ostiary|\.db|master/.test(l), l);
	});
});

describe('lesson_B20_variables', () => {
	const named = {
		unset_env: [/env\.KEY/, /UNSET_ONE/], unset_url: [/url/, /UNSET_TWO/], unset_header: [/headers\.X-Key/, /UNSET_THREE/],
		unset_arg: [/args/, /UNSET_FOUR/], unset_file: [/headers\.X-Key/, /at-all/], unset_cmd: [/headers\.X-Key/, /--allow-cmd/],
	};
	for (const [name, wanted] of Object.entries(named))
		test(`${name}: the server, the key and the variable are named, and only it stays down`, async () => {
			const s = await b.until(name, 'failed');
			for (const r of wanted) assert.match(s.detail, r);
			const line = b.d.text().split('\n').find(l => l.includes(name) && wanted.every(r => r.test(l)));
			assert.ok(line, `no line of the log names ${name}`);
			refused(await b.call(name, 'echo'), 'server_down');
		});

	test('a url may be a variable, or have a default', async () => {
		await b.until('rude', 'waiting');
		assert.ok(servers.rude.requests.length > 0);
		assert.equal(text(await b.call('by_default', 'echo', { text: 'x' })), 'echo: x');
	});
});

describe('lesson_B21_secrets', () => {
	test('not in a line of the log, a page or a refusal, whatever a server says', async () => {
		await b.call('env', 'print_env');
		for (const name of ['legacy', 'modern']) {
			refused(await b.call(name, 'tells'), 'server_answer');
			refused(await b.call(name, 'tells_status'), 'server_answer');
			await b.call(name, 'echo', { text: secret.value });
			await b.call(name, 'remember', { value: secret.result });
			const s = await b.until(name, 'connected', /resources\/templates\/list/);
			assert.match(s.detail, /hidden/);
		}
		const rude = await b.until('rude', 'waiting', /bad key \[hidden\]/);
		assert.ok(!rude.panel.includes('5ecret'));
		await until('its output in the log', () => /VARIABLE=/.test(b.d.text()));
		const pages = await Promise.all(['/', '/connect', '/health', '/nothing-here'].map(p => b.owner.get(p)));
		const bearer = await b.token();
		const everything = { log: b.d.text(), ...Object.fromEntries(pages.map(p => [p.url, p.text])) };
		for (const [where, s] of Object.entries(everything)) {
			for (const [what, value] of Object.entries(secret)) {
				const plain = value.replace(/^Bearer /, '');
				assert.ok(!s.includes(plain) && !s.includes(JSON.stringify(plain).slice(1, -1)), `${what} in ${where}`);
			}
			assert.ok(!s.includes(bearer), `a token in ${where}`);
			for (const x of servers.legacy.sessions.keys()) assert.ok(!s.includes(x), `a session id in ${where}`);
		}
	});

	test('nor a piece of one where the last words of a child were cut', async () => {
		const s = await b.until('dying', 'waiting', /exited with status 4, saying/);
		const piece = secret.env.slice(0, 6);
		assert.ok(!JSON.stringify(s).includes(piece), s.detail);
		assert.ok(!b.d.text().split('\n').filter(l => l.includes('"dying"')).some(l => l.includes(piece)));
	});

	test('the upstream got what the settings say, and only there', () => {
		for (const name of ['legacy', 'modern']) {
			const ours = servers[name].requests.filter(r => r.headers['x-api-key']);
			assert.ok(ours.length > 0);
			for (const r of ours) {
				assert.equal(r.headers.authorization, secret.header);
				assert.equal(r.headers['x-file'], secret.file);
			}
		}
		assert.ok(!servers.modern.requests.filter(r => !r.headers['x-api-key']).some(r => r.headers.authorization));
	});
});

describe('lesson_B22_names', () => {
	test('3,000 tools with hostile names: all listed, legal, unique, and callable', async () => {
		const extra = Array.from({ length: 3000 }, (_, i) => `${'tool with a long and odd name / '.repeat(1 + (i % 4))}${i} ünï`);
		const s = servers.many = await fakeHttp({ era: 'modern', extra: [...extra, { name: '', inputSchema: { type: 'object' } }, { name: 7 }, 'tool with a long', extra[0]] });
		b.settings.mcpServers.many = { url: s.url };
		await b.d.write(b.settings);
		await b.until('many', 'connected');
		const seen = new Map();
		for (let cursor; ;) {
			const { result } = (await b.ask('tools/list', { ...(cursor && { cursor }) })).message;
			for (const t of result.tools) { assert.ok(!seen.has(t.name), t.name); seen.set(t.name, t); }
			if (!(cursor = result.nextCursor)) break;
		}
		const many = [...seen.keys()].filter(n => n.startsWith('many__'));
		assert.ok(many.length >= 3000 && many.length <= 3020, `${many.length} tools`);
		for (const n of many) assert.match(n, /^[A-Za-z0-9_-]{1,64}$/);
		const picked = many.filter(n => n.startsWith('many__tool')).filter((_, i) => i % 500 === 0);
		for (const n of picked) await b.ask('tools/call', { name: n, arguments: {} });
		const called = s.heard('tools/call').map(r => r.message.params.name);
		assert.equal(new Set(called).size, picked.length);
		for (const n of called) assert.ok(s.extra.includes(n), n);
		assert.equal((await b.ask('tools/list', { cursor: 'made up' })).message.error.code, -32602);
	});
});
