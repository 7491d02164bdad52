// make bench: what one authenticated tools/call costs, beside nginx's plain
// proxy_pass to the same upstream.  README.md says how to read it.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort, legacy, MODERN, modern, obtain, ostiary, root, run, startDaemon, until, Visitor } from '../tests/e2e/lib.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 4);
const CONNECTIONS = Number(process.env.CONNECTIONS ?? 64);
const STREAMS = 1000;
const build = resolve(root, process.env.BUILD ?? 'build');
const TICKS = Number(execFileSync('getconf', ['CLK_TCK']));

const META = 'io.modelcontextprotocol/';
const BODY = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'echo',
	arguments: { text: 'The quick brown fox jumps over the lazy dog', times: 3, options: { upper: false, tags: ['a', 'b', 'c'] } },
	_meta: { [`${META}protocolVersion`]: MODERN, [`${META}clientCapabilities`]: {}, [`${META}clientInfo`]: { name: 'bench', version: '1.0.0' } } } });

const sleep = ms => new Promise(ok => setTimeout(ok, ms));
const median = xs => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)];
const pin = (cpu, command, args) => ['taskset', ['-c', String(cpu), command, ...args]];

async function cpu(pid) {
	const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
	let ns = 0;
	for (const task of execFileSync('ls', [`/proc/${pid}/task`], { encoding: 'utf8' }).trim().split('\n'))
		ns += Number((await readFile(`/proc/${pid}/task/${task}/schedstat`, 'utf8')).split(' ')[0]);
	return { us: ns / 1000, user: Number(stat[11]) / TICKS, system: Number(stat[12]) / TICKS };
}

async function memory(pid) {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	const kb = name => Number(status.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1]);
	return { rss: kb('VmRSS'), anon: kb('RssAnon') };
}

