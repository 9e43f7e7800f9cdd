import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { expect, it, onTestFinished } from 'vitest';
import { SecureApi, SharedDomain } from '../../lib/index.ts';
import { serve } from '../../local/serve/serve.ts';
import { ask, metadataOf } from '../../local/test/support/domains.ts';
import { temporaryFolder } from '../support/folders.ts';
import { writeHandlers } from '../support/generated.ts';
import { oidc, smallApi } from '../synth/support.ts';

const env = { account: '111111111111', region: 'eu-central-1' };

it('serves the domains of our construct: several names, a wildcard, and a shared name whose domain is in another stack', async () => {
  const [folder, outdir] = [temporaryFolder(), temporaryFolder()];
  const definition = smallApi();
  writeHandlers(definition, folder);
  const app = new App({ outdir, analyticsReporting: false });
  const base = new Stack(app, 'Base', { env });
  const zone = HostedZone.fromHostedZoneAttributes(base, 'Zone', { hostedZoneId: 'Z0123', zoneName: 'example.com' });
  const shared = new SharedDomain(base, 'Domain', { name: 'shared.example.com', zone });
  const stack = new Stack(app, 'Main', { env });
  const props = { definition, handlers: folder, identity: oidc() };
  const own = {
    name: 'api.example.com',
    alternativeNames: ['www.example.com', '*.api.example.com'],
    wildcard: true,
    zone,
  };
  new SecureApi(stack, 'Own', { ...props, domain: own, tls: 'compatible' });
  new SecureApi(stack, 'First', { ...props, domain: { shared, basePath: 'v1' } });
  new SecureApi(stack, 'Second', {
    ...props,
    domain: { shared, basePath: 'v1', header: { name: 'x-api-version', value: '2' } },
  });
  app.synth();
  const gateway = await serve({ assembly: outdir, stack: 'Main', data: temporaryFolder(), port: 0 });
  onTestFinished(() => gateway.close());
  expect(gateway.notEmulated.filter((line) => /DomainName|RoutingRule|BasePathMapping/.test(line))).toEqual([]);
  const [ready, first] = gateway.ready.apis.map(({ url }) => ({ ...gateway.ready, url }));
  if (ready === undefined || first === undefined) throw new Error('no API');
  // Without a token: 401 is of the API, and 403 of a domain that leads nowhere.
  const { paths = {} } = (gateway.model.apis[0]?.body ?? {}) as { paths?: Record<string, object> };
  const path = Object.keys(paths).find((one) => !one.includes('{') && 'get' in (paths[one] ?? {})) ?? '/';
  const statuses = async (of: typeof ready, hosts: readonly string[], prefix = '', options = {}) =>
    Promise.all(hosts.map(async (host) => (await ask(of, host, `${prefix}${path}`, options)).status));
  const names = ['api.example.com', 'www.example.com', 'any.api.example.com', 'localhost'];
  expect(await statuses(ready, names)).toEqual([401, 401, 401, 401]);
  expect(await statuses(ready, ['api.example.com'], '', { maxVersion: 'TLSv1.2' })).toEqual([401]);
  await expect(statuses(first, ['shared.example.com'], '/v1', { maxVersion: 'TLSv1.2' })).rejects.toThrow();
  expect(await statuses(first, ['shared.example.com'], '/v1')).toEqual([401]);
  expect(await statuses(first, ['shared.example.com'], '/v1', { headers: { 'x-api-version': '2' } })).toEqual([401]);
  // No API is chosen, so none makes a problem document.
  const nobody = await ask(first, 'shared.example.com', '/v2/things');
  expect([nobody.status, JSON.parse(nobody.text)]).toEqual([
    403,
    expect.objectContaining({ type: 'about:blank', status: 403 }),
  ]);
  // A client follows the challenge to the metadata of the resource that it called, on the port of this machine.
  const { port } = new URL(ready.url);
  for (const host of ['api.example.com', 'localhost']) {
    const { url, resource } = await metadataOf(ready, host, path);
    expect([url.origin, resource]).toEqual([`https://${host}:${port}`, url.origin]);
  }
  const sharedOne = await metadataOf(first, 'shared.example.com', `/v1${path}`);
  expect(sharedOne.resource).toBe(`https://shared.example.com:${new URL(first.url).port}/v1`);
});
