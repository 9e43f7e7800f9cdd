import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { clientOf } from '../../../test/support/client.ts';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { createListeners } from '../../serve/listeners.ts';
import { serve } from '../../serve/serve.ts';
import { handWritten, SMALLEST_API } from '../support/assembly.ts';
import { anApi } from '../support/gateway.ts';
import { finish, functionOf, hasBegun, invocationOf, waits } from '../support/routes.ts';
import { testTls } from '../support/services.ts';

const MOCK = {
  'x-amazon-apigateway-integration': {
    type: 'mock',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    responses: { default: { statusCode: '200' } },
  },
};

interface TestApi {
  readonly path?: string;
  readonly name?: string;
  readonly stage?: string;
  readonly policy?: string;
  /** Of a function that responds instead of the gateway. */
  readonly code?: string;
}

/** A stack with these APIs by logical id, each with one route. */
function apis(all: Readonly<Record<string, TestApi>>): string {
  const { Api, Stage } = SMALLEST_API;
  const Resources = Object.entries(all).flatMap(([id, api]) => {
    const { path = `/${id}`, name = id, stage = 'live', policy, code } = api;
    const uri = invocationOf(`${id}Function`);
    const proxy = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri } };
    const get = { ...(code === undefined ? MOCK : proxy), responses: { 200: { description: 'ok' } } };
    const body = { ...Api.Properties.Body, paths: { [path]: { get } } };
    const properties = { ...Api.Properties, ...(policy && { SecurityPolicy: policy }), Name: name, Body: body };
    return [
      [id, { ...Api, Properties: properties }],
      [`${id}Stage`, { ...Stage, Properties: { RestApiId: { Ref: id }, StageName: stage } }],
      ...(code === undefined ? [] : [[`${id}Function`, functionOf(code)]]),
    ];
  });
  return handWritten({ Resources: Object.fromEntries(Resources) });
}

const data = temporaryFolder();
let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await serve({ assembly: apis({ First: {} }), data, port: 0 });
});
afterAll(() => gateway?.close());

const update = (all: Readonly<Record<string, TestApi>>) => gateway.update({ assembly: apis(all) });
const urls = () => Object.fromEntries(gateway.ready.apis.map(({ name, url }) => [name, url]));
const statusOf = async (url: string | undefined, path: string) =>
  (await clientOf({ ca: gateway.ready.ca, url: url ?? '' })('GET', path)).status;

describe('the APIs of a stack', () => {
  it('that are new get an address, which ready.json has; one that is gone loses it', async () => {
    const { url } = gateway.ready;
    await update({ Second: {}, First: {} });
    const { First, Second } = urls();
    expect([First, gateway.ready.url]).toEqual([url, url]);
    expect([await statusOf(First, '/First'), await statusOf(Second, '/Second')]).toEqual([200, 200]);
    expect(JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8'))).toEqual(gateway.ready);
    await update({ First: {} });
    expect(await statusOf(First, '/First')).toBe(200);
    await expect(statusOf(Second, '/Second')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('get the ports after the first one, so that their addresses are the same at each start', async () => {
    // A port that is free, as the two after it usually are.
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port: free } = server.address() as { readonly port: number };
        server.close(() => resolve(free));
      });
    });
    const print = () => undefined;
    const listeners = createListeners({ tls: await testTls(), print }, port);
    onTestFinished(() => listeners.close());
    const all = ['One', 'Two', 'Three'].map((id) => ({ ...anApi(), id }));
    const { apis: served } = await listeners.prepare({ apis: all, domains: [] }, () => undefined as never);
    expect(served.map((one) => one.port - port)).toEqual([0, 1, 2]);
  });

  it('keep their address when they or their stages get another name, also another logical id', async () => {
    await update({ First: {} });
    const { url } = gateway.ready;
    await update({ First: { name: 'renamed', stage: 'other' } });
    expect(urls()).toEqual({ renamed: url });
    await update({ Other: {} });
    expect(urls()).toEqual({ Other: url });
    expect([await statusOf(url, '/Other'), await statusOf(url, '/First')]).toEqual([200, 403]);
  });

  it('that are gone respond to the requests in flight, and close their connections with them', async () => {
    const folder = temporaryFolder();
    await update({ First: {}, Second: { code: waits(folder, 'late') } });
    const { Second: url = '' } = urls();
    const call = clientOf({ ca: gateway.ready.ca, url });
    const inFlight = call('GET', '/Second');
    await expect.poll(() => hasBegun(folder), { timeout: 30_000 }).toBe(true);
    await update({ First: {} });
    finish(folder);
    const { status, text, headers } = await inFlight;
    expect([status, text, headers['connection']]).toEqual([200, 'late', 'close']);
    await expect(call('GET', '/Second')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('take no address of a change that fails', async () => {
    await update({ First: {} });
    const before = gateway.ready;
    const broken = { Tables: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'no key' } } };
    const assembly = handWritten({
      Resources: {
        ...JSON.parse(readFileSync(join(apis({ First: {}, Second: {} }), 'Sample.template.json'), 'utf8')).Resources,
        ...broken,
      },
    });
    await expect(gateway.update({ assembly })).rejects.toThrow(/ValidationException/);
    expect(gateway.ready).toBe(before);
    expect(await statusOf(before.url, '/First')).toBe(200);
  });
});

