import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Browser, Page, Route } from 'playwright-core';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type Client, clientOf } from '../support/client.ts';
import type { RunningGateway } from '../support/gateway.ts';
import { forgetKeys, localService } from '../support/localServices.ts';
import { type PackedProject, packedProject } from '../support/packedProject.ts';

interface Order {
  readonly id: string;
  readonly status: string;
}

const WEBHOOK_SECRET = 'whsec_an-ordinary-string-of-the-payment-provider';
const run = promisify(execFile);
const stripe = new Stripe('sk_test_none');
let project: PackedProject;
let origin: string;
let gateway: RunningGateway;
let call: Client;

beforeAll(async () => {
  project = await packedProject('orders');
  origin = `http://localhost:${await freePort()}`;
}, 300_000);
afterAll(() => gateway?.stop());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const tokenOf = (role: string, tenant: string) => gateway.token(role, { claims: { tenant } });

async function place(tenant: string, headers: Readonly<Record<string, string>> = {}) {
  const body = { article: 'CHAIR-4', quantity: 2 };
  const keyed = { 'idempotency-key': randomUUID(), ...headers };
  return call('POST', `/tenants/${tenant}/orders`, { token: await tokenOf('clerk', tenant), body, headers: keyed });
}

async function importFile(tenant: string, csv: string, key: string) {
  const form = [
    '--limit',
    'Content-Disposition: form-data; name="file"; filename="orders.csv"',
    'Content-Type: text/csv',
    '',
    csv,
    '--limit--',
    '',
  ];
  const headers = { 'content-type': 'multipart/form-data; boundary=limit', 'idempotency-key': key };
  const token = await tokenOf('manager', tenant);
  return call('POST', `/tenants/${tenant}/imports`, { token, body: form.join('\r\n'), headers });
}

async function ordersOf(tenant: string): Promise<readonly Order[]> {
  const list = await call('GET', `/tenants/${tenant}/orders?limit=100`, { token: await tokenOf('viewer', tenant) });
  return list.json<{ items: Order[] }>().items;
}

