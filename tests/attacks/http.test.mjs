// Bad bytes on every route: HTTP that can't be read, JSON, forms, cookies and
// tokens that are wrong, too much of everything.  The right status and name,
// nothing told that is not for strangers, and the daemon lives and logs it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { OWNER, Visitor, hiddenFields, modern, obtain, raw, register, request, root, until } from '../e2e/lib.mjs';
import { forge, headerOf, healthy, isSafePage, leaksNothing, logLines, metaOf, oauthError, paths, post, routes, startGuarded } from './kit.mjs';

let d, client, bearer, single, host, cookie;
before(async () => {
	d = await startGuarded({ settings: { limits: { body: '64KB', head: '2s', bodyTime: '2s' } } });
	client = await register(d);
	bearer = (await obtain(d, d.owner, { client })).access_token;
	single = (await obtain(d, d.owner, { client, path: '/mcp/alpha' })).access_token;
	host = `127.0.0.1:${d.port}`;
	cookie = [...d.owner.jar].map(([k, v]) => `${k}=${v}`).join('; ');
});
after(() => d?.close());

const latin1 = s => Buffer.from(s, 'latin1');
const reached = () => Object.values(d.upstreams).reduce((n, u) => n + u.seen.length, 0);

// The HTTP answers that a text consists of; rest: what is left over.
function answersIn(text) {
	const answers = [];
	for (;;) {
		const end = text.indexOf('\r\n\r\n');
		if (end < 0) return { answers, rest: text };
		const [first, ...lines] = text.slice(0, end).split('\r\n');
		const status = Number((first.match(/^HTTP\/1\.[01] (\d{3}) /) ?? [])[1]);
		assert.ok(status, `no status line: ${first}`);
		const headers = Object.fromEntries(lines.map(l => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 1).trim()]));
		text = text.slice(end + 4);
		if (status < 200) continue;
		const n = Number(headers['content-length'] ?? 0);
		assert.equal('transfer-encoding' in headers, false);
		if (text.length < n) return { answers, rest: text };
		answers.push({ status, headers, text: text.slice(0, n) });
		text = text.slice(n);
	}
}

// ---- the corpus ----

describe('the corpus of raw requests', async () => {
	const { cases } = JSON.parse(await readFile(join(root, 'tests/unit/net/http-corpus.json'), 'utf8'));
	assert.ok(cases.length >= 56);
	const bytesOf = (c, more) => c.bytes.replaceAll('Host: x\r\n', `Host: ${host}\r\n`).replaceAll('http://x/', `http://${host}/`) + more;
	const NEXT = () => `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
	const parseRefusal = /^(bad_http|head_too_large|target_too_long|length_required|coding|http_version)/;

	for (const c of cases)
		for (const good of [false, true])
			test(`${c.expect}: ${c.name}${good ? ', with a token' : ''}`, async () => {
				const before = reached();
				const as = text => (good ? text.replaceAll('Authorization: Bearer x\r\n', `Authorization: Bearer ${bearer}\r\nAccept: application/json, text/event-stream\r\n`) : text);
				const alone = await raw(d.port, latin1(as(bytesOf(c, ''))), c.expect === 'accept' ? 300 : 4000);
				const withNext = await raw(d.port, latin1(as(bytesOf(c, NEXT()))), 4000);
				const one = answersIn(alone.text), two = answersIn(withNext.text);
				assert.equal(one.rest, '');
				assert.equal(two.rest, '');
				if (c.expect === 'accept') {
					assert.equal(one.answers.length, 1, alone.text);
					assert.equal(alone.closed, false, 'the connection goes on');
					assert.equal(one.answers[0].status, good && c.bytes.includes('Bearer x') ? 400 : 401);
					assert.doesNotMatch(one.answers[0].text, parseRefusal);
					assert.deepEqual(two.answers.map(a => a.status), [one.answers[0].status, 200], 'the next request is the next request');
				} else {
					for (const [r, got] of [[alone, one], [withNext, two]]) {
						assert.equal(r.closed, true, `not closed: ${r.text}`);
						assert.ok(got.answers.length <= 1, `answered twice: ${r.text}`);
						for (const a of got.answers) {
							assert.ok(a.status >= 400 && a.status < 600, r.text);
							leaksNothing(a.text, c.name);
						}
					}
				}
				assert.equal(reached(), before, 'nothing of it reached a server');
			});

	test('afterwards the daemon lives', () => healthy(d));
});

test('bytes that come one at a time are the same bytes', async () => {
	const bytes = `POST /mcp HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
	const got = await new Promise((ok, no) => {
		const s = net.connect(d.port, '127.0.0.1');
		let text = '';
		s.setNoDelay(true).setEncoding('latin1').on('data', c => { text += c; }).once('close', () => ok(text)).once('error', no);
		(async () => { for (const b of bytes) { s.write(b); await new Promise(r => setImmediate(r)); } })();
	});
	assert.deepEqual(answersIn(got).answers.map(a => a.status), [401, 200]);
});

