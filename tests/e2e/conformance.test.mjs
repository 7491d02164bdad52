// The official conformance suite's server role, both requirement sets, through
// /mcp/<server> with fixture.mjs behind, the older one with the fixture as a
// legacy server and as a modern one.  The suite knows no login: a proxy adds
// the bearer token and changes nothing else.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, here, modules, obtain, run, startDaemon, until, Visitor } from './lib.mjs';

const suite = join(modules, '@modelcontextprotocol/conformance/dist/index.js');
let fixture, d, out;
const proxies = [];
const urls = {};

before(async () => {
	const port = await freePort();
	fixture = run('node', [join(here, 'support/fixture.mjs')], { env: { PORT: String(port) } });
	await until('the fixture', () => fixture.out.includes('fixture on'));
	d = await startDaemon({ settings: { mcpServers: { fixture: { url: `http://localhost:${port}/mcp` }, legacy: { url: `http://localhost:${port}/mcp`, protocol: '2025-11-25' } } } });
	const visitor = await new Visitor(d).makeOwner();
	for (const name of ['fixture', 'legacy']) {
		const { access_token } = await obtain(d, visitor, { path: `/mcp/${name}` });
		const front = await freePort();
		const proxy = run('node', [join(here, 'support/bearer-proxy.mjs'), String(front), d.url], { env: { TOKEN: access_token } });
		proxies.push(proxy);
		await until('the proxy', () => proxy.out.includes('bearer proxy'));
		urls[name] = `http://localhost:${front}/mcp/${name}`;
	}
	out = await mkdtemp(join(tmpdir(), 'ostiary-conformance-'));
});

after(async () => {
	for (const p of proxies) await p.stop();
	await d?.close();
	await fixture?.stop();
	if (out) await rm(out, { recursive: true, force: true });
});

async function runSet(revision, server, expected) {
	const p = run('node', ['--import', join(here, 'support/globsync-shim.mjs'), suite, 'server', '--url', urls[server],
		'--requirements', revision, '--expected-failures', join(here, `conformance-${expected}.yml`), '-o', out]);
	const { code } = await p.gone;
	const total = p.out.match(/Total: (\d+) passed, (\d+) failed/);
	return { code, passed: Number(total?.[1] ?? 0), text: p.out.slice(p.out.indexOf('=== SUMMARY')) + p.err };
}

// A server that does nothing passes some scenarios: the least is asserted too.
for (const [revision, server, expected, least] of [['2025-11-25', 'legacy', '2025-11-25', 60], ['2025-11-25', 'fixture', '2025-11-25-modern', 60], ['2026-07-28', 'fixture', '2026-07-28', 90]])
	test(`conformance, server role, ${revision}, ${server}`, { timeout: 180000 }, async () => {
		const r = await runSet(revision, server, expected);
		assert.equal(r.code, 0, r.text);
		assert.ok(r.passed >= least, `only ${r.passed} checks passed\n${r.text}`);
	});
