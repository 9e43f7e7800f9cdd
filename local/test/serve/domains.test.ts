import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../../test/support/client.ts';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { ask, type DomainStack, domainAssembly, mapping } from '../support/domains.ts';

const STRICT = { SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09', EndpointAccessMode: 'STRICT' };

function rule(Priority: number, Conditions: object[], api: string, StripBasePath = false): object {
  const InvokeApi = { ApiId: { Ref: api }, Stage: 'live', StripBasePath };
  const DomainNameArn = { 'Fn::GetAtt': ['Ruled', 'DomainNameArn'] };
  return {
    Type: 'AWS::ApiGatewayV2::RoutingRule',
    Properties: { DomainNameArn, Priority, Conditions, Actions: [{ InvokeApi }] },
  };
}

const header = (Header: string, ValueGlob: string) => ({ MatchHeaders: { AnyOf: [{ Header, ValueGlob }] } });
const basePath = (path: string) => ({ MatchBasePaths: { AnyOf: [path] } });

const STACK: DomainStack = {
  apis: ['One', 'Two'],
  domains: {
    Own: { DomainName: 'api.example.com', ...STRICT },
    Shared: { DomainName: 'shared.example.com' },
    Wild: { DomainName: '*.apps.example.com' },
    Ruled: { DomainName: 'ruled.example.com', RoutingMode: 'ROUTING_RULE_THEN_BASE_PATH_MAPPING' },
  },
  resources: {
    OwnMapping: mapping('Own', 'One'),
    SharedOne: mapping('Shared', 'One', 'v1'),
    SharedTwo: mapping('Shared', 'Two', 'v2'),
    WildMapping: mapping('Wild', 'One', '(none)'),
    RuledMapping: mapping('Ruled', 'One'),
    Canary: rule(20, [header('X-Version', '*-canary'), basePath('docs')], 'Two'),
    Second: rule(10, [basePath('two')], 'Two', true),
  },
};

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await serve({ assembly: domainAssembly(STACK), data: temporaryFolder(), port: 0 });
});
afterAll(() => gateway?.close());

const get = (host: string, path: string, options = {}) => ask(gateway.ready, host, path, options);
const idOf = (name: string) => gateway.model.apis.find((api) => api.name === name)?.id;
const apiOf = async (host: string, path: string, headers = {}) => {
  const { requestContext, pathParameters } = (await get(host, path, { headers })).event();
  const name = gateway.model.apis.find(({ id }) => id === requestContext.apiId)?.name;
  return `${name} ${pathParameters?.proxy}`;
};

describe('a domain of the stack', () => {
  it('is served under the local CA, with its host and without the stage in the event', async () => {
    const { status, event } = await get('api.example.com', '/a/b?c=1');
    expect(status).toBe(200);
    const { port } = new URL(gateway.ready.url);
    expect(event()).toMatchObject({
      path: '/a/b',
      pathParameters: { proxy: 'a/b' },
      requestContext: {
        apiId: idOf('One'),
        domainName: `api.example.com:${port}`,
        domainPrefix: 'api',
        path: '/a/b',
        stage: 'live',
      },
    });
  });

  it('leaves the address on localhost as it was', async () => {
    const { status, json } = await clientOf(gateway.ready)('GET', '/a');
    expect(status).toBe(200);
    expect(json()).toMatchObject({ path: '/a', requestContext: { path: '/live/a', domainPrefix: 'localhost' } });
  });

  it('leads to an API by base path, which the event keeps and the routes do not see', async () => {
    expect(await apiOf('shared.example.com', '/v1/x')).toBe('One x');
    expect(await apiOf('shared.example.com', '/v2/x')).toBe('Two x');
    const { event } = await get('shared.example.com', '/v2/x/y');
    expect(event()).toMatchObject({ path: '/v2/x/y', requestContext: { path: '/v2/x/y' }, resource: '/{proxy+}' });
    expect((await get('shared.example.com', '/v1')).event().resource).toBe('/');
  });

  it.each(['/', '/v10/x', '/V1/x', '/other'])('responds with 403 to %s, which no base path matches', async (path) => {
    expect((await get('shared.example.com', path)).status).toBe(403);
  });

  it('is served on the ports of the APIs that it leads to', async () => {
    const url = gateway.ready.apis.find(({ name }) => name === 'Two')?.url ?? '';
    const two = { ...gateway.ready, url };
    expect((await ask(two, 'shared.example.com', '/v1/x')).event().requestContext.apiId).toBe(idOf('One'));
    expect((await ask(two, 'api.example.com', '/x')).status).toBe(421);
  });

  it('covers one label by a wildcard, and no other name', async () => {
    expect(await apiOf('a.apps.example.com', '/x')).toBe('One x');
    await expect(get('a.b.apps.example.com', '/x')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    const ignored = { rejectUnauthorized: false };
    expect((await get('a.b.apps.example.com', '/x', ignored)).status).toBe(421);
    expect((await get('example.com', '/x', ignored)).status).toBe(421);
  });

  it('is named in the rejection of another name, with all others that lead to the API', async () => {
    const { text } = await get('example.com', '/x', { rejectUnauthorized: false });
    const { detail = '' } = JSON.parse(text) as { readonly detail?: string };
    expect(detail).toMatch(/^this server is localhost, /);
    for (const name of ['api.example.com', 'shared.example.com', '*.apps.example.com', 'ruled.example.com'])
      expect(detail).toContain(name);
  });

  it('leads to an API by routing rules in the order of their priority, then by base path', async () => {
    expect(await apiOf('ruled.example.com', '/two/x')).toBe('Two x');
    expect(await apiOf('ruled.example.com', '/docs/x', { 'x-version': '7-canary' })).toBe('Two docs/x');
    expect(await apiOf('ruled.example.com', '/docs/x', { 'x-version': '7-canary-2' })).toBe('One docs/x');
    expect(await apiOf('ruled.example.com', '/other', { 'x-version': '7-canary' })).toBe('One other');
  });

  it('rejects a host that is not that of the connection in STRICT access mode, and not in the older policies', async () => {
    expect((await get('api.example.com', '/x', { servername: 'shared.example.com' })).status).toBe(403);
    expect((await get('localhost', '/x', { servername: 'api.example.com' })).status).toBe(403);
    expect((await get('api.example.com', '/x', { servername: 'localhost' })).status).toBe(403);
    expect((await get('API.example.com', '/x', { servername: 'api.example.com' })).status).toBe(200);
    expect((await get('shared.example.com', '/v1/x', { servername: 'localhost' })).status).toBe(200);
  });

  it('is served from the update on that adds it, and no more after the one that removes it', async () => {
    const more = { ...STACK, domains: { ...STACK.domains, New: { DomainName: 'new.example.com' } } };
    const resources = { ...STACK.resources, NewMapping: mapping('New', 'Two') };
    const ofTwo = async () => {
      const url = gateway.ready.apis.find(({ name }) => name === 'Two')?.url ?? '';
      return (await ask({ ...gateway.ready, url }, 'new.example.com', '/x')).status;
    };
    await expect(ofTwo()).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await gateway.update({ assembly: domainAssembly({ ...more, resources }) });
    expect(await ofTwo()).toBe(200);
    await gateway.update({ assembly: domainAssembly(STACK) });
    expect(await ofTwo()).toBe(421);
  });
});
