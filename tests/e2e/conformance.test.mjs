// The official conformance suite's server role, both requirement sets, through
// /mcp/<server> with fixture.mjs behind.  The suite knows no login: a proxy
// adds the bearer token and changes nothing else.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, here, modules, obtain, run, startDaemon, until, Visitor } from './lib.mjs';

const suite = join(modules, '@modelcontextprotocol/conformance/dist/index.js');
let fixture, d, proxy, url, out;

before(async () => {
	const port = await freePort();
	fixture = run('node', [join(here, 'support/fixture.mjs')], { env: { PORT: String(port) } });
	await until('the fixture', () => fixture.out.includes('fixture on'));
	d = await startDaemon({ settings: { mcpServers: { fixture: { url: `http://localhost:${port}/mcp` } } } });
	const visitor = await new Visitor(d).makeOwner();
	const { access_token } = await obtain(d, visitor, { path: '/mcp/fixture' });
	const front = await freePort();
	proxy = run('node', [join(here, 'support/bearer-proxy.mjs'), String(front), d.url], { env: { TOKEN: access_token } });
	await until('the proxy', () => proxy.out.includes('bearer proxy'));
	url = `http://localhost:${front}/mcp/fixture`;
	out = await mkdtemp(join(tmpdir(), 'ostiary-conformance-'));
});

after(async () => {
	await proxy?.stop();
	await d?.close();
	await fixture?.stop();
	if (out) await rm(out, { recursive: true, force: true });
});

async function runSet(revision) {
	const p = run('node', ['--import', join(here, 'support/globsync-shim.mjs'), suite, 'server', '--url', url,
		'--requirements', revision, '--expected-failures', join(here, `conformance-${revision}.yml`), '-o', out]);
	const { code } = await p.gone;
	const total = p.out.match(/Total: (\d+) passed, (\d+) failed/);
	return { code, passed: Number(total?.[1] ?? 0), text: p.out.slice(p.out.indexOf('=== SUMMARY')) + p.err };
}

// A server that does nothing passes some scenarios: the least is asserted too.
for (const [revision, least] of [['2025-11-25', 60], ['2026-07-28', 90]])
	test(`conformance, server role, ${revision}`, { timeout: 180000 }, async () => {
		const r = await runSet(revision);
		assert.equal(r.code, 0, r.text);
		assert.ok(r.passed >= least, `only ${r.passed} checks passed\n${r.text}`);
	});
