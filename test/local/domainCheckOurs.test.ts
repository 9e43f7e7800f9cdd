import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SecureApi, type SecureApiProps, SharedDomain } from '../../lib/construct/index.ts';
import { serve } from '../../local/serve/serve.ts';
import { makeCa, makeClient } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';
import { writeHandlers } from '../support/generated.ts';
import { oidc, smallApi } from '../synth/support.ts';

const NAME = 'api.example.com';
const env = { account: '111111111111', region: 'eu-central-1' };
const outdir = temporaryFolder();
const folder = temporaryFolder();
const [trustStore, cert, key] = ['ca.pem', 'client.pem', 'client.key'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const IDENTITY = ['--cert', cert, '--key', key];

/** One app: a stack for each variant of the construct. */
beforeAll(async () => {
  const ca = await makeCa();
  const client = await makeClient(ca);
  writeFileSync(trustStore, ca.cert);
  writeFileSync(cert, client.chain);
  writeFileSync(key, client.key);
  const definition = smallApi();
  const handlers = temporaryFolder();
  writeHandlers(definition, handlers);
  const app = new App({ outdir, analyticsReporting: false });
  const add = (id: string, more: (stack: Stack) => Partial<SecureApiProps>) => {
    const stack = new Stack(app, id, { env });
    new SecureApi(stack, 'Api', { definition, handlers, identity: oidc(), ...more(stack) } as SecureApiProps);
  };
  const zoneOf = (stack: Stack) =>
    HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  const owned = (stack: Stack) => ({ name: NAME, zone: zoneOf(stack) });
  const base = new Stack(app, 'Base', { env });
  const shared = new SharedDomain(base, 'Domain', { name: NAME, zone: zoneOf(base) });
  add('Regional', (stack) => ({ domain: owned(stack) }));
  add('ForeignDns', () => ({ domain: { name: NAME, dns: 'external' } }));
  add('Compatible', (stack) => ({ domain: owned(stack), tls: 'compatible' }));
  add('MutualTls', (stack) => ({ domain: owned(stack), tls: 'legacy-1.2', mtls: { trustStore, revocation: false } }));
  add('Distribution', (stack) => ({ domain: owned(stack), edge: 'cloudfront' }));
  add('MutualTlsAtEdge', (stack) => ({
    domain: owned(stack),
    edge: 'cloudfront',
    mtls: { trustStore, revocation: false },
  }));
  add('Shared', () => ({ domain: { shared, basePath: 'v1' } }));
  const [versions, props] = [new Stack(app, 'Versions', { env }), { definition, handlers, identity: oidc() }];
  new SecureApi(versions, 'Current', { ...props, domain: { shared } });
  new SecureApi(versions, 'Next', { ...props, domain: { shared, header: { name: 'x-api-version', value: '2' } } });
  add('Wildcard', (stack) => ({
    domain: { ...owned(stack), alternativeNames: ['*.shops.example.com'], wildcard: true },
  }));
  app.synth();
});

async function gatewayOf(stack: string) {
  const data = temporaryFolder();
  const gateway = await serve({ assembly: outdir, stack, data, port: 0 });
  onTestFinished(() => gateway.close());
  return {
    port: new URL(gateway.ready.url).port,
    ready: ['--ready-file', join(data, 'ready.json')],
    apis: gateway.ready.apis,
  };
}

async function check(...args: readonly string[]) {
  const { stdout, stderr, code } = await cli(['domain', 'check', ...args, '--json']);
  if (stdout === '') throw new Error(stderr);
  const { endpoints } = JSON.parse(stdout);
  const [{ addresses }] = endpoints;
  const findings = endpoints.flatMap(
    (one: { readonly addresses: readonly { readonly findings: readonly object[] }[] }) =>
      one.addresses.flatMap((address) => address.findings),
  );
  const urls = endpoints.map(({ url }: { readonly url: string }) => url);
  return { code, findings, versions: addresses[0].tls.versions, urls };
}

describe('an endpoint of the construct has no fault', () => {
  const [modern, both] = [['TLS 1.3'], ['TLS 1.2', 'TLS 1.3']];

  it.each<[string, readonly string[], readonly string[]]>([
    ['Regional', [], modern],
    ['ForeignDns', [], modern],
    ['Compatible', [], both],
    ['MutualTls', IDENTITY, both],
    ['Distribution', [], modern],
    ['MutualTlsAtEdge', IDENTITY, modern],
    ['Shared', [], modern],
  ])('%s', async (stack, options, versions) => {
    const { port, ready } = await gatewayOf(stack);
    const named = `https://${NAME}:${port}/v1/things`;
    expect(await check(named, ...ready, ...options)).toMatchObject({ code: 0, findings: [], versions, urls: [named] });
    const urls = [`https://localhost:${port}/`, `https://${NAME}:${port}/${stack === 'Shared' ? 'v1' : ''}`];
    expect(await check(...ready, ...options)).toEqual({ code: 0, findings: [], versions, urls });
  });

  it('Versions, each by its header on one port, and Wildcard by an example name', async () => {
    const { port, ready, apis } = await gatewayOf('Versions');
    expect(apis.map(({ names }) => names)).toEqual([
      [{ name: NAME, url: `https://${NAME}:${port}` }],
      [{ name: NAME, url: `https://${NAME}:${port}`, headers: { 'x-api-version': '2' } }],
    ]);
    const named = `https://${NAME}:${port}/`;
    const local = apis.map(({ url }) => `${url}/`);
    expect(await check(...ready)).toMatchObject({ code: 0, findings: [], urls: [local[0], named, local[1], named] });
    const wildcard = await gatewayOf('Wildcard');
    expect(await check(...wildcard.ready)).toMatchObject({
      code: 0,
      findings: [],
      urls: ['localhost', NAME, 'example.shops.example.com'].map((host) => `https://${host}:${wildcard.port}/`),
    });
  });

  it.each(['MutualTls', 'MutualTlsAtEdge'])(
    '%s, as far as it is examined without a client certificate',
    async (stack) => {
      const { port, ready } = await gatewayOf(stack);
      const url = `https://${NAME}:${port}`;
      expect(await check(url, ...ready)).toMatchObject({
        code: 4,
        findings: [{ code: 'client-certificate-demanded' }],
      });
    },
  );
});
