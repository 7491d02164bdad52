// TLS at both doors: https clients, https servers, and certificates that must
// be refused.  The authority is our own, made for the test.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import { freePort, here, obtain, run, startDaemon, until, Visitor } from './lib.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // this test's own requests
process.removeAllListeners('warning');

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
let dir, fixture, fixturePort, servers = [], d;

async function certificate(name, subject, { days = 2, signed = true } = {}) {
	const [key, csr, cert, ext] = ['key', 'csr', 'pem', 'ext'].map(s => join(dir, `${name}.${s}`));
	openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', csr, '-subj', `/CN=${name}`);
	await writeFile(ext, `subjectAltName=${subject}\n`);
	if (signed) openssl('x509', '-req', '-in', csr, '-CA', join(dir, 'ca.pem'), '-CAkey', join(dir, 'ca.key'), '-CAcreateserial', '-days', String(days), '-extfile', ext, '-out', cert);
	else openssl('x509', '-req', '-in', csr, '-signkey', key, '-days', String(days), '-extfile', ext, '-out', cert);
	return { key, cert };
}

// TLS in front of the fixture.
async function serve({ key, cert }, options = {}) {
	const server = tls.createServer({ key: await readFile(key), cert: await readFile(cert), ...options }, peer => {
		const up = net.connect(fixturePort, '127.0.0.1');
		peer.on('error', () => up.destroy()).pipe(up).on('error', () => peer.destroy()).pipe(peer);
	});
	server.on('tlsClientError', () => {});
	await new Promise(ok => server.listen(0, '127.0.0.1', ok));
	servers.push(server);
	return `https://localhost:${server.address().port}/mcp`;
}

before(async () => {
	dir = await mkdtemp(join(tmpdir(), 'ostiary-tls-'));
	openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(dir, 'ca.key'), '-out', join(dir, 'ca.pem'), '-days', '2', '-subj', '/CN=test authority');
	fixturePort = await freePort();
	fixture = run('node', [join(here, 'support/fixture.mjs')], { env: { PORT: String(fixturePort) } });
	await until('the fixture', () => fixture.out.includes('fixture on'));
	const good = await certificate('good', 'DNS:localhost');
	const mine = await certificate('mine', 'DNS:localhost,IP:127.0.0.1');
	const mcpServers = {
		good: { url: await serve(good) },
		wrongname: { url: await serve(await certificate('wrongname', 'DNS:elsewhere.example')) },
		unsigned: { url: await serve(await certificate('unsigned', 'DNS:localhost', { signed: false })) },
		old: { url: await serve(good, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }) },
		plain: { url: `https://localhost:${fixturePort}/mcp` },
	};
	d = await startDaemon({ settings: { mcpServers, tls: { cert: mine.cert, key: mine.key } }, env: { SSL_CERT_FILE: join(dir, 'ca.pem') } });
});

after(async () => {
	await d?.close();
	for (const s of servers) s.close();
	await fixture?.stop();
	await rm(dir, { recursive: true, force: true });
});

test('a client, a person and a server over TLS', async () => {
	const visitor = await new Visitor(d).makeOwner();
	assert.ok([...visitor.jar.keys()].some(k => k.startsWith('__Host-')), 'the cookie is bound to the host');
	const t = await obtain(d, visitor, { path: '/mcp/good' });
	const r = await fetch(`${d.url}/mcp/good`, { method: 'POST', headers: { authorization: `Bearer ${t.access_token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } } }) });
	assert.equal(r.status, 200);
	const session = r.headers.get('mcp-session-id');
	const call = await fetch(`${d.url}/mcp/good`, { method: 'POST', headers: { authorization: `Bearer ${t.access_token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' },
		body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'test_simple_text', arguments: {} } }) });
	assert.match(await call.text(), /simple text response/);
});

for (const [name, why] of [['wrongname', /name|host/i], ['unsigned', /self.signed|certificate/i], ['old', /version|protocol|TLS/i], ['plain', /TLS|SSL|version|record/i]])
	test(`a server with ${name} TLS is not spoken to, and its state says why`, async () => {
		const visitor = await new Visitor(d).login();
		const page = await until('its state', async () => {
			const p = await visitor.get('/');
			const at = p.text.indexOf(`>${name}<`);
			return at > 0 && /waiting|failed/.test(p.text.slice(at, at + 1500)) && p.text.slice(at, at + 1500);
		});
		assert.match(page, why);
	});

test('browsers are held to https where the name is ours, and only there', async () => {
	const { cert, key } = await certificate('named', 'DNS:localhost');
	const port = await freePort();
	const held = async (publicUrl, path) => {
		const s = await startDaemon({ settings: { port, tls: { cert, key }, mcpServers: {}, publicUrl } });
		try {
			return await Promise.all(path.map(p => new Promise((ok, no) => https.get({ port, path: p, headers: { host: new URL(publicUrl).host }, rejectUnauthorized: false }, r => { r.resume(); ok(r.headers['strict-transport-security']); }).on('error', no))));
		} finally {
			await s.close();
		}
	};
	const paths = ['/login', '/oauth/token', '/.well-known/oauth-authorization-server', '/no/such'];
	for (const [publicUrl, wanted] of [['https://mcp.example.com', 'max-age=31536000'], [`https://mcp.example.com:${port}`, undefined], ['https://localhost', undefined]])
		assert.deepEqual(await held(publicUrl, paths), paths.map(() => wanted), publicUrl);
});

test('plain HTTP at a TLS port gets nothing', async () => {
	const answer = await new Promise(ok => {
		const s = net.connect(d.port, '127.0.0.1', () => s.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'));
		let text = '';
		s.on('data', c => { text += c.toString('latin1'); }).on('close', () => ok(text)).on('error', () => {});
	});
	assert.doesNotMatch(answer, /HTTP\/1/);
	assert.equal((await fetch(`${d.url}/health`)).status, 200);
});
