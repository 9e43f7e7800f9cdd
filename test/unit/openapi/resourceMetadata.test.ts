import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { type Api, defineApi, defineRoles, get, Webhook } from '../../../lib/definition/index.ts';
import { gatewayOpenApi } from '../../../lib/openapi/index.ts';
import { faultsOf, read, withRoute } from '../definition/support.ts';
import { bindings, one, type Tree } from './support.ts';

const PATH = '/.well-known/oauth-protected-resource';
const issuers = ['https://login.example.com'];
const scoped = defineApi({
  name: 'scoped',
  version: '1.0.0',
  roles: defineRoles({ user: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
  scopes: { 'things.read': 'Read things' },
  routes: { list: get('/things', { scopes: ['things.read'], responses: { 204: { description: 'None' } } }) },
}) as unknown as Api;
const body = (api: Api, more: object) => gatewayOpenApi(api, { ...bindings, ...more }) as unknown as Tree;
const operationOf = (tree: Tree, method = 'get') => tree['paths']?.[PATH]?.[method];
const metadataOf = (api: Api, more: object) => {
  const operation = operationOf(body(api, more));
  const template = operation?.['x-amazon-apigateway-integration']?.['responses']?.['default']?.['responseTemplates'];
  return JSON.parse(String(template?.['application/json'])) as Record<string, unknown>;
};
const challengeOf = (tree: Tree, type: string) =>
  tree['x-amazon-apigateway-gateway-responses']?.[type]?.['responseParameters']?.[
    'gatewayresponse.header.WWW-Authenticate'
  ];

describe('the metadata of a protected resource', () => {
  it('names issuers and scopes, and the address that the client called', () => {
    expect(
      metadataOf(scoped, { resource: { issuers, address: { hostName: 'api.example.com', basePath: '' } } }),
    ).toEqual({
      resource: 'https://$context.domainName',
      authorization_servers: issuers,
      scopes_supported: ['things.read'],
      bearer_methods_supported: ['header'],
      resource_name: 'scoped',
    });
    expect(metadataOf(scoped, { resource: { issuers } })['resource']).toBe(
      'https://$context.domainName/$context.stage',
    );
  });

  it('says that tokens can or must be bound', () => {
    expect(metadataOf(scoped, { dpop: 'optional', resource: { issuers } })).toMatchObject({
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    });
    expect(metadataOf(scoped, { dpop: 'required', resource: { issuers: [] } })).toMatchObject({
      bearer_methods_supported: [],
      dpop_bound_access_tokens_required: true,
    });
  });

  it('is open to all, by GET and HEAD, and calls nothing', () => {
    const tree = body(scoped, { resource: { issuers } });
    for (const method of ['get', 'head']) {
      expect(operationOf(tree, method)).toMatchObject({
        security: [],
        'x-amazon-apigateway-integration': { type: 'mock', contentHandling: 'CONVERT_TO_TEXT' },
      });
    }
  });

  it('is missing where nothing is protected', () => {
    const open = { ...scoped, routes: { list: { ...scoped.routes['list'], access: { kind: 'public', reason: 'x' } } } };
    expect(operationOf(body(open as unknown as Api, { resource: { issuers } }))).toBeUndefined();
    expect(operationOf(body(scoped, {}))).toBeUndefined();
  });

  it('is missing where only senders of webhooks call: no token opens such a route', () => {
    const hooks = one({ permission: undefined, webhook: Webhook.stripe('signing') });
    expect(operationOf(body(hooks, { resource: { issuers } }))).toBeUndefined();
  });

  it.each([PATH, `${PATH}/live`])('keeps its path for itself: %s', (path) => {
    expect(faultsOf(withRoute(read, path))).toEqual([{ code: 'path-reserved', location: 'routes.list' }]);
    expect(faultsOf(withRoute(read, '/.well-known/security'))).toEqual([]);
  });
});

describe('the challenge', () => {
  const named = ', resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"';

  it('names the metadata where the host is known at synth', () => {
    const tree = body(scoped, { resource: { issuers, address: { hostName: 'api.example.com', basePath: '' } } });
    expect(challengeOf(tree, 'UNAUTHORIZED')).toBe(`'Bearer realm="scoped"${named}'`);
    expect(challengeOf(body(scoped, { resource: { issuers } }), 'UNAUTHORIZED')).toBe(`'Bearer realm="scoped"'`);
  });

  it('says insufficient_scope to a denied caller, where routes need scopes', () => {
    const tree = body(scoped, { resource: { issuers, address: { hostName: 'api.example.com', basePath: '' } } });
    expect(challengeOf(tree, 'ACCESS_DENIED')).toBe(`'Bearer realm="scoped", error="insufficient_scope"${named}'`);
    expect(challengeOf(body(documents as unknown as Api, {}), 'ACCESS_DENIED')).toBeUndefined();
    expect(challengeOf(body(scoped, { dpop: 'required' }), 'ACCESS_DENIED')).toMatch(
      /^'DPoP .*error="insufficient_scope"'$/,
    );
  });
});
