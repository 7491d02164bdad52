// What "make run" and "make bench" show of the building on a terminal.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';

const top = resolve(import.meta.dirname, '../..');

test('a terminal hears nothing when nothing has to be built', () => {
	const build = resolve(dirname(process.env.OSTIARY), '../..');
	const lines = `tools/build.sh '${build}' src/app/ostiary`;
	const once = spawnSync('script', ['-qec', lines, '/dev/null'],
		{ cwd: top, encoding: 'utf8' });
	assert.equal(once.status, 0, once.stdout + once.stderr);
	const again = spawnSync('script', ['-qec', lines, '/dev/null'],
		{ cwd: top, encoding: 'utf8' });
	assert.equal(again.status, 0);
	assert.equal(again.stdout, '');
	const piped = spawnSync('bash', ['-c', lines],
		{ cwd: top, encoding: 'utf8' });
	assert.equal(piped.status, 0);
	assert.equal(piped.stdout + piped.stderr, '');
});
