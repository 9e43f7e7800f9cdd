import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from 'openid-client';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { clientOf } from '../support/client.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';
import { discover } from '../support/oauth.ts';

const PASSWORD = 'correct horse battery';
let gateway: RunningGateway;
let browser: Browser;
let config: client.Configuration;
/** The app that people are sent back to. */
let app: Server;
let redirectUri: string;

beforeAll(async () => {
  gateway = await startGateway();
  const { data, issuer, ca } = gateway.ready;
  const added = await cli(
    ['users', 'add', 'ada', '--role', 'editor', '--tier', 'premium', '--data', data],
    undefined,
    undefined,
    PASSWORD,
  );
  expect(added).toMatchObject({ code: 0, stdout: '' });
  config = await discover({ issuer, ca: readFileSync(ca, 'utf8') }, 'local-app');
  app = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<title>The app</title>'));
  await new Promise<void>((done) => app.listen(0, '127.0.0.1', done));
  redirectUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/cb`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  app?.close();
  await gateway?.stop();
});

/** A new browser profile at the start of a sign-in, and what the page complained of, such as of its content policy. */
async function start(options: BrowserContextOptions = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid api',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const { page, trouble } = await open(url.href, options);
  return { page, trouble, verifier };
}

async function open(url: string, options: BrowserContextOptions = {}) {
  // The CA of this test is not the machine's.
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true, ...options })).newPage();
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(error.message));
  await page.goto(url);
  return { page, trouble };
}

/** What the API says of the caller, with the token that the app gets for the code in the address bar. */
async function whoAmI(page: Page, verifier: string) {
  await page.waitForURL(`${redirectUri}?**`);
  const tokens = await client.authorizationCodeGrant(config, new URL(page.url()), { pkceCodeVerifier: verifier });
  return (await clientOf(gateway.ready)('GET', '/me', { token: tokens.access_token })).json();
}

/** Waits until the page with this heading is there; fails when it does not come. */
const heading = (page: Page, name: string) =>
  page.getByRole('heading', { name, exact: true }).waitFor({ timeout: 15_000 });

describe('the sign-in page', () => {
  it('signs a known user in by keyboard alone, and the API knows who calls', async () => {
    const { page, trouble, verifier } = await start();
    expect(await page.title()).toBe('Sign in');
    expect(await page.getByLabel('User', { exact: true }).inputValue()).toBe('ada');
    await page.locator('#password:focus').waitFor();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    expect(await whoAmI(page, verifier)).toMatchObject({ subject: 'ada', roles: ['editor'], tier: 'premium' });
    expect(await page.title()).toBe('The app');
    expect(trouble).toEqual([]);
  });

  it('says that user or password is wrong, in words that a screen reader reads out', async () => {
    const { page } = await start();
    await page.getByLabel('Password').fill('wrong horse battery');
    await page.getByRole('button', { name: 'Sign in as this user' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('User or password is wrong.');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
  });

  it('signs anybody in with the roles and tier that are picked', async () => {
    const { page, trouble, verifier } = await start();
    await page.getByLabel('Username').fill('grace');
    await page.getByRole('group', { name: 'Roles' }).getByLabel('viewer').check();
    await page.getByLabel('Tier').selectOption('premium');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    expect(await whoAmI(page, verifier)).toMatchObject({ subject: 'grace', roles: ['viewer'], tier: 'premium' });
    expect(trouble).toEqual([]);
  });

  it('takes a cancelled sign-in back to the app, too', async () => {
    const { page } = await start();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(`${redirectUri}?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
  });

  it('works without scripts, and on a phone without scrolling sideways', async () => {
    const { page, verifier } = await start({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
    const box = await page.locator('main').boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(320);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in as this user' }).click();
    expect(await whoAmI(page, verifier)).toMatchObject({ subject: 'ada' });
  });

  it('names every field and button', async () => {
    const { page } = await start();
    const fields = await page.locator('input:not([type=hidden]), select, button').all();
    expect(fields.length).toBeGreaterThan(8);
    const names = await Promise.all(fields.map((field) => field.ariaSnapshot()));
    for (const name of names) expect(name).toMatch(/"[^"]+"/);
  });
});

describe('the pages for a device', () => {
  it('connect it: address with the code, question, sign-in', async () => {
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid api' });
    const { page, trouble } = await open(device.verification_uri_complete ?? '');
    expect(await page.getByLabel('Code that the device shows').inputValue()).toBe(device.user_code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'Is this your device?');
    await page.getByRole('button', { name: 'Yes, continue' }).click();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in as this user' }).click();
    await heading(page, 'Signed in');
    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 });
    const me = await clientOf(gateway.ready)('GET', '/me', { token: tokens.access_token });
    expect(me.json()).toMatchObject({ subject: 'ada', roles: ['editor'] });
    expect(trouble).toEqual([]);
  });

  it('take a code as it is typed: in lower case, without the dash', async () => {
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
    const { page } = await open(device.verification_uri);
    await page.locator('#user_code:focus').waitFor();
    await page.keyboard.type(device.user_code.toLowerCase().replace('-', ''));
    await page.keyboard.press('Enter');
    await heading(page, 'Is this your device?');
    expect(await page.getByRole('main').textContent()).toContain(device.user_code);
  });
});
