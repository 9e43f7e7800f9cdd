import { afterAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../../test/support/client.ts';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { ECHO, edgeAssembly, type TestEdge } from '../support/edge.ts';

const gateways: LocalGateway[] = [];
afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));

async function start(edge: Partial<TestEdge> = {}, print: (line: string) => void = () => undefined) {
  const assembly = edgeAssembly({ handler: ECHO, ...edge });
  const gateway = await serve({ assembly, data: temporaryFolder(), port: 0, print });
  gateways.push(gateway);
  return gateway;
}

const viewerOf = ({ ready }: LocalGateway) => clientOf(ready, { servername: 'localhost' });
const visibility = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: true, MetricName: 'rate' };
const rate = {
  Name: 'rate',
  Priority: 1,
  Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
  VisibilityConfig: visibility,
  Statement: { RateBasedStatement: { Limit: 10, EvaluationWindowSec: 60, AggregateKeyType: 'IP' } },
};

describe('the web ACL of a distribution', () => {
  it('counts the address of the viewer, whatever headers say, and its response has the headers of the policy', async () => {
    const viewer = viewerOf(await start({ rules: [rate] }));
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      const headers = { 'x-forwarded-for': `192.0.2.${i}`, 'cloudfront-viewer-address': `192.0.2.${i}:1` };
      statuses.push((await viewer('GET', '/', { headers })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
    expect((await viewer('GET', '/')).headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('a viewer-request function', () => {
  const code = (body: string) =>
    `async function handler(event) { const request = event.request; ${body} return request; }`;

  it.each([
    ['throws', code('throw new Error("tok-9");')],
    ['never ends', code('for (;;) await 0;')],
    ['loops', code('for (;;);')],
    ['returns nothing', 'async function handler() {}'],
  ])('that %s is a 503 without a word of it', async (_, viewerRequest) => {
    const response = await viewerOf(await start({ viewerRequest }))('GET', '/');
    expect(response.status).toBe(503);
    expect(response.text).not.toContain('tok-9');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
  });

  it('can respond by itself', async () => {
    const viewerRequest = `function handler() {
      return { statusCode: 418, headers: { 'x-own': { value: 'yes' } }, body: { encoding: 'text', data: 'tea' } };
    }`;
    const response = await viewerOf(await start({ viewerRequest }))('GET', '/');
    expect([response.status, response.headers['x-own'], response.text]).toEqual([418, 'yes', 'tea']);
  });

  it('sees each value of a repeated header, query parameter and cookie', async () => {
    const viewerRequest = `function handler(event) {
      const { headers, querystring, cookies } = event.request;
      return { statusCode: 200, body: JSON.stringify({ a: headers['x-a'], q: querystring, cookies }) };
    }`;
    const viewer = viewerOf(await start({ viewerRequest }));
    const response = await viewer('GET', '/?q=1&q=%20&r', { headers: { 'x-a': ['1', '2'], cookie: 'c=1; d=2' } });
    expect(response.json()).toEqual({
      a: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] },
      q: { q: { value: '1', multiValue: [{ value: '1' }, { value: '%20' }] }, r: { value: '' } },
      cookies: { c: { value: '1' }, d: { value: '2' } },
    });
  });

  it('cannot reach this machine', async () => {
    const viewerRequest = `function handler() {
      const escapes = ['process', 'require', 'setTimeout', 'fetch'].map((name) => typeof globalThis[name]);
      let evaluated = 'no';
      try { evaluated = String(eval('1')); } catch (error) {}
      return { statusCode: 200, body: JSON.stringify({ escapes, evaluated }) };
    }`;
    const response = await viewerOf(await start({ viewerRequest }))('GET', '/');
    expect(response.json()).toEqual({ escapes: Array(4).fill('undefined'), evaluated: 'no' });
  });
});

describe('an update', () => {
  it('keeps the addresses and the secret, and exchanges function, policy and API together', async () => {
    const gateway = await start();
    const { url, edge } = gateway.ready.apis[0] ?? {};
    const viewer = viewerOf(gateway);
    const secretOf = async () =>
      (await viewer('GET', '/')).json<{ headers: Record<string, string> }>().headers['x-secure-api-origin'];
    const before = await secretOf();
    const responseHeaders = { CustomHeadersConfig: { Items: [{ Header: 'X-New', Value: '1', Override: true }] } };
    const handler = `exports.handler = async (event) => ({ statusCode: 201, body: JSON.stringify(event) });`;
    await gateway.update({ assembly: edgeAssembly({ handler, responseHeaders }) });
    expect(gateway.ready.apis[0]).toMatchObject({ url, edge });
    const response = await viewer('GET', '/');
    expect([response.status, response.headers['x-new']]).toEqual([201, '1']);
    expect(await secretOf()).toBe(before);
  });

  it('with a function that cannot be compiled changes nothing', async () => {
    const gateway = await start();
    const broken = edgeAssembly({ handler: ECHO, viewerRequest: 'async function handler( {' });
    await expect(gateway.update({ assembly: broken })).rejects.toThrow();
    expect((await viewerOf(gateway)('GET', '/')).status).toBe(200);
  });
});

describe('what is not emulated', () => {
  it('is a notice at start, property by property', async () => {
    const gateway = await start({
      config: { HttpVersion: 'http2and3', CustomErrorResponses: [], Logging: {} },
      behavior: { Compress: true, CachePolicyId: 'other' },
      headers: { Headers: ['CloudFront-Viewer-Country'] },
    });
    const all = gateway.notEmulated.join('\n');
    for (const part of [
      'HTTP/3',
      'CustomErrorResponses',
      'Logging',
      'DefaultCacheBehavior.Compress',
      'cache policy',
      'CloudFront-Viewer-Country',
    ])
      expect(all).toContain(part);
  });
});
