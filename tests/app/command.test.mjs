// The command line as a user meets it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync }
	from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

import { exe, freePort, freshFolder, run, serve, writeSettings } from
	'./daemon.mjs';

test('help, version and what is unknown', t => {
	const dir = freshFolder(t);
	const help = run(dir, ['--help']);
	assert.equal(help.status, 0);
	const commands = [...help.out.matchAll(/^  ([a-z]+(?: [a-z]+)?) /gm)]
		.map(m => m[1]);
	assert.ok(commands.includes('serve') && commands.length >= 10);
	for (const name of commands) {
		const own = run(dir, [...name.split(' '), '--help']);
		assert.equal(own.status, 0, name);
		assert.match(own.out, /^example: .*ostiary/m, name);
	}
	assert.match(run(dir, ['version']).out, /^ostiary \d/);
	assert.equal(JSON.parse(run(dir, ['version', '--json']).out).name,
		'ostiary');
	const wrong = run(dir, ['serv']);
	assert.equal(wrong.status, 2);
	assert.match(wrong.err, /did you mean "serve"/);
	assert.match(run(dir, ['foo']).err, /no command "foo"; see ostiary/);
	const alone = run(dir, ['user']);
	assert.equal(alone.status, 2);
	assert.match(alone.err, /"user" needs another word\nusage:\n/);
	assert.match(run(dir, ['user', 'ad', 'x']).err,
		/there is no command "user ad"\nusage:\n/);
	const family = run(dir, ['user', '--help']);
	assert.equal(family.status, 0);
	assert.match(family.out, /ostiary user passwd NAME\n/);
	const more = run(dir, ['serve', 'x']);
	assert.equal(more.status, 2);
	assert.match(more.err, /"x" is a word too many; expected: ostiary serve/);
	assert.equal(run(dir, ['demo', '--json']).status, 2);
});

test('check says where settings are wrong', t => {
	const dir = freshFolder(t);
	const fine = run(dir, ['check', '--json']);
	assert.equal(fine.status, 0);
	assert.deepEqual(JSON.parse(fine.out).servers.map(s => s.name),
		['demo']);
	writeSettings(dir, '{\n  "listen": 3000\n}');
	const wrong = run(dir, ['check']);
	assert.equal(wrong.status, 2);
	assert.match(wrong.err,
		/mcp_settings\.json:2:13: listen: expected host:port, got 3000/);
	assert.equal(run(dir, ['serve']).status, 2);
	writeSettings(dir, '{ "lisen": 1,\n  "listen": 3000,\n  "store": 5 }');
	for (const args of [['check'], ['serve', '--log-level', 'loud']]) {
		const several = run(dir, args);
		assert.equal(several.status, 2);
		const said = several.err.split('\n').map(line =>
			line.replace(/: expected.*/, ''));
		assert.deepEqual(said, [
			'ostiary: mcp_settings.json:2:13: listen',
			'ostiary: mcp_settings.json:3:12: store',
			...args.length > 1 ? ['ostiary: --log-level'] : [],
			'note: mcp_settings.json:1:3: lisen: is not known; ' +
				'did you mean "listen"?', '']);
	}
	const listed = JSON.parse(run(dir, ['check', '--json']).out);
	assert.equal(listed.ok, false);
	assert.equal(listed.errors.length, 2);
	assert.equal(listed.error, listed.errors[0]);
	assert.equal(listed.notes.length, 1);
	writeSettings(dir, { mcpServers: {
		a: { url: '${NO_SUCH}' }, b: { command: 'true' } } });
	const trouble = run(dir, ['check', '--json']);
	assert.equal(trouble.status, 1);
	assert.match(JSON.parse(trouble.out).servers[0].trouble,
		/mcpServers\.a\.url: the variable NO_SUCH/);
	assert.equal(run(dir, ['check'], { env: { NO_SUCH: 'http://x/' } })
		.status, 0);
	assert.deepEqual(JSON.parse(trouble.out).notes.filter(n =>
		/in PATH/.test(n)), [], 'a program that is there');
	writeSettings(dir, { mcpServers: {
		a: { command: 'no-such-program' }, b: { command: 'true' } } });
	const nowhere = run(dir, ['check']);
	assert.equal(nowhere.status, 0, 'a note, not a failure');
	assert.match(nowhere.out,
		/^  no program  stdio  a\n  ok          stdio  b$/m);
	assert.match(nowhere.out,
		/mcpServers\.a\.command: there is no program "no-such-program"/);
	writeSettings(dir, { mcpServers: { a: { command: 'true -x' } } });
	assert.match(run(dir, ['check']).out, /"true -x" in PATH; .* in args/);
	writeSettings(dir, { tls: { cert: '/no/cert.pem', key: '/no/key.pem' } });
	const bare = run(dir, ['check']);
	assert.equal(bare.status, 1);
	assert.match(bare.err, /certificate \/no\/cert\.pem: No such file/);
	const schema = JSON.parse(run(dir, ['check', '--schema']).out);
	assert.equal(schema.properties.listen.type, 'string');
});

