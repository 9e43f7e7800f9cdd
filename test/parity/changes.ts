/** The sample with one change: what a projection made from an outdated definition would still report. */
import { documents } from '../../lambdas/documents/api.ts';
import { type Api, defineApi, defineRoles, type RouteSpec } from '../../lib/definition/index.ts';
import { gatewayOpenApi, publicOpenApi } from '../../lib/openapi/index.ts';
import { type OpenApi, readOpenApi } from './documents.ts';

export const api: Api = documents as unknown as Api;

/** The sample with other roles or other options of routes. */
export function changed(change: { readonly roles?: object; readonly routes?: Readonly<Record<string, object>> }): Api {
  const roles = defineRoles({ ...documents.roles.byName, ...change.roles } as never, { reviewed: '2026-11-01' });
  const specs = Object.entries<RouteSpec>(documents.spec).map(([id, spec]) => [
    id,
    { ...spec, options: { ...spec.options, ...change.routes?.[id] } },
  ]);
  const { name, version, tiers } = documents;
  const input = { name, version, tiers, roles, routes: Object.fromEntries(specs) };
  return defineApi(input as never, { today: new Date('2026-11-10T00:00:00Z') }) as unknown as Api;
}

/** Editors, and all roles that extend them, can delete. */
export const boldEditor: Api = changed({
  roles: { editor: { extends: ['viewer'], can: ['document:create', 'document:update', 'document:delete'] } },
});

/** `createDocument` with another bound for its title; unbounded if `maxLength` is undefined. */
export function titleOf(maxLength: number | undefined): Api {
  // Another schema cannot have the name of the one that other routes take.
  const { $id: _, ...body } = documents.spec.createDocument.options.body as unknown as {
    readonly $id: string;
    readonly properties: { readonly title: object };
  };
  const bound = maxLength === undefined ? { 'x-unbounded': 'for a test' } : {};
  const title = { ...body.properties.title, maxLength, ...bound };
  return changed({ routes: { createDocument: { body: { ...body, properties: { ...body.properties, title } } } } });
}

/** The gateway's body, with placeholder bindings. */
export function gatewayBody(definition: Api): OpenApi {
  const bindings = {
    authorizerUri: 'arn:authorizer',
    authorizerCredentials: 'arn:role',
    authorizerTtlSeconds: 60,
    integrationUri: (group: string) => `arn:${group}`,
    integrationCredentials: 'arn:role',
  };
  return readOpenApi(gatewayOpenApi(definition, bindings));
}

export function publicDocument(definition: Api): OpenApi {
  return readOpenApi(publicOpenApi(definition));
}
