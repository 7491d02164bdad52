// Every page in a real browser: light and dark, narrow and wide, by keyboard,
// without a script.  axe-core finds what a screen reader would stumble over.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { addPerson } from '../attacks/kit.mjs';
import { openBrowser } from '../e2e/browser.mjs';
import { OWNER, REDIRECT, authorizeUrl, freePort, modules, ostiary, pkce, register, setupLink, startDaemon, until } from '../e2e/lib.mjs';

const LONG_WORD = 'averyveryverylongword'.repeat(6);
const WIDTHS = [360, 640, 1280]; // 640 is 1280 at 200 %
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let axe, browser, d, state;

before(async () => {
	axe = await readFile(join(modules, 'axe-core/axe.min.js'), 'utf8');
	browser = await openBrowser();
	const refused = await freePort();
	d = await startDaemon({ settings: {
		mcpServers: {
			demo: { command: ostiary, args: ['demo'], description: `The demo, ${LONG_WORD} <b>and more</b>` },
			late: { command: 'sh', args: ['-c', `sleep 4; exec ${ostiary} demo`], tools: { countdown: { enabled: false } } },
			refused: { url: `http://127.0.0.1:${refused}/mcp` },
			undefined: { url: 'https://example.com/mcp', headers: { 'X-Key': '${env:NOBODY_SET_THIS_VARIABLE}' } },
			dies: { command: 'sh', args: ['-c', 'echo "Error: a module is missing" >&2; echo "bye" >&2; exit 3'] },
			off: { command: 'true', disabled: true },
		},
		groups: { work: ['demo', 'late'] },
	} });
});

after(async () => {
	await browser?.close();
	await d?.close();
});

// A tab whose console has to stay quiet, but for the status of what was asked.
async function openTab(options = {}) {
	const context = await browser.newContext(options);
	const tab = await context.newPage();
	tab.said = [];
	tab.on('pageerror', e => tab.said.push(String(e)));
	tab.on('console', m => {
		if (['error', 'warning'].includes(m.type()) && !/^Failed to load resource: the server responded with a status of 4/.test(m.text())) tab.said.push(m.text());
	});
	return tab;
}

// What holds for every page.
async function inspect(tab, what) {
	const facts = await tab.evaluate(() => ({
		lang: document.documentElement.lang,
		title: document.title,
		headings: document.querySelectorAll('h1').length,
		mains: document.querySelectorAll('main#main').length,
		inline: document.querySelectorAll('[style], style, script:not([src])').length,
		moving: document.getAnimations().length,
	}));
	assert.equal(facts.lang, 'en', what);
	assert.match(facts.title, /^.+ · Ostiary$/, what);
	assert.deepEqual([facts.headings, facts.mains, facts.inline, facts.moving], [1, 1, 0, 0], what);
	for (const width of WIDTHS) {
		await tab.setViewportSize({ width, height: 740 });
		assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width, `${what}: fits ${width} px`);
	}
	for (const colorScheme of ['light', 'dark']) {
		await tab.emulateMedia({ colorScheme });
		await tab.evaluate(axe);
		const found = await tab.evaluate(values => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), RULES);
		assert.deepEqual(found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ')}`), [], `${what}, ${colorScheme}`);
	}
	assert.deepEqual(tab.said, [], what);
}

// Without the browser's own checks, which not every browser has.
async function send(tab, fields) {
	await tab.evaluate(() => document.forms[0].setAttribute('novalidate', ''));
	for (const [name, value] of Object.entries(fields)) await tab.locator(`[name=${name}]`).fill(value);
	await tab.locator('main button[type=submit]').first().click();
}