test('settings are found in their order', t => {
	const dir = freshFolder(t);
	const found = () => JSON.parse(run(dir, ['check', '--json'],
		{ env: { XDG_CONFIG_HOME: join(dir, 'cfg') } }).out);
	mkdirSync(join(dir, 'cfg/ostiary'), { recursive: true });
	writeFileSync(join(dir, 'cfg/ostiary/mcp_settings.json'),
		'{"listen":"127.0.0.1:1"}');
	assert.equal(found().listen, '127.0.0.1:1');
	writeSettings(dir, { listen: '127.0.0.1:2' });
	assert.equal(found().listen, '127.0.0.1:2');
	writeFileSync(join(dir, 'other.json'), '{"listen":"127.0.0.1:3"}');
	const given = run(dir, ['check', '--json', '--config', 'other.json']);
	assert.equal(JSON.parse(given.out).listen, '127.0.0.1:3');
	const none = run(dir, ['check', '--config', 'none.json']);
	assert.equal(none.status, 2);
	assert.match(none.err, /the settings file none\.json: No such file/);
	const folder = run(dir, ['check', '--config', 'cfg']);
	assert.equal(folder.status, 2);
	assert.match(folder.err, /the settings file cfg: is a folder/);
	writeFileSync(join(dir, 'large.json'), ' '.repeat(2 ** 20 + 1));
	assert.match(run(dir, ['check', '--config', 'large.json']).err,
		/large\.json: is too large; 1 MB is the most/);
});

test('a store that is not there', t => {
	const dir = freshFolder(t);
	writeSettings(dir, { store: 'sqlite:/no/such/folder/x.db' });
	const list = run(dir, ['user', 'list']);
	assert.equal(list.status, 1);
	assert.match(list.err, new RegExp('^ostiary: there is no x\\.db in ' +
		'/no/such/folder; is "store" right\\?\n.*Mend what'));
	const add = ['user', 'add', 'ada', '--password-stdin'];
	const input = 'a good password\n';
	assert.match(run(dir, add, { input }).err,
		/^ostiary: \/no\/such\/folder\/x\.db: No such file.*\n.*Mend what/);

	rmSync(join(dir, 'mcp_settings.json'));
	const home = join(dir, 'new');
	for (const words of [['user', 'list'], ['user', 'remove', 'ada'],
		['client', 'list'], ['grant', 'revoke', 'x']]) {
		const lost = run(dir, [...words, '--home', home]);
		assert.equal(lost.status, 1);
		assert.ok(lost.err.startsWith(`ostiary: there is no ostiary.db in ${
			home}; is --home right?\n`), lost.err);
	}
	assert.throws(() => statSync(home), { code: 'ENOENT' });
	const told = `(a new database: ${home}/ostiary.db)\n`;
	const made = run(dir, [...add, '--home', home], { input });
	assert.equal(made.err, told + 'ada can log in now.\n');
	add[2] = 'bob';
	assert.equal(run(dir, [...add, '--home', home], { input }).err,
		'bob can log in now.\n');
	assert.equal(run(dir, ['user', 'list', '--home', home]).status, 0);
});