test('what is not HTTP at all is dropped', async () => {
	for (const bytes of ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', '\r\n\r\n\r\n', '\0'.repeat(4096), 'GET', 'A'.repeat(100000), '{"jsonrpc":"2.0"}\n', '\xff\xfe\r\n\r\n']) {
		const r = await raw(d.port, latin1(bytes), 5000);
		assert.equal(r.closed, true, JSON.stringify(bytes.slice(0, 20)));
		if (r.text) assert.match(r.text, /^HTTP\/1\.1 (400|408|414|431|505) /);
		leaksNothing(r.text, bytes.slice(0, 10));
	}
	await healthy(d);
});

test('a head and a body that never end are given up', async () => {
	const slow = await raw(d.port, `GET /mcp HTTP/1.1\r\nHost: ${host}\r\nX: `, 10000);
	assert.equal(slow.closed, true);
	assert.match(slow.text, /^(HTTP\/1\.1 408 [^]*request_timeout|$)/);
	const body = await raw(d.port, `POST /oauth/token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant_type=`, 10000);
	assert.equal(body.closed, true);
	assert.match(body.text, /^(HTTP\/1\.1 408 |$)/);
	const half = await new Promise(ok => {
		const s = net.connect(d.port, '127.0.0.1', () => { s.write(`POST /mcp HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9\r\n\r\n{`); setTimeout(() => s.destroy(), 100); });
		s.once('close', ok);
	});
	assert.ok(half !== undefined);
	await healthy(d);
});

// ---- every route ----

const contentType = row => (row.kind === 'MCP' || /register/.test(row.path) ? 'application/json' : 'application/x-www-form-urlencoded');

// A refusal in the shape that the route's readers expect.
function isShaped(r, row, what) {
	const type = headerOf(r, 'content-type') ?? '';
	leaksNothing(r.text, what);
	if (row.kind === 'PAGE') isSafePage(r, what);
	else if (row.kind === 'OAUTH') {
		assert.equal(type, 'application/json', what);
		assert.match(r.json.error, /^[a-z_]+$/, what);
		assert.ok(r.json.error_description.length > 10, what);
		assert.deepEqual(Object.keys(r.json).sort(), ['error', 'error_description'], what);
	} else if (row.kind === 'MCP') {
		assert.equal(type, 'application/json', what);
		assert.equal(r.json.jsonrpc, '2.0', what);
		assert.equal(typeof r.json.error.code, 'number', what);
		assert.ok(r.json.error.message.length > 10, what);
	} else assert.match(r.text, /^[a-z_]+: [A-Z].*\.\n$/, what);
}

