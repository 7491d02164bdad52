// Runs the program under test in a folder of its own.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const exe = process.env.OSTIARY_SAN ?? process.env.OSTIARY;

export function freshFolder(t) {
	const dir = mkdtempSync(join(tmpdir(), 'ostiary-'));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	return dir;
}

export function freePort() {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.on('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address();
			probe.close(() => resolve(port));
		});
	});
}

function surroundings(dir, more) {
	return { PATH: process.env.PATH, HOME: dir,
		OSTIARY_HOME: join(dir, 'state'), ...more };
}

/** Runs a command to its end. */
export function run(dir, args, { input, env } = {}) {
	const r = spawnSync(exe, args, { cwd: dir, input, encoding: 'utf8',
		env: surroundings(dir, env), timeout: 30000 });
	return { status: r.status, out: r.stdout, err: r.stderr };
}

export function writeSettings(dir, settings) {
	writeFileSync(join(dir, 'mcp_settings.json'),
		typeof settings === 'string' ? settings
			: JSON.stringify(settings));
}

/** Starts the daemon; said(regex) waits for a line of either stream. */
export async function serve(t, dir, args = [], { env, program } = {}) {
	const port = await freePort();
	const child = spawn(program ?? exe,
		['serve', '--listen', `127.0.0.1:${port}`, ...args],
		{ cwd: dir, env: surroundings(dir, env) });
	const d = { child, port, url: `http://127.0.0.1:${port}`, text: '' };
	const waiting = new Set();
	const hear = chunk => {
		d.text += chunk;
		for (const w of waiting)
			w();
	};
	child.stdout.setEncoding('utf8').on('data', hear);
	child.stderr.setEncoding('utf8').on('data', hear);
	d.ended = new Promise(resolve => child.on('exit', (code, signal) => {
		d.status = { code, signal };
		hear('');
		resolve(d.status);
	}));
	d.said = (words, ms = 20000) => new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			waiting.delete(look);
			reject(new Error(`never said ${words}:\n${d.text}`));
		}, ms);
		const look = () => {
			const found = d.text.match(words);
			if (!found && !d.status)
				return;
			clearTimeout(timer);
			waiting.delete(look);
			if (found)
				resolve(found);
			else
				reject(new Error(`ended early:\n${d.text}`));
		};
		waiting.add(look);
		look();
	});
	t.after(async () => {
		child.kill('SIGKILL');
		await d.ended;
	});
	return d;
}
