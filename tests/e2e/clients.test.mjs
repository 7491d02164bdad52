// Clients beside the official SDKs: mcp-remote, which a desktop client starts
// as a program; two OAuth libraries that refuse what is not by the documents;
// the conformance suite's judgement of an authorization server.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as strict from 'oauth4webapi';
import * as openid from 'openid-client';
import { openBrowser, sayYes } from './browser.mjs';
import { consent, freePort, here, modern, modules, ostiary, OWNER, REDIRECT, register, run, startDaemon, until, Visitor } from './lib.mjs';

const LINK = /http:\S+\/oauth\/authorize\?\S+/;
const insecure = { [strict.allowInsecureRequests]: true };
let d, visitor, browser, home;

before(async () => {
	d = await startDaemon({ settings: { mcpServers: { demo: { command: ostiary, args: ['demo'] } } } });
	visitor = await new Visitor(d).makeOwner();
	browser = await openBrowser();
	home = await mkdtemp(join(tmpdir(), 'ostiary-remote-'));
});

after(async () => {
	await browser?.close();
	await d?.close();
	if (home) await rm(home, { recursive: true, force: true });
});

// What a desktop client does with the snippet: it speaks to a program, and the
// program asks a person when it has to.
async function throughRemote(url) {
	const transport = new StdioClientTransport({ command: process.execPath, args: [join(modules, 'mcp-remote/dist/proxy.js'), url],
		env: { PATH: '/nowhere', HOME: home, MCP_REMOTE_CONFIG_DIR: join(home, 'remote') }, stderr: 'pipe' });
	let said = '', isOpen = false;
	transport.stderr.on('data', c => { said += c; });
	const client = new Client({ name: 'desktop', version: '1.0.0' });
	const connected = client.connect(transport).then(() => { isOpen = true; });
	const link = await until('a link, or none needed', () => isOpen || said.match(LINK)?.[0]);
	if (!isOpen) {
		const page = await browser.newPage();
		await sayYes(page, link, OWNER);
		await page.getByText('Authorization successful').waitFor();
		await page.close();
		await connected;
	}
	return { client, asked: LINK.test(said) };
}

test('mcp-remote: a person is asked once', { timeout: 60000 }, async () => {
	for (const first of [true, false]) {
		const { client, asked } = await throughRemote(`${d.url}/mcp`);
		assert.equal(asked, first);
		const result = await client.callTool({ name: 'demo__slugify', arguments: { text: 'Über den Wolken' } });
		assert.equal(result.structuredContent.slug, 'uber-den-wolken');
		await client.close();
	}
});

// From a resource's address alone to its authorization server's metadata.
async function discover(resource) {
	const document = await strict.processResourceDiscoveryResponse(resource, await strict.resourceDiscoveryRequest(resource, insecure));
	const issuer = new URL(document.authorization_servers[0]);
	return { document, server: await strict.processDiscoveryResponse(issuer, await strict.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })) };
}

test('oauth4webapi: discovery, registration, code, refresh, revocation', async () => {
	const resource = new URL(`${d.url}/mcp/demo`);
	const { document, server } = await discover(resource);
	const client = await strict.processDynamicClientRegistrationResponse(await strict.dynamicClientRegistrationRequest(server,
		{ client_name: 'Strict', redirect_uris: [REDIRECT], grant_types: ['authorization_code', 'refresh_token'],
			response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic' }, insecure));
	const secret = strict.ClientSecretBasic(client.client_secret);
	const verifier = strict.generateRandomCodeVerifier();
	const state = strict.generateRandomState();
	const link = new URL(server.authorization_endpoint);
	link.search = new URLSearchParams({ client_id: client.client_id, redirect_uri: REDIRECT, response_type: 'code', state, resource: document.resource,
		scope: 'mcp:tools:read mcp:tools:execute', code_challenge: await strict.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' });
	const answer = await consent(visitor, link);
	const parameters = strict.validateAuthResponse(server, client, answer, state);
	const tokens = await strict.processAuthorizationCodeResponse(server, client, await strict.authorizationCodeGrantRequest(server, client, secret,
		parameters, REDIRECT, verifier, { additionalParameters: { resource: document.resource }, ...insecure }));
	assert.equal(tokens.token_type, 'bearer');
	assert.deepEqual(tokens.scope.split(' ').sort(), ['mcp:tools:execute', 'mcp:tools:read']);
	const next = await strict.processRefreshTokenResponse(server, client, await strict.refreshTokenGrantRequest(server, client, secret,
		tokens.refresh_token, { additionalParameters: { resource: document.resource }, ...insecure }));
	assert.notEqual(next.refresh_token, tokens.refresh_token);
	assert.equal((await modern(resource.href, next.access_token, 'tools/call', { name: 'slugify', arguments: { text: 'A B' } })).message.result.structuredContent.slug, 'a-b');
	await strict.processRevocationResponse(await strict.revocationRequest(server, client, secret, next.refresh_token, insecure));
	const refused = await strict.protectedResourceRequest(next.access_token, 'POST', resource, undefined, '{}', insecure).catch(e => e);
	assert.ok(refused instanceof strict.WWWAuthenticateChallengeError, String(refused));
	assert.equal(refused.status, 401);
	assert.equal(refused.cause[0].parameters.error, 'invalid_token');
	assert.equal(refused.cause[0].parameters.resource_metadata, `${d.url}/.well-known/oauth-protected-resource/mcp/demo`);
});

test('openid-client: a public client, and an error as the library names it', async () => {
	const config = await openid.dynamicClientRegistration(new URL(d.url), { client_name: 'Public', redirect_uris: [REDIRECT],
		grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'none' }, openid.None(),
	{ algorithm: 'oauth2', execute: [openid.allowInsecureRequests] });
	const pkceCodeVerifier = openid.randomPKCECodeVerifier();
	const expectedState = openid.randomState();
	const link = openid.buildAuthorizationUrl(config, { redirect_uri: REDIRECT, resource: `${d.url}/mcp`, state: expectedState,
		code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256' });
	const back = new URL(REDIRECT);
	back.search = await consent(visitor, link);
	const tokens = await openid.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState });
	assert.ok(tokens.expires_in > 0 && tokens.refresh_token);
	const again = await openid.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState }).catch(e => e);
	assert.equal(again.error, 'invalid_grant');
	back.search = await consent(visitor, link, 'deny');
	const denied = await openid.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState }).catch(e => e);
	assert.equal(denied.error, 'access_denied');
});

test('conformance, authorization server', { timeout: 60000 }, async () => {
	const port = await freePort();
	const redirect = `http://127.0.0.1:${port}/callback`;
	const client = await register(d, { client_name: 'Suite', redirect_uris: [redirect] });
	const out = await mkdtemp(join(tmpdir(), 'ostiary-conformance-'));
	const suite = run(process.execPath, ['--import', join(here, 'support/globsync-shim.mjs'), join(modules, '@modelcontextprotocol/conformance/dist/index.js'),
		'authorization', '--url', d.url, '--client-id', client.client_id, '--resource', `${d.url}/mcp/demo`, '--port', String(port), '-o', out]);
	const page = await browser.newPage();
	await sayYes(page, await until('a link', () => suite.text.match(LINK)?.[0]), OWNER);
	const { code } = await suite.gone;
	await page.close();
	await rm(out, { recursive: true, force: true });
	assert.equal(code, 0, suite.text);
	assert.match(suite.text, /Total: 2 passed, 0 failed/);
});
