// A scripted MCP server on stdio.  FAKE holds the script as JSON:
//	era, revision, extra   as fake.mjs
//	mute                   tells nobody that a list changed
//	start                  what to do before anything is read
//	on                     { method or tool: what to do instead of an answer }
//	capture                a file for what it hears, one JSON object a line
// What it can do is the table below; a tool of that name does it, too.
import { appendFileSync, closeSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { errorOf, Fake } from './fake.mjs';

const script = JSON.parse(process.env.FAKE ?? '{}');
const fake = new Fake(script);
const note = o => script.capture && appendFileSync(script.capture, `${JSON.stringify({ pid: process.pid, ...o })}\n`);
const raw = bytes => process.stdout.write(bytes);
const line = o => raw(`${JSON.stringify(o)}\n`);
const answer = (m, result) => ({ jsonrpc: '2.0', id: m?.id, result });
const told = s => ({ content: [{ type: 'text', text: s }] });
const message = data => ({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'warning', data } });

// Writes without end, as fast as the reader takes it.
function flood(stream, chunk) {
	for (let i = 0; i < 64; i++)
		if (!stream.write(typeof chunk === 'function' ? chunk() : chunk)) return stream.once('drain', () => flood(stream, chunk));
	setImmediate(flood, stream, chunk);
}

const misdeeds = {
	die: () => process.exit(3),
	crash: () => process.kill(process.pid, 'SIGKILL'),
	hang: () => {},
	garbage: m => { raw('Listening on nothing\n\n{"jsonrpc":"2.0",\nnull\n[]\n"x"\n{}\n'); if (m) line(answer(m, told('after the noise'))); },
	garbage_forever: () => flood(process.stdout, 'no message at all\n'),
	endless_line: () => flood(process.stdout, 'x'.repeat(65536)),
	endless_notes: () => flood(process.stdout, `${JSON.stringify(message('n'.repeat(1000)))}\n`),
	endless_changes: () => flood(process.stdout, '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n'),
	endless_progress: m => { let progress = 0; flood(process.stdout, () => `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: m?.params?._meta?.progressToken ?? 1, progress: ++progress, message: 'p'.repeat(8000) } })}\n`); },
	endless_asking: () => flood(process.stdout, '{"jsonrpc":"2.0","id":7,"method":"ping"}\n'),
	endless_stderr: m => { flood(process.stderr, `${'e'.repeat(2000)}\n`); if (m) line(answer(m, told('still here'))); },
	endless_stderr_line: m => { flood(process.stderr, 'e'.repeat(4096)); if (m) line(answer(m, told('still here'))); },
	wrong_id: m => line(answer({ id: 987654321 }, told('whose?'))),
	string_id: m => line(answer({ id: String(m.id) }, told('a string'))),
	null_id: () => line(answer({ id: null }, told('nobody'))),
	twice: m => { line(answer(m, told('first'))); line(answer(m, told('second'))); },
	array: m => line([answer(m, told('in an array'))]),
	both: m => line({ ...answer(m, told('a result')), error: { code: -1, message: 'and an error' } }),
	neither: m => line({ jsonrpc: '2.0', id: m.id }),
	bad_utf8: m => { raw(`{"jsonrpc":"2.0","id":${m.id},"result":{"content":[{"type":"text","text":"`); raw(Buffer.from([0xc3, 0x28, 0xff])); raw('"}]}}\n'); },
	twin_keys: m => raw(`{"jsonrpc":"2.0","id":${m.id},"result":{"content":[]},"result":{"content":[{"type":"text","text":"second"}]}}\n`),
	deep: m => raw(`{"jsonrpc":"2.0","id":${m.id},"result":${'['.repeat(5000)}${']'.repeat(5000)}}\n`),
	pretty: m => raw(`${JSON.stringify(answer(m, told('pretty')), null, 2)}\n`),
	big: m => line(answer(m, told('b'.repeat(3 << 20)))),
	too_big: m => line(answer(m, told('b'.repeat(5 << 20)))),
	null_result: m => line({ jsonrpc: '2.0', id: m.id, result: null }),
	odd_error: m => line({ jsonrpc: '2.0', id: m.id, error: 'just a text' }),
	close_stdout: () => closeSync(1),
	deaf: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20000),
	die_telling: () => { writeSync(2, `Error: ${'x'.repeat(145)} ${process.env.SECRET}\n`); process.exit(4); },
	not_today: m => line(errorOf(m.id, { code: -32000, message: 'not today' })),
	no_version: m => line(answer(m, { protocolVersion: '1999-01-01', capabilities: {}, serverInfo: { name: 'x', version: '1' } })),
	no_list: m => line(answer(m, { tools: 'none' })),
	endless_pages: m => line(answer(m, { tools: [{ name: `t${m.id}`, inputSchema: { type: 'object' } }], nextCursor: 'again' })),
	env: m => line(answer(m, told(JSON.stringify({ env: process.env, argv: process.argv.slice(2), cwd: process.cwd() })))),
	print_env: m => { for (const [k, v] of Object.entries(process.env)) process.stderr.write(`${k}=${v}\n`); line(answer(m, told('printed'))); },
};

const state = {};
const running = new Map();
const asked = new Map();
let asking = 0;
fake.tell = line;
fake.extra = [...Object.keys(misdeeds), ...fake.extra];

function misdeed(m) {
	const named = m.method === 'tools/call' ? m.params?.name : m.method;
	const own = script.on?.[named] ?? script.on?.[m.method];
	return misdeeds[own ?? (m.method === 'tools/call' ? named : '')];
}

async function hear(m) {
	note({ heard: m });
	if (m.method === 'notifications/cancelled') running.get(m.params?.requestId)?.abort(m.params.reason);
	if (m.method === undefined) { asked.get(m.id)?.(m); asked.delete(m.id); return; }
	if (m.id === undefined) return;
	const act = misdeed(m);
	if (act) { act(m); return; }
	const control = new AbortController();
	running.set(m.id, control);
	try {
		fake.check(m);
		line(answer(m, await fake.answer(m, { fake, state, signal: control.signal, ...fake.voices(m, state, line), notify: x => fake.mute || line(x),
			ask: (method, params) => new Promise(ok => { const id = `ask-${++asking}`; asked.set(id, ok); line({ jsonrpc: '2.0', id, method, params }); }) })));
	} catch (e) {
		if (!control.signal.aborted) line(errorOf(m.id, e));
	}
	running.delete(m.id);
}

note({ start: true });
if (script.stay) setInterval(() => {}, 1000);
process.on('SIGTERM', () => process.exit(0));
misdeeds[script.start]?.();
const input = createInterface({ input: process.stdin });
input.on('line', s => hear(JSON.parse(s))).on('close', () => { if (!script.stay) process.exit(0); });