test('broken settings keep nobody from the store', t => {
	const dir = freshFolder(t);
	const file = join(dir, 'elsewhere.db');
	const list = () => run(dir, ['user', 'list', '--json']);
	const broken = { mcpServers: { good: { command: 5 } }, listen: 1 };
	const note = 'note: the settings are broken; "ostiary check" says where\n';
	writeSettings(dir, { store: `sqlite:${file}`, ...broken });
	const add = run(dir, ['user', 'add', 'ada', '--password-stdin'],
		{ input: 'a good password\n' });
	assert.equal(add.status, 0);
	assert.ok(add.err.startsWith(note), add.err);
	assert.ok(statSync(file).isFile());
	assert.deepEqual(list().status, 0);
	assert.equal(JSON.parse(list().out)[0].name, 'ada');
	assert.equal(list().err, note);
	assert.match(run(dir, ['grant', 'revoke', 'x']).err, /no grant x/);
	writeSettings(dir, { store: 'ftp:', ...broken });
	assert.equal(list().status, 2);
	assert.match(list().err, /^ostiary: \S+: store: expected "sqlite:"/);
	writeSettings(dir, '{ "store": "sqlite:", ');
	assert.equal(list().status, 2);
	assert.match(list().err, /^ostiary: mcp_settings\.json:1:/);
});

test('people: add, list, passwd, remove', t => {
	const dir = freshFolder(t);
	const input = 'a good password\n';
	const names = () => JSON.parse(run(dir, ['user', 'list', '--json']).out)
		.map(p => [p.name, p.role]);
	const add = (name, ...more) =>
		run(dir, ['user', 'add', name, '--password-stdin', ...more],
			{ input }).status;
	assert.equal(add('ada', '--owner'), 0);
	assert.equal(add('bob'), 0);
	assert.equal(add('ada'), 1);
	assert.equal(add('a b'), 2);
	assert.equal(run(dir, ['user', 'add', 'x', '--password-stdin'],
		{ input: 'short\n' }).status, 2);
	assert.deepEqual(names(), [['ada', 'owner'], ['bob', 'person']]);
	assert.equal(run(dir, ['user', 'passwd', 'bob', '--password-stdin'],
		{ input }).status, 0);
	assert.equal(run(dir, ['user', 'passwd', 'eve', '--password-stdin'],
		{ input }).status, 1);
	assert.equal(run(dir, ['user', 'remove', 'bob']).status, 0);
	assert.equal(run(dir, ['user', 'remove', 'bob']).status, 1);
	assert.deepEqual(names(), [['ada', 'owner']]);
	for (const list of ['client', 'grant'])
		assert.deepEqual(JSON.parse(
			run(dir, [list, 'list', '--json']).out), []);
	assert.equal(run(dir, ['client', 'list']).out, 'none\n');
	for (const command of [['client', 'show'], ['grant', 'revoke']]) {
		const nothing = run(dir, [...command, 'x']);
		assert.equal(nothing.status, 1);
		assert.match(nothing.err, new RegExp('^ostiary: there is no ' +
			'\\w+ x\n.* Look it up with ostiary user list'));
	}
	assert.doesNotMatch(run(dir, ['user', 'list']).out, / $/m);
	assert.equal(statSync(join(dir, 'state')).mode & 0o777, 0o700);
	assert.equal(statSync(join(dir, 'state/ostiary.db')).mode & 0o777,
		0o600);
});

test('serve: a setup link while there is no owner', async t => {
	const dir = freshFolder(t);
	const d = await serve(t, dir);
	const [, link] = await d.said(/(http:\S+\/setup\S+)/);
	assert.equal((await fetch(link)).status, 200);
	assert.equal((await fetch(`${d.url}/health`)).status, 200);
	await d.said(/server state="connected" server="demo"/);
	assert.equal(statSync(join(dir, 'state/master.key')).mode & 0o777,
		0o600);
	d.child.kill('SIGTERM');
	assert.deepEqual(await d.ended, { code: 0, signal: null });
	assert.doesNotMatch(d.text, /ERROR: (Address|Leak)Sanitizer/);
	assert.doesNotMatch(d.text, /migrated/, 'a new database is no old one');

	run(dir, ['user', 'add', 'ada', '--owner', '--password-stdin'],
		{ input: 'a good password\n' });
	const again = await serve(t, dir);
	await again.said(/Ostiary is listening/);
	await again.said(/connected/);
	assert.doesNotMatch(again.text, /setup/);
});

