// F14: issue everything there is, then look for each value where it must not
// be: database, write-ahead log, any other file, the daemon's output.
import assert from 'node:assert/strict';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { OWNER, REDIRECT, Visitor, authorizeUrl, consent, hiddenFields, legacy, modern, pkce, register, request, setupLink, startDaemon, token } from '../e2e/lib.mjs';
import { addPerson, forge, post, startUpstream } from './kit.mjs';

const FROM_ENVIRONMENT = 'a-secret-from-the-environment-77';
const PASSWORD = 'four unlikely words 4711';

async function filesBelow(dir) {
	const all = await readdir(dir, { recursive: true, withFileTypes: true });
	return all.filter(f => f.isFile()).map(f => join(f.parentPath ?? f.path, f.name));
}

test('lesson_F14 no secret, code or token in plain text at rest or in the log', async () => {
	const upstream = await startUpstream('alpha');
	const d = await startDaemon({ env: { DEEP: FROM_ENVIRONMENT }, settings: {
		clients: { registration: 'token', registrationToken: `${'${env:DEEP}'}-reg` },
		mcpServers: { alpha: { url: upstream.url, headers: { 'X-Key': '${env:DEEP}' } }, demo: { command: '/bin/cat', env: { KEY: '${env:DEEP}' } } } } });
	const secrets = new Map([['environment', FROM_ENVIRONMENT], ['password', PASSWORD]]);
	const add = (what, value) => { assert.ok(typeof value === 'string' && value.length >= 16, what); secrets.set(what, value); };
	try {
		// The owner, a session, a form token.
		add('wrong setup token', forge('su'));
		await new Visitor(d).get(`/setup?token=${secrets.get('wrong setup token')}`);
		const setup = new URL(setupLink(d)).searchParams.get('token');
		const owner = await new Visitor(d);
		await owner.submit(await owner.get(setupLink(d)), { ...OWNER, password: PASSWORD });
		for (const [name, value] of owner.jar) add(`cookie ${name}`, value);
		const typo = new Visitor(d);
		await typo.submit(await typo.get('/login'), { username: OWNER.username, password: `${PASSWORD} mistyped` });
		await typo.submit(await typo.get('/login'), { username: `${PASSWORD} typed as name`, password: 'x' });
		await typo.get(`/login?next=${encodeURIComponent(`/?password=${PASSWORD}`)}`);
		await addPerson(d, 'grace', `${PASSWORD} of grace`, { DEEP: FROM_ENVIRONMENT });

		// Clients, codes, tokens.
		const r = await request(`${d.url}/oauth/register`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${FROM_ENVIRONMENT}-reg` },
			body: JSON.stringify({ client_name: 'Secretive', redirect_uris: [REDIRECT], grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'client_secret_post' }) });
		assert.equal(r.status, 201, r.text);
		const client = r.json;
		add('client secret', client.client_secret);
		add('registration token', client.registration_access_token);
		await request(client.registration_client_uri, { headers: { authorization: `Bearer ${client.registration_access_token}` } });
		const code = async () => {
			const { verifier, challenge } = pkce();
			const page = await owner.get(authorizeUrl(d, client, { challenge, resource: `${d.url}/mcp/alpha`, state: 'a-state-of-the-client' }));
			add(`sealed request ${secrets.size}`, hiddenFields(page.text).request);
			add(`form token ${secrets.size}`, hiddenFields(page.text).form_token);
			const done = await owner.submit(page, { decision: 'allow' });
			const value = new URL(done.location).searchParams.get('code');
			add(`code ${secrets.size}`, value);
			add(`verifier ${secrets.size}`, verifier);
			return { grant_type: 'authorization_code', client_id: client.client_id, client_secret: client.client_secret, code: value, code_verifier: verifier, redirect_uri: REDIRECT };
		};
		const unused = await code();
		await token(d, { ...unused, code_verifier: pkce().verifier });
		await token(d, { ...unused, client_secret: undefined });
		await token(d, { ...unused, client_secret: `${client.client_secret.slice(0, -1)}_` });
		const spent = await code();
		const t = await token(d, spent);
		assert.equal(t.status, 200);
		add('access token', t.access_token);
		add('refresh token', t.refresh_token);
		const next = await token(d, { grant_type: 'refresh_token', refresh_token: t.refresh_token, client_id: client.client_id, client_secret: client.client_secret });
		add('second access token', next.access_token);
		add('second refresh token', next.refresh_token);
		const b64 = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
		add('basic credentials', b64);
		await token(d, { grant_type: 'refresh_token', refresh_token: next.refresh_token }, { authorization: `Basic ${b64}` });

		// Use, and misuse that ends up in logs elsewhere.
		const url = `${d.url}/mcp/alpha`;
		assert.equal((await modern(url, next.access_token, 'tools/list')).status, 200);
		const s = await legacy(url, next.access_token);
		add('session id', s.session);
		await s.call('tools/call', { name: 'look', arguments: { note: PASSWORD } });
		await s.close();
		for (const value of [next.access_token, t.refresh_token, spent.code, client.client_secret]) {
			await request(`${url}?access_token=${value}`);
			await request(`${d.url}/${value}`);
			await request(`${d.url}/oauth/authorize?client_id=${value}&redirect_uri=${value}&state=${value}`);
			await request(`${d.url}/oauth/register/${value}`, { headers: { authorization: `Bearer ${value}` } });
			await request(`${d.url}/oauth/callback?code=${value}&state=${value}`);
			await post(url, { authorization: `Bearer ${value}` });
			await post(url, { authorization: value });
			await post(url, { authorization: `Bearer ${value}`, 'mcp-session-id': value, 'last-event-id': value });
			await owner.get(authorizeUrl(d, client, { challenge: value, scope: value, resource: `${d.url}/${value}` }));
			await token(d, { grant_type: value, client_id: client.client_id, client_secret: client.client_secret });
			await token(d, { grant_type: 'refresh_token', refresh_token: value, client_id: value });
			await token(d, { grant_type: 'authorization_code', code: value, code_verifier: value, redirect_uri: value, client_id: client.client_id, client_secret: client.client_secret });
		}
		await token(d, spent); // reuse: the grant is revoked
		await request(`${d.url}/oauth/revoke`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ token: next.refresh_token, client_id: client.client_id, client_secret: client.client_secret }).toString() });

		const search = async what => {
			for (const path of await filesBelow(d.home)) {
				if (path === d.config) continue;
				const bytes = await readFile(path);
				for (const [name, value] of secrets) assert.equal(bytes.includes(value), false, `${what}: ${name} is in ${path.slice(d.home.length)}`);
				assert.equal(bytes.includes(setup), false, `${what}: the setup token is in ${path.slice(d.home.length)}`);
			}
			const log = d.text();
			for (const [name, value] of secrets) {
				const at = log.indexOf(value);
				assert.equal(at, -1, `${what}: ${name} is in the log: ${log.slice(Math.max(0, at - 200), at + 20)}`);
			}
		};
		assert.ok((await filesBelow(d.home)).some(p => p.endsWith('ostiary.db')), 'there is a database');
		await search('running');
		const log = d.text();
		assert.match(log, /"event":"token_issued"/, 'the log told of it');
		assert.equal(log.split(setup).length - 1, 1, 'the setup token stands in its link alone');
		await d.restart();
		await search('after a restart');
		await d.stop('SIGKILL');
		await search('after a kill');
	} finally {
		await d.close();
		await upstream.close();
	}
});

test('lesson_F14 the process leaves no core behind', async () => {
	const d = await startDaemon({ settings: { mcpServers: {} } });
	try {
		assert.match(await readFile(`/proc/${d.process.child.pid}/limits`, 'utf8'), /Max core file size +0 +0 /);
	} finally {
		await d.close();
	}
});

test('lesson_F14 the state folder is for its owner alone', async () => {
	const d = await startDaemon({ settings: { mcpServers: {} } });
	try {
		for (const path of await filesBelow(join(d.home, 'state'))) assert.equal((await stat(path)).mode & 0o077, 0, path);
		assert.equal((await stat(join(d.home, 'state'))).mode & 0o077, 0);
	} finally {
		await d.close();
	}
});