test('before there is an owner', async () => {
	const tab = await openTab();
	await tab.goto(d.url);
	await inspect(tab, 'no owner');
	await tab.goto(`${d.url}/setup?token=wrong`);
	await inspect(tab, 'a wrong setup link');

	await tab.goto(setupLink(d));
	await inspect(tab, 'set-up');
	await send(tab, { username: '', password: OWNER.password });
	await inspect(tab, 'set-up without a name');
	assert.equal(await tab.locator('#username[aria-invalid=true]').getAttribute('aria-describedby'), 'username-hint trouble');
	assert.equal(await tab.evaluate(() => document.activeElement.id), 'username');
	await send(tab, { username: OWNER.username, password: 'short' });
	await inspect(tab, 'set-up with a short password');
	assert.equal(await tab.inputValue('#username'), OWNER.username, 'what was right stays');
	assert.equal(await tab.evaluate(() => document.activeElement.id), 'password');

	await send(tab, OWNER);
	await tab.waitForURL(`${d.url}/`);
	await tab.goto(setupLink(d));
	await inspect(tab, 'a spent setup link');
	state = await tab.context().storageState();
	await tab.context().close();
});

test('a page looks again by itself while a server connects, without a script', async () => {
	await d.restart();
	const tab = await openTab({ storageState: state, javaScriptEnabled: false });
	const first = await tab.goto(d.url);
	assert.equal(first.headers().refresh, '3');
	const states = () => tab.locator('.servers > li:has(h2:text("late")) .state').innerText();
	assert.equal(await states(), 'connecting');
	await tab.locator('.servers > li:has(h2:text("late")) .state.connected').waitFor({ timeout: 20000 });
	// Those that try again now and then are connecting for a moment.
	await until('a page that rests', async () => (await tab.goto(d.url)).headers().refresh === undefined);
	await tab.context().close();
});

test('login', async () => {
	const tab = await openTab();
	await tab.goto(`${d.url}/login`);
	await inspect(tab, 'login');
	await send(tab, { username: OWNER.username, password: 'not the password' });
	await inspect(tab, 'login refused');
	assert.equal(await tab.inputValue('#password'), '');
	await tab.locator('[data-reveal=password]').click();
	assert.equal(await tab.locator('#password').getAttribute('type'), 'text');
	await send(tab, OWNER);
	await tab.waitForURL(`${d.url}/`);
	await tab.getByRole('button', { name: 'Log out' }).click();
	await tab.waitForURL(`${d.url}/login`);
	await tab.context().close();
});

test('pages of the owner', async () => {
	const tab = await openTab({ storageState: state });
	await tab.goto(d.url);
	await tab.evaluate(() => document.querySelectorAll('details').forEach(x => { x.open = true; }));
	await inspect(tab, 'dashboard');
	const text = await tab.locator('main').innerText();
	assert.match(text, /<b>and more<\/b>/, 'as text');
	assert.match(text, /mcpServers\.undefined\.headers\.X-Key: the variable NOBODY_SET_THIS_VARIABLE is not set/);
	assert.match(text, /Connection refused/);
	assert.match(text, /1\sfailed/);
	assert.match(text, /exited with status 3, saying "Error: a module is missing"/);
	await tab.reload();
	assert.equal(await tab.locator('details[open]').count(), 2, 'what was opened stays open');

	await tab.goto(`${d.url}/connect`);
	await tab.evaluate(() => document.querySelectorAll('details').forEach(x => { x.open = true; }));
	await inspect(tab, 'connect a client');
	assert.equal(await tab.getByText('/mcp/late', { exact: false }).count() > 0, true);
	assert.equal(await tab.getByText('/mcp/off', { exact: false }).count(), 0, 'nobody can use what is switched off');
	const vscode = JSON.parse(await tab.locator('#hub-vscode').innerText());
	assert.deepEqual(vscode, { servers: { ostiary: { type: 'http', url: `${d.url}/mcp` } } });
	for (const [id, name] of [['to-demo', 'demo'], ['to-work', 'work']]) {
		const cursor = JSON.parse(await tab.locator(`#${id}-cursor`).innerText());
		assert.deepEqual(cursor, { mcpServers: { [name]: { url: `${d.url}/mcp/${name}` } } });
	}
	await tab.goto(`${d.url}/access`);
	await inspect(tab, 'access, empty');
	await tab.goto(`${d.url}/no/such/page`);
	await inspect(tab, 'not found');
	for (const [path, name] of [['/mcp', 'all servers'], ['/mcp/work', 'work']]) {
		assert.equal((await tab.goto(d.url + path)).status(), 401);
		await inspect(tab, `${path} in a browser`);
		assert.match(await tab.locator('main').innerText(), new RegExp(`reach ${name};[^]*${d.url}${path}\\n`));
	}
	await tab.getByRole('link', { name: 'How to connect a client' }).click();
	await tab.waitForURL(`${d.url}/connect`);
	await tab.context().close();
});

