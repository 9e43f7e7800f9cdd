import { Validator } from '@seriousme/openapi-schema-validator';
import { documents } from '../../../lambdas/documents/api.ts';
import { type Api, defineApi, defineRoles, post } from '../../../lib/definition/index.ts';
import { gatewayOpenApi } from '../../../lib/openapi/index.ts';

export type Tree = { readonly [key: string]: Tree } & { readonly [Symbol.iterator]: () => Iterator<Tree> };

export const bindings = {
  authorizerUri: 'arn:authorizer',
  authorizerCredentials: 'arn:role/authorizer',
  authorizerTtlSeconds: 60,
  integrationUri: (group: string) => `arn:${group}`,
  integrationCredentials: 'arn:role/integration',
};
export const gatewayOf = (api: Api) => gatewayOpenApi(api, bindings) as unknown as Tree;
export const sample = gatewayOf(documents);
export const ok = { responses: { 200: { description: 'Fine' } } } as const;

/** A definition of one route with these options. */
export function one(options: object): Api {
  return defineApi(
    {
      name: 'one',
      version: '1.0.0',
      roles: defineRoles({ user: { can: ['thing:write'] } }, { reviewed: '2026-11-01' }),
      tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
      routes: { add: post('/things', { permission: 'thing:write', ...ok, ...options } as never) },
    },
    { today: new Date('2026-11-10') },
  ) as Api;
}

/** The result of the OpenAPI schema of the document's version. */
export async function validate(document: unknown) {
  return new Validator().validate(JSON.parse(JSON.stringify(document)));
}