describe('the project of a shop for several companies', () => {
  it('type-checks with the packed package', async () => {
    await expect(project.run('typecheck')).resolves.toBeDefined();
  });

  it('does not synthesize without the origin of its front end', async () => {
    await expect(project.runApp()).rejects.toMatchObject({
      stderr: expect.stringContaining('Name the origin of the front end, such as -c origin=https://shop.example.com.'),
    });
  });

  it('synthesizes, and is served', async () => {
    await project.run('synth', '-c', `origin=${origin}`);
    gateway = await project.serve();
    call = clientOf(gateway.ready);
    expect((await call('GET', '/health')).status).toBe(200);
  });

  it('keeps the orders of each company to its own people', async () => {
    const placed = await place('acme');
    expect(placed.status).toBe(201);
    const path = String(placed.headers['location']);
    const options = ['--role', 'viewer', '--claim', 'tenant=acme', '--data', gateway.ready.data];
    const viewer = await run('npx', ['--no', 'secure-api', 'token', ...options], { cwd: project.folder });
    const own = await call('GET', path, { token: viewer.stdout.trim() });
    expect([own.status, own.json()]).toEqual([200, placed.json()]);
    const foreign = await tokenOf('admin', 'globex');
    expect((await call('GET', path, { token: foreign })).status).toBe(403);
    expect((await call('DELETE', path, { token: foreign })).status).toBe(403);
    expect((await call('GET', path.replace('acme', '%61cme'), { token: foreign })).status).toBe(403);
  });

  it('places an order once, however often the request is repeated', async () => {
    const first = await place('once', { 'idempotency-key': 'k-1' });
    const second = await place('once', { 'idempotency-key': 'k-1' });
    expect([second.status, second.json(), second.headers['idempotency-replayed']]).toEqual([201, first.json(), 'true']);
    expect(await ordersOf('once')).toHaveLength(1);
  });

  it('places it once, also if the first function was killed after it had added the order', async () => {
    const first = await place('killed', { 'idempotency-key': 'k-2' });
    await forgetKeys(gateway);
    const second = await place('killed', { 'idempotency-key': 'k-2' });
    expect([second.status, second.json(), second.headers['idempotency-replayed']]).toEqual([
      201,
      first.json(),
      undefined,
    ]);
    expect(await ordersOf('killed')).toHaveLength(1);
  });

  it('imports each row once, also if the first function was killed half-way', async () => {
    const rows = 'article,quantity\r\nDESK-1,2\r\nDESK-1,2\r\n';
    expect((await importFile('piper', rows, 'k-3')).json()).toEqual({ orders: 2 });
    const [one] = await ordersOf('piper');
    await call('DELETE', `/tenants/piper/orders/${one?.id}`, { token: await tokenOf('admin', 'piper') });
    await forgetKeys(gateway);
    expect((await importFile('piper', rows, 'k-3')).json()).toEqual({ orders: 2 });
    expect((await ordersOf('piper')).map(({ id }) => id)).toContain(one?.id);
    expect(await ordersOf('piper')).toHaveLength(2);
  });

  it('exports page by page', async () => {
    const token = await tokenOf('manager', 'piper');
    const headers = { accept: 'text/csv' };
    const first = await call('GET', '/tenants/piper/orders.csv?limit=1', { token, headers });
    const next = /^<([^>]+)>; rel="next"$/.exec(String(first.headers['link']))?.[1] ?? expect.fail('no link');
    const last = await call('GET', next.replace('limit=1&', ''), { token, headers });
    expect(last.headers['link']).toBeUndefined();
    const ids = [first, last].map(({ text }) => text.split('\r\n')[1]?.slice(1, 37));
    expect(ids.toSorted()).toEqual((await ordersOf('piper')).map(({ id }) => id).toSorted());
  });

  it('announces the end of a route', async () => {
    const { headers, status } = await call('GET', '/orders', { token: await tokenOf('viewer', 'acme') });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ deprecation: '@1780272000', sunset: 'Tue, 01 Jun 2027 00:00:00 GMT' });
    expect(headers['link']).toContain('https://shop.example.com/help/orders');
  });
});

describe('the sender of payments', () => {
  /** An event as the sender posts it, signed by its own library. */
  const send = (id: string, tenant: string, order: string, secret = WEBHOOK_SECRET) => {
    const object = { object: 'payment_intent', amount: 100, metadata: { tenant, order } };
    const payload = JSON.stringify({ id, type: 'payment_intent.succeeded', livemode: false, data: { object } });
    const signature = stripe.webhooks.generateTestHeaderString({ payload, secret });
    return call('POST', '/webhooks/payments', { body: payload, headers: { 'stripe-signature': signature } });
  };
  const statusOf = async (path: string) =>
    (await call('GET', path, { token: await tokenOf('viewer', 'acme') })).json<Order>().status;

  beforeAll(async () => {
    const secrets = new SecretsManagerClient(localService(gateway, 'SECRETS_MANAGER'));
    const SecretId = gateway.ready.apis[0]?.webhooks?.['payments'];
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: WEBHOOK_SECRET }));
    secrets.destroy();
  });

  it('marks the order as paid, and is heard once for each event', async () => {
    const [placed, another] = [await place('acme'), await place('acme')];
    const path = String(placed.headers['location']);
    expect((await send('evt_1', 'acme', placed.json<Order>().id)).status).toBe(204);
    expect(await statusOf(path)).toBe('paid');
    // The handler would mark this order, too: the id of the event keeps it from that.
    expect((await send('evt_1', 'acme', another.json<Order>().id)).status).toBe(204);
    expect(await statusOf(String(another.headers['location']))).toBe('open');
    const cancel = await call('POST', `${path}/cancel`, { token: await tokenOf('manager', 'acme') });
    expect([cancel.status, cancel.json<{ code: string }>().code]).toEqual([409, 'order-closed']);
  });

  it('is rejected with another secret, and without a signature', async () => {
    const placed = await place('acme');
    const { id } = placed.json<{ id: string }>();
    expect((await send('evt_2', 'acme', id, 'whsec_another-ordinary-string-of-that-length')).status).toBe(401);
    expect((await call('POST', '/webhooks/payments', { body: {} })).status).toBe(401);
    expect(await statusOf(String(placed.headers['location']))).toBe('open');
  });
});