test('serve: a key and a database that do not fit', async t => {
	const dir = freshFolder(t);
	const key = join(dir, 'state/master.key');
	const first = await serve(t, dir);
	await first.said(/listening/);
	first.child.kill('SIGTERM');
	await first.ended;
	const database = readFileSync(join(dir, 'state/ostiary.db'));
	const bytes = readFileSync(key);
	const refused = () => {
		const r = run(dir, ['serve', '--listen', '127.0.0.1:0',
			'--public-url', 'http://127.0.0.1:9']);
		assert.equal(r.status, 1);
		assert.deepEqual(readFileSync(join(dir, 'state/ostiary.db')),
			database);
		return r.err;
	};
	writeFileSync(key, bytes.map(b => b ^ 1));
	assert.match(refused(), new RegExp('state/master\\.key does not fit ' +
		'.*state/ostiary\\.db.*\n.*Put back'));
	rmSync(key);
	assert.match(refused(), /master\.key is missing, and .*ostiary\.db/);
	assert.deepEqual(readdirSync(join(dir, 'state')), ['ostiary.db']);
	writeFileSync(key, bytes, { mode: 0o600 });
	const again = await serve(t, dir);
	await again.said(/listening/);
});

test('serve: one daemon for a state folder', async t => {
	const dir = freshFolder(t);
	const first = await serve(t, dir);
	await first.said(/listening/);
	const listen = ['--listen', `127.0.0.1:${await freePort()}`];
	const second = run(dir, ['serve', ...listen]);
	assert.equal(second.status, 1);
	assert.match(second.err, new RegExp(
		'another Ostiary serves from .*/state\n.*Stop the other'));
	assert.equal(run(dir, ['client', 'list']).status, 0, 'commands may');
	first.child.kill('SIGKILL');
	await first.ended;
	const again = await serve(t, dir);
	await again.said(/listening/);
});

test('serve: the log holds no setup token', async t => {
	const dir = freshFolder(t);
	const d = await serve(t, dir, ['--log-format', 'json',
		'--log-level', 'debug']);
	let log = '';
	d.child.stderr.on('data', chunk => { log += chunk; });
	const [, token] = await d.said(/token=(\S+)/);
	await d.said(/"connected"/);
	assert.ok(!log.includes(token));
	for (const line of log.trim().split('\n'))
		JSON.parse(line);
});