test('a wrong method is 405 with Allow, in the route\'s shape', async () => {
	const rows = await routes();
	for (const path of await paths()) {
		const there = rows.filter(x => x.path === path);
		const allowed = there.map(x => x.method);
		for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'TRACE', 'FOO', 'get', 'M-SEARCH', 'LOCK']) {
			if (allowed.includes(method)) continue;
			const r = await raw(d.port, `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: */*\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
			const [a] = answersIn(r.text).answers;
			const what = `${method} ${path}`;
			assert.ok([405, 400, 501].includes(a?.status), `${what}: ${r.text}`);
			if (a.status !== 405) continue;
			assert.ok(a.headers.allow, what);
			for (const m of allowed) assert.ok(a.headers.allow.split(', ').includes(m), `${what}: ${a.headers.allow}`);
			isShaped({ ...a, json: a.text.startsWith('{') && JSON.parse(a.text) }, there[0], what);
		}
		if (!allowed.includes('POST')) assert.equal((await request(d.url + path, { method: 'POST', headers: { accept: '*/*' }, body: 'x=y' })).status, 405, path);
	}
	assert.ok(logLines(d).some(l => l.fault === 'method_not_allowed'));
});

test('too much is 413 on each route that takes something, at once and in chunks', async () => {
	for (const row of (await routes()).filter(x => x.method === 'POST')) {
		const auth = row.kind === 'MCP' ? `Authorization: Bearer ${bearer}\r\n` : `Cookie: ${cookie}\r\n`;
		const head = `POST ${row.path} HTTP/1.1\r\nHost: ${host}\r\n${auth}Content-Type: ${contentType(row)}\r\nAccept: */*\r\n`;
		const path = row.path === '/mcp/alpha' ? '/mcp' : row.path;
		for (const bytes of [`${head.replace(row.path, path)}Content-Length: 999999999999\r\n\r\n`, `${head.replace(row.path, path)}Content-Length: 262144\r\n\r\n${'a=b&'.repeat(65536)}`, `${head.replace(row.path, path)}Transfer-Encoding: chunked\r\n\r\n${'1000\r\n'.concat('x'.repeat(4096), '\r\n').repeat(64)}0\r\n\r\n`]) {
			const r = await raw(d.port, bytes, 5000);
			const { answers } = answersIn(r.text);
			assert.equal(answers.length, 1, `${row.path}: ${r.text.slice(0, 300)}`);
			assert.equal(answers[0].status, 413, `${row.path}: ${r.text.slice(0, 300)}`);
			leaksNothing(answers[0].text, row.path);
			assert.equal(r.closed, true, row.path);
		}
	}
	const long = await raw(d.port, `GET /${'a'.repeat(40000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 5000);
	assert.match(long.text, /^HTTP\/1\.1 (414|431) /);
	await until('the log', () => logLines(d).some(l => l.fault === 'too_large'));
	await healthy(d);
});

const FORMS = ['=', '&', '&&&&', 'a', 'a=%', 'a=%z', 'a=%0', 'a=%00', '%=b', 'a=\xff', 'a=%ff%fe', 'a=%c0%80', 'a=%ed%a0%80', 'a=b=c', 'a'.repeat(3000), `${'a=b&'.repeat(3000)}`, 'grant_type=authorization_code&grant_type=refresh_token', 'form_token=x&form_token=y', '{"a":1}', '<a/>', '\0\0\0', ''];

test('malformed forms are refused by name and spend nothing', async () => {
	for (const row of (await routes()).filter(x => x.method === 'POST' && contentType(x) !== 'application/json'))
		for (const text of FORMS) {
			const what = `${row.path} ${JSON.stringify(text.slice(0, 30))}`;
			const r = await request(d.url + row.path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', cookie, accept: '*/*' }, body: latin1(text) });
			assert.ok([400, 401, 403, 410, 413].includes(r.status), `${what}: ${r.status} ${r.text.slice(0, 200)}`);
			if (r.status !== 413) isShaped(r, row, what);
			assert.equal(r.headers['set-cookie']?.some(c => /ost_ws/.test(c)) ?? false, false, what);
		}
	assert.equal((await d.owner.get('/')).status, 200, 'nobody was logged out');
	await healthy(d);
});

test('a wrong media type is refused on each route that takes something', async () => {
	for (const row of (await routes()).filter(x => x.method === 'POST'))
		for (const type of ['text/plain', 'text/html', 'multipart/form-data; boundary=x', contentType(row) === 'application/json' ? 'application/x-www-form-urlencoded' : 'application/json', '', ';', 'application', 'application/jsonx', `${contentType(row)}x`, 'a/b; charset="', '*/*']) {
			const r = await request(d.url + row.path.replace('/mcp/alpha', '/mcp'), { method: 'POST', headers: { 'content-type': type, cookie: row.kind === 'PAGE' ? cookie : '', accept: 'application/json, text/event-stream', ...(row.kind === 'MCP' && { authorization: `Bearer ${bearer}` }) }, body: '{}' });
			const what = `${row.path} as ${type}`;
			assert.ok(row.kind === 'MCP' ? r.status === 415 : [400, 401, 403, 410, 415].includes(r.status), `${what}: ${r.status} ${r.text}`);
			isShaped(r, row, what);
		}
});

