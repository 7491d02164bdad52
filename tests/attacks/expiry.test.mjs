// F08: what has a time to live ends with it.  The clock is the real one and
// the times are short; each check first sees the thing alive, and asks again
// only when its end has surely come, so that a slow machine changes nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { REDIRECT, Visitor, authorizeUrl, consent, legacy, obtain, pkce, register, token } from '../e2e/lib.mjs';
import { forge, headerOf, parseChallenge, post, startGuarded } from './kit.mjs';

let d;
before(async () => { d = await startGuarded({ settings: { tokens: { access: '2s', refresh: '3s', code: '2s', session: '1h', refreshGrace: '0s' } } }); });
after(() => d?.close());

const at = ms => new Promise(ok => setTimeout(ok, Math.max(0, ms - Date.now())));

// A token, seen to work; tries anew when the machine was too slow for that.
async function alive(options) {
	for (let i = 0; i < 10; i++) {
		const t = await obtain(d, d.owner, options);
		const got = Date.now();
		const r = await post(t.resource, { authorization: `Bearer ${t.access_token}` });
		if (r.status === 200) return { ...t, dead: got + (t.expires_in + 1) * 1000 };
		assert.ok(Date.now() - got >= 900, `a fresh token is refused: ${r.status} ${r.text}`);
	}
	throw new Error('no token lived long enough to be used');
}

test('lesson_F08 an access token ends one second past expires_in', async () => {
	for (const path of ['/mcp', '/mcp/alpha']) {
		const t = await alive({ path });
		assert.equal(t.expires_in, 2);
		await at(t.dead);
		const r = await post(t.resource, { authorization: `Bearer ${t.access_token}` });
		assert.equal(r.status, 401);
		assert.equal(parseChallenge(headerOf(r, 'www-authenticate')).error, 'invalid_token');
	}
});

test('lesson_F08 a session and an open stream end with their token', async () => {
	const t = await alive();
	const s = await legacy(t.resource, t.access_token).catch(async () => { Object.assign(t, await alive()); return legacy(t.resource, t.access_token); });
	const stream = fetch(t.resource, { headers: { authorization: `Bearer ${t.access_token}`, accept: 'text/event-stream', ...s.headers } });
	const opened = await stream;
	assert.ok(opened.status === 200 || opened.status === 401, `${opened.status}`);
	const text = opened.text();
	await at(t.dead);
	assert.equal((await s.call('tools/list')).status, 401);
	assert.equal((await s.close()).status, 401);
	await text; // ends, or the test's time is over
});

const refresh = (t, refresh_token) => token(d, { grant_type: 'refresh_token', refresh_token, client_id: t.client.client_id });

// A grant whose first refresh token was spent in time.
async function refreshed() {
	for (let i = 0; i < 10; i++) {
		const t = await alive();
		const next = await refresh(t, t.refresh_token);
		if (next.status === 200) return { t, next, made: Date.now() };
		assert.ok(Date.now() >= t.dead, `refresh: ${next.error}`);
	}
	throw new Error('no refresh token lived long enough to be used');
}

test('lesson_F08 a refresh token ends', async () => {
	const { t, next, made } = await refreshed();
	await at(made + 5000);
	const late = await refresh(t, next.refresh_token);
	assert.deepEqual([late.status, late.error], [400, 'invalid_grant']);
});

test('lesson_F08 a retired refresh token has no grace of 0 s, and takes its grant with it', async () => {
	const { t, next } = await refreshed();
	assert.notEqual(next.refresh_token, t.refresh_token);
	const again = await refresh(t, t.refresh_token);
	assert.deepEqual([again.status, again.error], [400, 'invalid_grant']);
	const successor = await refresh(t, next.refresh_token);
	assert.deepEqual([successor.status, successor.error], [400, 'invalid_grant']);
	assert.equal((await post(t.resource, { authorization: `Bearer ${next.access_token}` })).status, 401);
});

test('lesson_F08 a code ends', async () => {
	const client = await register(d);
	const { verifier, challenge } = pkce();
	const q = await consent(d.owner, authorizeUrl(d, client, { challenge }));
	await at(Date.now() + 3100);
	const t = await token(d, { grant_type: 'authorization_code', code: q.get('code'), redirect_uri: REDIRECT, client_id: client.client_id, code_verifier: verifier });
	assert.equal(t.status, 400);
	assert.equal(t.error, 'invalid_grant');
});

test('lesson_F08 a login ends', async () => {
	const short = await startGuarded({ settings: { tokens: { session: '2s' } }, names: ['alpha'] });
	try {
		const v = new Visitor(short);
		let seen = false;
		for (let i = 0; i < 10 && !seen; i++) {
			v.jar.clear();
			await v.login();
			seen = (await v.get('/')).status === 200;
		}
		assert.ok(seen, 'the login worked');
		const cookies = new Map(v.jar);
		await at(Date.now() + 3100);
		v.jar = cookies; // whatever the browser forgot, the attacker did not
		const r = await v.get('/');
		assert.equal(r.status, 303);
		assert.match(r.location, /^\/login/);
		v.jar.set('ostiary', forge('ws'));
		assert.equal((await v.get('/')).status, 303);
	} finally {
		await short.close();
	}
});