test('serve: reload by file and by signal, broken settings kept', async t => {
	const dir = freshFolder(t);
	const demo = { command: exe, args: ['demo'] };
	writeSettings(dir, { mcpServers: { one: demo } });
	const d = await serve(t, dir);
	await d.said(/connected" server="one"/);
	writeSettings(dir, { mcpServers: { one: demo, two: demo } });
	await d.said(/connected" server="two"/);
	assert.equal(d.text.match(/connected" server="one"/g).length, 1,
		'an entry that did not change keeps running');
	writeSettings(dir, '{ "mcpServers": ');
	await d.said(/settings are broken.*mcp_settings\.json:1:/);
	writeSettings(dir, '{ "mcpServers": 1,\n "listen": 2 }');
	await d.said(/settings are broken.*mcp_settings\.json:1:17/);
	await d.said(/broken in the settings, too.*mcp_settings\.json:2:12/);
	assert.equal((await fetch(`${d.url}/mcp/two`,
		{ method: 'POST' })).status, 401);
	writeSettings(dir, { listen: '127.0.0.1:1',
		mcpServers: { three: demo } });
	d.child.kill('SIGHUP');
	await d.said(/connected" server="three"/);
	assert.equal((await fetch(`${d.url}/mcp/two`,
		{ method: 'POST' })).status, 404);
	assert.equal((await fetch(`${d.url}/mcp/three`,
		{ method: 'POST' })).status, 401);
});

test('serve: limits change with the settings', async t => {
	const dir = freshFolder(t);
	writeSettings(dir, { mcpServers: {}, limits: { head: '10m' } });
	const d = await serve(t, dir);
	await d.said(/listening/);
	writeSettings(dir, { mcpServers: {}, limits: { head: '100ms' } });
	d.child.kill('SIGHUP');
	await d.said(/settings loaded/);
	const half = connect(d.port, '127.0.0.1');
	t.after(() => half.destroy());
	half.write('GET / HTTP/1.1\r\nHo');
	const [answer] = await once(half, 'data');
	assert.match(String(answer), /^HTTP\/1\.1 408 /);
});

test('serve: a reload that is asked for while another one runs', async t => {
	const dir = freshFolder(t);
	const script = join(dir, 'word.sh');
	writeFileSync(join(dir, 'word'), 'early');
	writeFileSync(join(dir, 'open'), '');
	writeFileSync(script, '#!/bin/sh\ncat word\necho >> readings\n' +
		'while [ ! -e open ]; do sleep 0.02; done\n', { mode: 0o755 });
	writeSettings(dir, { mcpServers: { one: { command: exe,
		args: ['demo'], description: '${cmd:./word.sh}' } } });
	const d = await serve(t, dir, ['--allow-cmd']);
	await d.said(/connected" server="one"/);
	const readings = () => readFileSync(join(dir, 'readings'), 'utf8').length;
	rmSync(join(dir, 'open'));
	d.child.kill('SIGHUP');
	while (readings() < 2)
		await new Promise(r => setTimeout(r, 10));
	writeFileSync(join(dir, 'word'), 'late');
	d.child.kill('SIGHUP');
	d.child.kill('SIGHUP');
	// Whoever answers this has heard the signals.
	await fetch(`${d.url}/health`);
	writeFileSync(join(dir, 'open'), '');
	await d.said(/settings loaded[^]*settings loaded/);
	assert.equal(readings(), 3, 'twice asked for, once more read');
});

test('serve: a settings file that comes later', async t => {
	const dir = freshFolder(t);
	const d = await serve(t, dir);
	await d.said(/connected" server="demo"/);
	writeSettings(dir, { mcpServers: {
		late: { command: exe, args: ['demo'] } } });
	await d.said(/settings loaded file="mcp_settings.json"/);
	await d.said(/connected" server="late"/);
});

test('serve: a port in use, a folder that others may write', async t => {
	const dir = freshFolder(t);
	const taken = createServer();
	await new Promise(r => taken.listen(0, '127.0.0.1', r));
	t.after(() => taken.close());
	const { port } = taken.address();
	const busy = run(dir, ['serve', '--listen', `127.0.0.1:${port}`,
		'--log-level', 'debug']);
	assert.equal(busy.status, 1);
	assert.match(busy.err, new RegExp(`127\\.0\\.0\\.1:${port}.*in use`));
	assert.doesNotMatch(busy.err, /server state=/, 'no program was started');

	mkdirSync(join(dir, 'open'), { mode: 0o777 });
	const chmod = await import('node:fs');
	chmod.chmodSync(join(dir, 'open'), 0o777);
	const open = run(dir, ['serve', '--home', join(dir, 'open'),
		'--listen', `127.0.0.1:${await freePort()}`]);
	assert.equal(open.status, 1);
	assert.match(open.err, /can be written by others/);
});

test('serve: a stubborn child is killed, a second signal ends at once',
	async t => {
	const dir = freshFolder(t);
	const script = join(dir, 'stubborn.sh');
	writeFileSync(script, '#!/bin/sh\ntrap "" TERM\necho $$ > pid\n' +
		'while :; do sleep 1; done\n', { mode: 0o755 });
	writeSettings(dir, { mcpServers: { s: { command: script, cwd: dir } } });
	const alive = pid => {
		try {
			process.kill(pid, 0);
			return true;
		} catch {
			return false;
		}
	};
	const { readFileSync } = await import('node:fs');
	const start = async () => {
		const d = await serve(t, dir);
		await d.said(/listening/);
		let pid;
		while (!pid) {
			await new Promise(r => setTimeout(r, 50));
			try {
				pid = Number(readFileSync(join(dir, 'pid')));
			} catch { }
		}
		return [d, pid];
	};
	const [d, pid] = await start();
	assert.ok(alive(pid));
	d.child.kill('SIGTERM');
	assert.deepEqual(await d.ended, { code: 0, signal: null });
	assert.ok(!alive(pid));

	const [e, other] = await start();
	e.child.kill('SIGTERM');
	await e.said(/stopping/);
	const before = Date.now();
	e.child.kill('SIGINT');
	assert.equal((await e.ended).code, 1);
	assert.ok(Date.now() - before < 1500);
	if (alive(other))
		process.kill(other, 'SIGKILL');
});

test('serve: listening comes within 50 ms', async t => {
	const dir = freshFolder(t);
	const program = process.env.OSTIARY;
	const first = await serve(t, dir, [], { program });
	await first.said(/listening/);
	first.child.kill('SIGTERM');
	await first.ended;
	const times = [];
	for (let i = 0; i < 5; i++) {
		const before = performance.now();
		const d = await serve(t, dir, [], { program });
		await d.said(/listening/);
		times.push(performance.now() - before);
		d.child.kill('SIGTERM');
		await d.ended;
	}
	assert.ok(Math.min(...times) < 50, `${times}`);
});