async function startNginx(home, upstreamPort) {
	const port = await freePort();
	await writeFile(join(home, 'nginx.conf'), `
worker_processes 1;
daemon off;
pid ${home}/nginx.pid;
error_log ${home}/nginx.log;
events { worker_connections 4096; }
http {
	access_log off;
	client_body_temp_path ${home}/body;
	proxy_temp_path ${home}/proxy;
	fastcgi_temp_path ${home}/fastcgi;
	uwsgi_temp_path ${home}/uwsgi;
	scgi_temp_path ${home}/scgi;
	keepalive_requests 100000000;
	upstream up { server 127.0.0.1:${upstreamPort}; keepalive 128; keepalive_requests 100000000; }
	server {
		listen 127.0.0.1:${port};
		location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }
	}
}`);
	const p = run(...pin(0, 'nginx', ['-c', join(home, 'nginx.conf')]));
	await until('nginx', async () => (await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST', body: '{"id":1}' })).ok);
	const worker = Number(execFileSync('pgrep', ['-P', String(p.child.pid)], { encoding: 'utf8' }).trim());
	return { ...p, port, worker };
}

// One run of the load generator; CPU of the process that stands between, and
// its memory while all connections are open and busy.
async function load(url, pid, token) {
	const before = await cpu(pid);
	const wrk = promisify(execFile)(...pin(1, 'wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '-s', join(root, 'bench/call.lua'), url]),
		{ encoding: 'utf8', env: { ...process.env, BODY, TOKEN: token } });
	const sampled = sleep(SECONDS * 500).then(() => memory(pid));
	const text = (await wrk).stdout;
	const after = await cpu(pid);
	const [requests, duration, p50, p99, errors] = text.match(/RESULT (.*)/)[1].split(' ').map(Number);
	if (errors) throw new Error(`${errors} errors from ${url}\n${text}`);
	const split = (after.user - before.user) + (after.system - before.system);
	const us = (after.us - before.us) / requests;
	return { us, user: us * (after.user - before.user) / split, system: us * (after.system - before.system) / split,
		rate: requests / (duration / 1e6), p50, p99, rss: (await sampled).rss };
}

function table(rows) {
	const columns = ['us', 'user', 'system', 'rate', 'p50', 'p99'];
	const heads = ['CPU µs/call', 'user', 'system', 'calls/s', 'p50 µs', 'p99 µs'];
	const wide = 12;
	console.log(''.padEnd(10) + heads.map(h => h.padStart(wide)).join(''));
	const middle = {};
	for (const [name, runs] of Object.entries(rows)) {
		middle[name] = Object.fromEntries(columns.map(c => [c, median(runs.map(r => r[c]))]));
		console.log(name.padEnd(10) + columns.map(c => middle[name][c].toFixed(c === 'rate' || c[0] === 'p' ? 0 : 2).padStart(wide)).join(''));
	}
	const ratio = c => median(rows.ostiary.map((r, i) => r[c] / rows.nginx[i][c]));
	console.log('ratio'.padEnd(10) + columns.map(c => ratio(c).toFixed(2).padStart(wide)).join(''));
	return ratio('us');
}

// From exec to the first connection: on a state folder that is there, or on
// one that has to be made, database and key included.
async function timeToListen(home, fresh) {
	const config = join(home, 'start.json');
	const times = [];
	for (let i = 0; i < (fresh ? 5 : 6); i++) {
		const port = await freePort();
		const state = join(home, fresh ? `start-${i}` : 'start');
		await writeFile(config, JSON.stringify({ listen: `127.0.0.1:${port}`, publicUrl: `http://127.0.0.1:${port}`, mcpServers: {} }));
		const begun = process.hrtime.bigint();
		const child = spawn(ostiary, ['serve', '--config', config], { env: { ...process.env, OSTIARY_HOME: state }, stdio: 'ignore' });
		await new Promise(ok => {
			const dial = () => net.connect(port, '127.0.0.1', function () { this.destroy(); ok(); }).on('error', () => setTimeout(dial, 1));
			dial();
		});
		times.push(Number(process.hrtime.bigint() - begun) / 1e6);
		child.kill();
		await new Promise(ok => child.once('exit', ok));
	}
	return median(fresh ? times : times.slice(1));
}

// In a process that has done nothing before, whose freed memory would hide
// what the streams take.
async function idleStreams(d, token) {
	await d.restart();
	const pid = d.process.child.pid;
	await until('the server', async () => (await legacy(`${d.url}/mcp/fast`, token)).session);
	const s = await legacy(`${d.url}/mcp/fast`, token);
	const file = join(d.home, 'get.txt');
	await writeFile(file, `GET /mcp/fast HTTP/1.1\r\nHost: 127.0.0.1:${d.port}\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${token}\r\nMcp-Session-Id: ${s.session}\r\nMCP-Protocol-Version: 2025-11-25\r\n\r\n`);
	const before = await memory(pid);
	const child = spawn(join(build, 'bench/idle'), [String(d.port), String(STREAMS), file], { stdio: ['pipe', 'pipe', 'inherit'] });
	await new Promise((ok, no) => { child.stdout.once('data', ok); child.once('exit', () => no(new Error('the streams did not open'))); });
	await sleep(1500);
	const after = await memory(pid);
	child.stdin.end();
	return (after.anon - before.anon) * 1024 / STREAMS;
}

const home = await mkdtemp(join(tmpdir(), 'ostiary-bench-'));
const upstreamPort = await freePort();
const upstream = run(...pin(1, join(build, 'bench/upstream'), [String(upstreamPort)]));
let nginx, d;
try {
	const startFresh = await timeToListen(home, true);
	const startAgain = await timeToListen(home, false);
	nginx = await startNginx(home, upstreamPort);
	d = await startDaemon({ settings: { mcpServers: { fast: { url: `http://127.0.0.1:${upstreamPort}/mcp` } }, log: { level: 'warn' }, limits: { calls: 100000, streams: 100000 } }, quiet: true });
	const pid = d.process.child.pid;
	execFileSync('taskset', ['-acp', '0', String(pid)]);
	const idle = await memory(pid);
	const visitor = await new Visitor(d).makeOwner();
	const { access_token } = await obtain(d, visitor, { path: '/mcp/fast' });
	const url = `${d.url}/mcp/fast`;
	const first = await modern(url, access_token, 'tools/call', { name: 'echo', arguments: {} });
	if (!first.message?.result?.content) throw new Error(`the call failed: ${first.status} ${first.text}`);

	const rows = { nginx: [], ostiary: [] };
	for (let i = 0; i < ROUNDS; i++) {
		rows.nginx.push(await load(`http://127.0.0.1:${nginx.port}/mcp`, nginx.worker, access_token));
		rows.ostiary.push(await load(url, pid, access_token));
	}
	const busy = Math.max(...rows.ostiary.map(r => r.rss));
	console.log(`one tools/call, ${CONNECTIONS} connections, ${ROUNDS} × ${SECONDS} s each in turn, medians:\n`);
	const ratio = table(rows);
	const perStream = await idleStreams(d, access_token);
	const line = (what, value, target, ok) => console.log(`${what.padEnd(34)}${value.padStart(12)}   target ${target.padEnd(10)} ${ok ? 'met' : 'MISSED'}`);
	console.log();
	line("CPU per call, of nginx's", ratio.toFixed(2), '≤ 0.90', ratio <= 0.9);
	line('resident memory, idle', `${(idle.rss / 1024).toFixed(1)} MB`, '< 12 MB', idle.rss < 12 * 1024);
	line(`resident memory, ${CONNECTIONS} connections`, `${(busy / 1024).toFixed(1)} MB`, '< 24 MB', busy < 24 * 1024);
	line('start to listening', `${startAgain.toFixed(0)} ms`, '< 50 ms', startAgain < 50);
	line('the same, on an empty state folder', `${startFresh.toFixed(0)} ms`, '< 50 ms', startFresh < 50);
	line('memory of an idle event stream', `${(perStream / 1024).toFixed(2)} KB`, '< 2 KB', perStream < 2048);
} finally {
	await nginx?.stop();
	await d?.close();
	await upstream.stop();
	await rm(home, { recursive: true, force: true });
}
