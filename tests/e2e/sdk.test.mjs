// Journeys J1 and J2 with the official clients and a real browser: 401,
// discovery, registration, login, consent, token, tools/list, tools/call.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { allow, openBrowser } from './browser.mjs';
import { freePort, here, modules, MODERN, ostiary, OWNER, run, setupLink, startDaemon, until } from './lib.mjs';

const REDIRECT = 'http://localhost:47812/callback';
const INFO = { name: 'journey', version: '1.0.0' };

// What a client application keeps between its starts.
class Keeper {
	constructor() { this.redirectUrl = REDIRECT; }
	get clientMetadata() {
		return { client_name: 'Journey <b>client</b>', redirect_uris: [REDIRECT], grant_types: ['authorization_code', 'refresh_token'],
			response_types: ['code'], token_endpoint_auth_method: 'none' };
	}
	state() { return this.sent ??= Math.random().toString(36).slice(2); }
	clientInformation() { return this.client; }
	saveClientInformation(c) { this.client = c; this.registered = (this.registered ?? 0) + 1; }
	tokens() { return this.kept; }
	saveTokens(t) { this.kept = t; }
	redirectToAuthorization(url) { this.url = url; }
	saveCodeVerifier(v) { this.verifier = v; }
	codeVerifier() { return this.verifier; }
	saveDiscoveryState(s) { this.discovery = s; }
	discoveryState() { return this.discovery; }
}

// What stood in MCP-Protocol-Version of the last call of a tool.
let spoken;
const listening = (url, init) => {
	if (String(init?.body).includes('"tools/call"')) spoken = new Headers(init.headers).get('mcp-protocol-version');
	return fetch(url, init);
};
const over = Transport => (url, authProvider) => new Transport(url, { authProvider, fetch: listening });

const kinds = {
	'sdk 1.32.2': { client: () => new Client1(INFO), transport: over(Transport1), finish: q => q.get('code'), protocol: '2025-11-25' },
	'client 2.4.0, pinned': { client: () => new Client2(INFO, { versionNegotiation: { mode: { pin: MODERN } } }), transport: over(Transport2), finish: q => q, protocol: MODERN },
	'client 2.4.0, default': { client: () => new Client2(INFO), transport: over(Transport2), finish: q => q, protocol: '2025-11-25' },
	'client 2.4.0, auto': { client: () => new Client2(INFO, { versionNegotiation: { mode: 'auto' } }), transport: over(Transport2), finish: q => q, protocol: MODERN },
};

const targets = {
	demo: { tool: 'slugify', arguments: { text: 'Crème Brûlée für Zwei' }, expect: /creme-brulee-fur-zwei/ },
	everything: { tool: 'echo', arguments: { message: 'hello through both doors' }, expect: /hello through both doors/ },
	'everything-http': { tool: 'echo', arguments: { message: 'hello over HTTP' }, expect: /hello over HTTP/ },
	fixture: { tool: 'test_simple_text', arguments: {}, expect: /simple text response/ },
};

let d, browser, fixture, everything;

before(async () => {
	const [a, b] = [await freePort(), await freePort()];
	const entry = join(modules, '@modelcontextprotocol/server-everything/dist/index.js');
	fixture = run('node', [join(here, 'support/fixture.mjs')], { env: { PORT: String(a) } });
	everything = run('node', [entry, 'streamableHttp'], { env: { PORT: String(b) } });
	await until('the fixture', () => fixture.out.includes('fixture on'));
	await until('server-everything', async () => (await fetch(`http://127.0.0.1:${b}/mcp`, { method: 'POST' })).status > 0);
	d = await startDaemon({ settings: { mcpServers: {
		demo: { command: ostiary, args: ['demo'] },
		everything: { command: 'node', args: [entry, 'stdio'] },
		'everything-http': { url: `http://127.0.0.1:${b}/mcp` },
		fixture: { url: `http://localhost:${a}/mcp` },
	} } });
	browser = await openBrowser();
	const page = await browser.newPage();
	await page.goto(setupLink(d));
	await page.locator('input[name=username]').fill(OWNER.username);
	await page.locator('input[name=password]').fill(OWNER.password);
	await page.locator('form:has(input[name=password]) button[type=submit]').click();
	await page.waitForURL(`${d.url}/`);
	await until('the demo server on the dashboard', async () => (await page.reload()) && await page.getByText('slugify').count());
	await page.close();
});

after(async () => {
	await browser?.close();
	await d?.close();
	await fixture?.stop();
	await everything?.stop();
});

// From nothing to a connected client; the keeper may hold tokens already.
async function connect(kind, url, keeper, context) {
	const first = kind.client();
	const transport = kind.transport(url, keeper);
	try {
		await first.connect(transport);
		return first;
	} catch (e) {
		if (!/Unauthorized/i.test(`${e.name} ${e.constructor.name} ${e.message} ${e.cause}`)) throw e;
	}
	const page = await context.newPage();
	const q = await allow(page, keeper.url.href, OWNER, REDIRECT);
	await page.close();
	assert.ok(q.get('code'), `no code: ${q}`);
	assert.equal(q.get('iss'), d.url);
	assert.equal(q.get('state'), keeper.url.searchParams.get('state'));
	await transport.finishAuth(kind.finish(q));
	const second = kind.client();
	await second.connect(kind.transport(url, keeper));
	return second;
}

async function use(kind, client, target) {
	spoken = undefined;
	const { tools } = await client.listTools();
	assert.ok(tools.some(t => t.name === target.tool), `no ${target.tool} among ${tools.map(t => t.name)}`);
	const result = await client.callTool({ name: target.tool, arguments: target.arguments });
	assert.match(result.content.map(c => c.text).join(' '), target.expect);
	assert.equal(spoken, kind.protocol);
}

for (const [name, kind] of Object.entries(kinds))
	describe(name, () => {
		const keepers = {};
		let context;
		before(async () => { context = await browser.newContext(); });
		after(() => context.close());

		for (const [server, target] of Object.entries(targets))
			test(`${name}: ${server}`, { timeout: 60000 }, async () => {
				const keeper = keepers[server] = new Keeper();
				const client = await connect(kind, new URL(`${d.url}/mcp/${server}`), keeper, context);
				await use(kind, client, target);
				await client.close();
			});

		test(`${name}: the hub`, { timeout: 60000 }, async () => {
			const client = await connect(kind, new URL(`${d.url}/mcp`), new Keeper(), context);
			for (const [server, target] of Object.entries(targets))
				await use(kind, client, { ...target, tool: `${server}__${target.tool}` });
			await client.close();
		});

		test(`${name}: a restart loses no login`, { timeout: 60000 }, async () => {
			await d.restart();
			for (const [server, target] of Object.entries(targets)) {
				const client = await connect(kind, new URL(`${d.url}/mcp/${server}`), keepers[server], null);
				await use(kind, client, target);
				await client.close();
			}
		});

		test(`${name}: next week it still works`, { timeout: 60000 }, async () => {
			const keeper = keepers.demo;
			const before = keeper.kept.refresh_token;
			keeper.kept = { ...keeper.kept, access_token: keeper.kept.access_token.slice(0, -1) + (keeper.kept.access_token.endsWith('a') ? 'b' : 'a') };
			const client = await connect(kind, new URL(`${d.url}/mcp/demo`), keeper, null);
			await use(kind, client, targets.demo);
			await client.close();
			assert.notEqual(keeper.kept.refresh_token, before, 'the refresh token was rotated');
			assert.equal(keeper.registered, 1);
		});
	});
