// A person with Chromium: logs in if asked, reads the consent page, allows.
import { chromium } from 'playwright-core';

export function openBrowser() {
	return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync'] });
}

export async function fillLogin(page, person) {
	await page.getByLabel('Name', { exact: false }).or(page.locator('input[name=username]')).first().fill(person.username);
	await page.locator('input[name=password]').fill(person.password);
	await page.locator('form:has(input[name=password]) button[type=submit]').first().click();
}

// Opens an authorization URL and says yes, after a login if one is asked for.
export async function sayYes(page, url, person) {
	await page.goto(url);
	if (await page.locator('input[name=password]').count()) await fillLogin(page, person);
	await page.waitForTimeout(600); // it takes no answer when it has only just come up
	await page.locator('button[name=decision][value=allow]').click();
}

// Follows an authorization URL to the client's redirect address; what the
// address got as its query.
export async function allow(page, url, person, redirect) {
	await page.route(u => u.href.startsWith(redirect), route => route.fulfill({ status: 200, contentType: 'text/html', body: '<title>done</title>back at the client' }));
	await sayYes(page, url, person);
	await page.waitForURL(u => u.href.startsWith(redirect));
	return new URL(page.url()).searchParams;
}