const JSONS = ['', ' ', '{', '}', '[', '"', 'nul', 'undefined', 'NaN', '{"a":1,}', '{"a":1,"a":2}', "{'a':1}", '{a:1}', '{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":1.}', '{"a":"\n"}', '{"a":"\\x41"}', '{"a":"\\ud800"}', '{"a":"\\u12"}', '{"a":1}{"b":2}', '{"a":1} x', '\ufeff{}', '/*x*/{}',
	'['.repeat(10000), `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`, '{"a":"\\'];
const RAWS = [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]), Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]), Buffer.from('{"a":"\0"}'), Buffer.from('{}', 'utf16le'), Buffer.alloc(3000)];

test('malformed JSON is a parse error and reaches nobody', async () => {
	const before = reached();
	for (const path of ['/mcp', '/mcp/alpha'])
		for (const text of [...JSONS, ...RAWS]) {
			const what = JSON.stringify(String(text).slice(0, 30));
			const r = await post(d.url + path, { authorization: `Bearer ${path === '/mcp' ? bearer : single}`, 'mcp-method': 'tools/call' }, text);
			assert.equal(r.status, 400, `${what}: ${r.text}`);
			isShaped(r, { kind: 'MCP' }, what);
			assert.equal(r.json.error.code, text === '{"a":1,"a":2}' ? -32600 : -32700, `${what}: ${r.text}`);
			assert.equal(r.json.id ?? null, null);
			const reg = await request(`${d.url}/oauth/register`, { method: 'POST', localAddress: `127.0.0.${40 + (text.length % 50)}`, headers: { 'content-type': 'application/json' }, body: text });
			if (reg.status !== 413) oauthError(reg, 400, 'invalid_client_metadata');
		}
	assert.equal(reached(), before);
	await until('the log', () => logLines(d).some(l => l.fault === 'bad_json'));
	await healthy(d);
});

test('JSON that is no request of MCP is refused by name', async () => {
	const before = reached();
	const meta = JSON.stringify(metaOf());
	for (const text of ['{}', '[]', '7', 'null', '"x"', 'true', '{"jsonrpc":"2.0"}', '{"jsonrpc":"1.0","id":1,"method":"ping"}', '{"id":1,"method":"ping"}', '{"jsonrpc":"2.0","id":{},"method":"ping"}', '{"jsonrpc":"2.0","id":null,"method":"ping"}', '{"jsonrpc":"2.0","id":true,"method":"tools/list"}',
		'{"jsonrpc":"2.0","id":1,"method":7}', '{"jsonrpc":"2.0","id":1,"method":""}', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"x"}', `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":7}}`, '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}',
		'{"jsonrpc":"2.0","id":1,"method":"no/such"}', `{"jsonrpc":"2.0","id":1,"method":"no/such","params":{"_meta":${meta}}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7,"_meta":${meta}}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":${meta}}}`, '[{"jsonrpc":"2.0"}]', '[7]', '[[]]',
		`{"jsonrpc":"2.0","id":"${'x'.repeat(5000)}","method":"tools/call","params":{}}`, '{"jsonrpc":"2.0","id":1e400,"method":"tools/list"}', '{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}']) {
		const r = await post(`${d.url}/mcp`, { authorization: `Bearer ${bearer}`, 'mcp-method': 'tools/call', 'mcp-name': 'x' }, text);
		assert.ok(r.status >= 400 && r.status < 500 || r.status === 200 && r.json.error.code === -32602, `${text.slice(0, 60)}: ${r.status} ${r.text}`);
		isShaped(r, { kind: 'MCP' }, text.slice(0, 60));
	}
	assert.equal(reached(), before);
	await healthy(d);
});