test('somebody who owns nothing sees what they may use, and nothing of how it is configured', async () => {
	await addPerson(d, 'grace', 'grace has a password');
	const tab = await openTab();
	await tab.goto(`${d.url}/login`);
	await send(tab, { username: 'grace', password: 'grace has a password' });
	await tab.waitForURL(`${d.url}/`);
	await until('the late server', async () => { await tab.reload(); return await tab.locator('.servers > li:has(h2:text("late")) .state.connected').count(); });
	await tab.evaluate(() => document.querySelectorAll('details').forEach(x => { x.open = true; }));
	await inspect(tab, 'dashboard of another');
	const seen = Object.fromEntries(await tab.locator('.servers > li').evaluateAll(all => all.map(li => [li.querySelector('h2').firstChild.data.trim(), li.innerText])));
	assert.deepEqual(Object.keys(seen).sort(), ['demo', 'dies', 'late', 'refused', 'undefined'], 'not what is switched off');
	for (const [name, state] of Object.entries({ demo: 'connected', late: 'connected', undefined: 'failed', dies: '(failed|waiting|connecting)', refused: '(failed|waiting|connecting)' }))
		assert.match(seen[name], new RegExp(`\\b${state}\\b`, 'i'), name);
	assert.match(seen.demo, /countdown[^]*slugify/);
	assert.match(seen.late, /slugify/);
	assert.doesNotMatch(seen.late, /countdown|off/, 'a tool that is switched off');
	const html = await tab.content();
	for (const inside of [ostiary, 'on this machine', '<li>HTTP</li>', 'speaks 20', 'and more', 'NOBODY_SET', 'example.com', 'refused', 'exited', 'sleep', 'mcp_settings'])
		assert.ok(!html.replaceAll('>refused<', '').includes(inside), `${inside} is the owner's`);
	await tab.context().close();
});

test('consent', async () => {
	const tab = await openTab({ storageState: state });
	const { challenge } = pkce();
	const ask = (client, extra) => tab.goto(authorizeUrl(d, client, { challenge, resource: `${d.url}/mcp`, ...extra }).href);
	const local = await register(d, { client_name: `A client <i>called</i> ${LONG_WORD}` });
	const there = `https://client.${LONG_WORD.slice(0, 60)}.example.com/callback/${LONG_WORD}?to=${LONG_WORD}`;
	const remote = await register(d, { client_name: 'Far away', redirect_uris: [there] });

	await ask(remote, { redirect_uri: there });
	await inspect(tab, 'consent, elsewhere');
	assert.equal(await tab.locator('.address.split').textContent(), there, 'the whole address');
	const [weight, rest] = await tab.evaluate(() => ['.address.split strong', '.address.split'].map(s => Number(getComputedStyle(document.querySelector(s)).fontWeight)));
	assert.ok(weight > rest, 'the host stands out');
	await ask(local, { redirect_uri: 'https://elsewhere.example/' });
	await inspect(tab, 'an address that is not registered');
	await ask(remote, { redirect_uri: there, scope: 'no:such:scope' });
	await inspect(tab, 'a scope that nobody knows');
	await ask({ client_id: 'c_nobody' });
	await inspect(tab, 'a client that nobody knows');
	await ask(local);
	await inspect(tab, 'consent, on this machine');

	// A click that was meant for what lay here before.
	const posts = [];
	tab.on('request', r => r.method() === 'POST' && posts.push(r.url()));
	await tab.evaluate(() => { dispatchEvent(new Event('focus')); document.querySelector('button[value=allow]').click(); });
	await tab.getByText('press once more').waitFor();
	assert.deepEqual(posts, []);
	await inspect(tab, 'consent, pressed too soon');

	await tab.route(u => u.href.startsWith(REDIRECT), r => r.fulfill({ contentType: 'text/plain', body: 'back' }));
	await tab.waitForTimeout(600);
	const posted = tab.waitForRequest(r => r.method() === 'POST');
	await tab.getByRole('button', { name: 'Allow' }).click();
	const sent = await (await posted).allHeaders();
	assert.deepEqual([sent.origin, sent.referer], ['null', undefined], 'no referrer, and let in all the same');
	await tab.waitForURL(u => u.searchParams.has('code'));
	await tab.goto(`${d.url}/access`);
	await inspect(tab, 'access');
	await tab.getByRole('button', { name: /^Take back/ }).click();
	await tab.getByRole('heading', { name: 'Nobody yet' }).waitFor();
	await tab.context().close();
});