describe('the minimum version of TLS', () => {
  const shakeHands = (maxVersion: 'TLSv1.2' | 'TLSv1.3') =>
    new Promise<string>((done) => {
      const { url, ca } = gateway.ready;
      const port = Number(new URL(url).port);
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: readFileSync(ca), maxVersion });
      socket.once('secureConnect', () => {
        done(socket.getProtocol() ?? '');
        socket.destroy();
      });
      socket.once('error', () => done('rejected'));
    });

  it('is that of the last update', async () => {
    const strict = 'SecurityPolicy_TLS13_1_3_2025_09';
    await update({ First: {} });
    expect(await shakeHands('TLSv1.2')).toBe('TLSv1.2');
    await update({ First: { policy: strict } });
    expect([await shakeHands('TLSv1.2'), await shakeHands('TLSv1.3')]).toEqual(['rejected', 'TLSv1.3']);
    await update({ First: {} });
    expect(await shakeHands('TLSv1.2')).toBe('TLSv1.2');
  });

  it('ends a connection with an older version after its next response', async () => {
    await update({ First: {} });
    const call = clientOf(gateway.ready, { maxVersion: 'TLSv1.2' });
    expect((await call('GET', '/First')).headers['connection']).toBe('keep-alive');
    await update({ First: { policy: 'SecurityPolicy_TLS13_1_3_2025_09' } });
    const { status, headers } = await call('GET', '/First');
    expect([status, headers['connection']]).toEqual([200, 'close']);
    await expect(call('GET', '/First')).rejects.toThrow();
  });
});

it('a new API takes the port that was asked for when the API that had it is gone, unless another process took it', async () => {
  const probe = createServer();
  const port = await new Promise<number>((done) => {
    probe.listen(0, '127.0.0.1', () => done((probe.address() as { port: number }).port));
  });
  await new Promise((done) => probe.close(done));
  const own = await serve({ assembly: apis({ First: {}, Second: {} }), data: temporaryFolder(), port });
  await own.update({ assembly: apis({ Second: {} }) });
  expect(own.ready.url).not.toBe(`https://localhost:${port}`);
  await own.update({ assembly: apis({ Second: {}, Third: {} }) });
  expect(own.ready.apis.map(({ url }) => url)).toContain(`https://localhost:${port}`);
  await own.close();
});

it('reports an error of a listener that is not about its port, instead of taking another port', async () => {
  const listeners = createListeners({ tls: await testTls(), print: () => undefined }, 0);
  onTestFinished(() => listeners.close());
  const use = () => ({ gateway: () => Promise.reject(new Error('not used')), end: () => undefined });
  const first = anApi();
  (await listeners.prepare({ apis: [first], domains: [] }, use)).commit();
  let failures = 0;
  const second = {
    ...anApi({}, { id: 'api2' }),
    get minTlsVersion(): 'TLSv1.3' {
      failures += 1;
      throw new Error('no such version');
    },
  };
  await expect(listeners.prepare({ apis: [first, second], domains: [] }, use)).rejects.toThrow('no such version');
  expect(failures).toBe(1);
});