test('MCP header fields that lie are refused', async () => {
	const before = reached();
	const good = { authorization: `Bearer ${bearer}`, 'mcp-name': 'alpha__look', 'mcp-method': 'tools/call' };
	const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'alpha__look', arguments: {}, _meta: metaOf() } };
	for (const [what, change] of Object.entries({ 'another method': { 'mcp-method': 'tools/list' }, 'no method': { 'mcp-method': '' }, 'another name': { 'mcp-name': 'beta__look' }, 'no name': { 'mcp-name': '' }, 'another version': { 'mcp-protocol-version': '2025-11-25' }, 'no such version': { 'mcp-protocol-version': '1999-01-01' },
		'a broken encoding': { 'mcp-name': '=?base64?***?=' }, 'markup': { 'mcp-protocol-version': '<script>' } })) {
		const r = await post(`${d.url}/mcp`, { ...good, ...change }, body);
		assert.equal(r.status, 400, `${what}: ${r.status} ${r.text}`);
		isShaped(r, { kind: 'MCP' }, what);
		assert.doesNotMatch(r.text, /<script>/);
	}
	assert.equal(reached(), before);
	assert.equal((await post(`${d.url}/mcp`, good, body)).status, 200);
	for (const name of ['Mcp-Method', 'Mcp-Name', 'MCP-Protocol-Version', 'Mcp-Session-Id']) {
		const text = JSON.stringify(body);
		const r = await raw(d.port, `POST /mcp HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${bearer}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: alpha__look\r\n${name}: tools/list\r\n${name}: x\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`);
		assert.match(r.text, /^HTTP\/1\.1 400 /, name);
	}
});

test('no acceptable answer is 406', async () => {
	for (const accept of ['text/html', 'image/png', 'application/xml', '', 'application/json;q=0, text/event-stream;q=0']) {
		const r = await post(`${d.url}/mcp`, { authorization: `Bearer ${bearer}`, accept });
		if (accept === '') continue;
		assert.equal(r.status, 406, accept);
		isShaped(r, { kind: 'MCP' }, accept);
	}
});

test('malformed cookies are nobody', async () => {
	const [name, value] = [...d.owner.jar].find(([, v]) => v.startsWith('ost_ws_'));
	for (const text of ['=', ';', ';;;;', name, `${name}=`, `${name}="`, `${name}="${value}`, `${name}=${value}x`, `${name}=${forge('ws')}`, `${name}=${value.slice(0, -1)}`, `${name.toUpperCase()}=${value}`, ` ${name} =${value}`, `x${name}=${value}`, `${name}=a; ${name}=${value}`, `${name}=${value}; ${name}=a`, `${name}=; ${name}=${value}`, `${name}=${value}; ${name}=${value}`,
		'a=b; '.repeat(2000), 'x'.repeat(20000), `${name}=%6fst_ws_`, '\x80\xff=\xfe', `$Version=1; ${name}=${value}`, `${name}\t=${value}`]) {
		const r = await request(d.url + '/', { headers: { cookie: latin1(text).toString('latin1'), accept: 'text/html' } });
		const what = JSON.stringify(text.slice(0, 40));
		if (r.status === 200) assert.ok([`${name}=${value}; ${name}=${value}`, `$Version=1; ${name}=${value}`].includes(text), `${what} is the owner`);
		else assert.ok([303, 400, 431].includes(r.status), `${what}: ${r.status}`);
		leaksNothing(r.text, what);
	}
	const line = await raw(d.port, `GET / HTTP/1.1\r\nHost: ${host}\r\nCookie: ${name}=${value}\0\r\nConnection: close\r\n\r\n`);
	assert.match(line.text, /^HTTP\/1\.1 400 /);
	await healthy(d);
});