describe('the front end on another origin', () => {
  let web: ChildProcess;
  let browser: Browser;

  beforeAll(async () => {
    const { url, issuer } = gateway.ready;
    const options = ['--api', url, '--issuer', issuer, '--port', new URL(origin).port];
    web = spawn(process.execPath, ['web/serve.ts', ...options], { cwd: project.folder });
    await once(web.stdout ?? web, 'data');
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    web?.kill();
  });

  /** A person of a company, signed in at the provider's page. */
  async function signIn(company: string, claim = company): Promise<Page> {
    // The CA of this test is not the machine's.
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    await page.goto(origin);
    await page.getByLabel('Company').fill(company);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Username').fill('grace');
    await page.getByRole('group', { name: 'Roles' }).getByLabel('manager').check();
    await page.getByLabel('Claim tenant').fill(claim);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    // The shop is there once the page has its token.
    await page.getByRole('button', { name: 'Place order' }).waitFor();
    return page;
  }
  const said = (page: Page, text: RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();

  it('signs in, places, changes and cancels orders', async () => {
    const page = await signIn('initech');
    await page.getByLabel('Article').fill('LAMP-1');
    await page.getByLabel('Quantity').fill('3');
    await page.getByRole('button', { name: 'Place order' }).click();
    await said(page, /^Placed \/tenants\/initech\/orders\/[0-9a-f-]{36}\.$/);
    await page.getByRole('button', { name: 'One more LAMP-1' }).click();
    await said(page, /^Changed to version "2"\.$/);
    await page.getByRole('cell', { name: '4', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cancel LAMP-1' }).click();
    await page.getByRole('cell', { name: 'cancelled' }).waitFor();
  });

  it('places one order when the response is lost and the button is pressed again', async () => {
    const page = await signIn('umbrella');
    await page.getByLabel('Article').fill('LAMP-2');
    // The API gets the request, the page no response.
    const lose = async (route: Route) => {
      await route.fetch();
      await route.abort();
    };
    const place = async () => page.getByRole('button', { name: 'Place order' }).click();
    const isPlace = (url: URL) => url.pathname.endsWith('/orders');
    await page.route(isPlace, (route) => (route.request().method() === 'POST' ? lose(route) : route.continue()));
    await place();
    await said(page, /fetch/i);
    await page.unroute(isPlace);
    await place();
    await said(page, /^Placed /);
    expect(await ordersOf('umbrella')).toHaveLength(1);
    await place();
    await page.getByRole('cell', { name: 'LAMP-2' }).nth(1).waitFor();
  });

  it('shows what the API says is wrong', async () => {
    const page = await signIn('initech');
    await page.getByLabel('Article').fill('LAMP-1');
    await page.getByLabel('Quantity').fill('0');
    await page.getByRole('button', { name: 'Place order' }).click();
    await said(page, /^Invalid request: /);
  });

  it('imports and exports CSV files', async () => {
    const page = await signIn('hooli');
    const csv = Buffer.from('article,quantity,note\r\nDESK-1,2,"=1+1"\r\nDESK-2,5,\r\n');
    await page.getByLabel('Import CSV').setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: csv });
    await said(page, /^Imported 2 orders\.$/);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    const file = readFileSync(await (await download).path(), 'utf8');
    expect(file.split('\r\n')).toHaveLength(4);
    expect(file).toContain(`"DESK-1",2,"'=1+1","open"`);
  });

  it('shows nothing of another company', async () => {
    const page = await signIn('initech', 'globex');
    await said(page, /./);
    expect(await page.getByRole('cell').count()).toBe(0);
  });
});