// Where Tab leads, from the top; each stop has to be seen.
async function stops(tab) {
	const seen = [];
	await tab.evaluate(() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); });
	for (let i = 0; i < 30; i++) {
		await tab.keyboard.press('Tab');
		const at = await tab.evaluate(() => {
			const e = document.activeElement, s = getComputedStyle(e);
			return e === document.body ? null : { name: (e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText).split('\n')[0].trim(),
				outline: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2, inside: e.getBoundingClientRect().top >= 0 };
		});
		if (at === null) break;
		assert.ok(at.outline && at.inside, `${at.name} shows that it has the focus`);
		seen.push(at.name);
	}
	return seen;
}

test('by keyboard alone', async () => {
	const tab = await openTab();
	await tab.goto(`${d.url}/login`);
	assert.equal(await tab.evaluate(() => document.activeElement.id), 'username', 'begins where one types');
	assert.deepEqual(await stops(tab), ['Skip to content', 'Name', 'Password', 'Show the password', 'Log in']);
	await tab.focus('#username');
	await tab.keyboard.type(OWNER.username);
	await tab.keyboard.press('Tab');
	await tab.keyboard.type(OWNER.password);
	await tab.keyboard.press('Enter');
	await tab.waitForURL(`${d.url}/`);
	const way = await stops(tab);
	assert.deepEqual(way.slice(0, 7), ['Skip to content', 'Ostiary', 'Servers', 'Connect a client', 'Access', 'Log out', 'Connect a client']);
	assert.ok(way.includes('Tools (2)'), way.join(', '));
	await tab.focus('.skip');
	await tab.keyboard.press('Enter');
	await tab.keyboard.press('Tab');
	assert.equal(await tab.evaluate(() => document.activeElement.innerText), 'Connect a client', 'the skip link skips');
	assert.deepEqual(tab.said, []);
	await tab.context().close();
});

test('without a script', async () => {
	const tab = await openTab({ javaScriptEnabled: false });
	await tab.goto(`${d.url}/connect`);
	await tab.locator('#username').fill(OWNER.username);
	await tab.locator('#password').fill(OWNER.password);
	assert.ok(!await tab.locator('[data-reveal]').isVisible(), 'no button that does nothing');
	await tab.locator('button[type=submit]').click();
	await tab.waitForURL(`${d.url}/connect`);
	assert.ok(await tab.locator('#hub-claude-code').isVisible());
	assert.equal(await tab.locator('[data-copy]:visible').count(), 0);
	await tab.locator('#to-demo > summary').click();
	assert.ok(await tab.locator('#to-demo-vscode').isVisible());
	await tab.getByRole('button', { name: 'Log out' }).click();
	await tab.waitForURL(`${d.url}/login`);
	await tab.context().close();
});