test('odd paths lead nowhere', async () => {
	for (const path of ['/assets/../../../etc/passwd', '/assets/..%2f..%2fetc%2fpasswd', '/assets/%2e%2e/main.c', '/assets//style.css', '/assets/style.css%00.js', '/assets/', '/assets', '/assets/.', '/.git/config', '/ostiary.db', '/master.key', '/mcp_settings.json', '/%', '/%zz', '/%00', '/\\', '/..', '//', '/;/login',
		'/login/', '/login%2f', '/LOGIN', '/health/', '/oauth', '/oauth/', '/.well-known/', '/.well-known/security.txt', '/mcp/../login', '/server-status', '/debug/pprof', '*', '/metrics', '/a?b?c=#', `/${'%41'.repeat(500)}`]) {
		const r = await raw(d.port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
		assert.match(r.text, /^HTTP\/1\.1 4\d\d /, path);
		assert.doesNotMatch(r.text, /root:x|mcpServers|SQLite format/, path);
		leaksNothing(r.text.split('\r\n\r\n')[1] ?? '', path);
	}
	const page = await request(`${d.url}/nothing`, { headers: { accept: 'text/html' } });
	assert.equal(page.status, 404);
	isSafePage(page, '404');
	const text = await request(`${d.url}/nothing`);
	assert.match(text.text, /^not_found: /);
	assert.equal(text.headers['content-type'], 'text/plain; charset=utf-8');
});

test('an odd query is no fault of ours, or refused', async () => {
	for (const path of await paths())
		for (const q of ['%', '%zz', '%00', '=', '&', '\xff', 'a=b&a=c', 'a'.repeat(8000), 'client_id=%ff', 'next=%ff', 'token=%00', '[]=1', '__proto__=1']) {
			const r = await raw(d.port, latin1(`GET ${path}?${q} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\nAccept: text/html\r\nConnection: close\r\n\r\n`));
			const status = Number(r.text.match(/^HTTP\/1\.1 (\d+)/)?.[1]);
			assert.ok(status >= 200 && status < 500, `${path}?${q.slice(0, 20)}: ${r.text.slice(0, 100)}`);
		}
	await healthy(d);
});

test('five hundred peers that say nothing starve nobody', async () => {
	const idle = await Promise.all(Array.from({ length: 500 }, () => new Promise((ok, no) => { const s = net.connect(d.port, '127.0.0.1', () => ok(s)); s.on('error', no); })));
	try {
		const r = await modern(`${d.url}/mcp`, bearer, 'tools/list');
		assert.equal(r.status, 200);
	} finally {
		for (const s of idle) s.destroy();
	}
	await healthy(d);
});

test('a storm of wrong passwords is limited, and tells nobody who exists', async () => {
	const v = new Visitor(d);
	const page = await v.get('/login');
	const attempt = (username, i) => v.submit(page, { username, password: `wrong ${i}` });
	const plain = r => r.text.replace(/value="[^"]*"/g, '');
	const [known, unknown] = [await attempt('ada', 0), await attempt('nobody', 0)];
	assert.deepEqual([known.status, unknown.status], [401, 401]);
	assert.equal(plain(known), plain(unknown), 'a wrong name and a wrong password look the same');
	const storm = await Promise.all(Array.from({ length: 100 }, (_, i) => attempt('ada', i)));
	const count = status => storm.filter(r => r.status === status).length;
	assert.ok(count(401) <= 20, `${count(401)} at once were tried`);
	assert.equal(count(401) + count(429), 100);
	const last = storm.find(r => r.status === 429);
	assert.match(last.headers.get('retry-after'), /^[1-9]\d*$/);
	isSafePage(last, 'too many');
	assert.equal((await d.owner.get('/')).status, 200, 'who is in stays in');
	const elsewhere = await request(`${d.url}/login`, { localAddress: '127.0.0.88' });
	const home = await request(`${d.url}/login`, { method: 'POST', localAddress: '127.0.0.88',
		headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: elsewhere.headers['set-cookie'][0].split(';')[0] },
		body: new URLSearchParams({ ...hiddenFields(elsewhere.text), ...OWNER }).toString() });
	assert.equal(home.status, 303, 'from another network the owner still comes in');
	await healthy(d);
});

test('after all that the daemon is the same process, and said what it refused', async () => {
	await healthy(d);
	const faults = new Set(logLines(d).map(l => l.fault));
	for (const f of ['bad_http', 'bad_json', 'bad_form', 'too_large', 'method_not_allowed', 'not_found', 'media_type', 'not_acceptable', 'mcp_header', 'stale_form', 'invalid_client_metadata'])
		assert.ok(faults.has(f), `${f} is among ${[...faults]}`);
	assert.equal(faults.has('internal'), false, 'nothing was our own fault');
	assert.equal(faults.has('store'), false);
	assert.equal(logLines(d).filter(l => l.level === 'error').length, 0);
	assert.equal((await modern(`${d.url}/mcp`, bearer, 'tools/list')).status, 200, 'and the token still works');
});
