import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import {
  type Api,
  defineApi,
  defineRoles,
  del,
  get,
  object,
  post,
  put,
  type RouteSpec,
} from '../../lib/definition/index.ts';
import { temporaryFolder } from './folders.ts';

/** Routes of one resource: list, add, read, and two more to fill the number that is asked for. */
const PER_RESOURCE = 5;

/**
 * A definition of `count` routes over `count / perResource` resources, each with own schemas and a function; or with one function
 * for all, below one segment.
 */
export function generatedApi(count: number, perResource = PER_RESOURCE, segment?: string): Api {
  const roles = defineRoles(
    { reader: { can: ['thing:read'] }, writer: { extends: ['reader'], can: ['thing:write'] } },
    { reviewed: '2026-11-01', reviewEveryDays: 90 },
  );
  const routes = Object.fromEntries(Array.from({ length: count }, (_, i) => routeAt(i, perResource, segment)));
  return defineApi(
    {
      name: 'generated',
      version: '1.0.0',
      roles,
      tiers: { free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } } },
      routes: routes as Record<string, RouteSpec>,
    } as never,
    { today: new Date('2026-11-10T00:00:00Z') },
  ) as Api;
}

function routeAt(i: number, perResource: number, segment?: string): readonly [string, RouteSpec] {
  const below = segment === undefined ? '' : `${segment}/`;
  const resource = `${below}things${Math.floor(i / perResource)}`;
  const thing = object({
    name: Type.String({ minLength: 1, maxLength: 40 + (i % 7) }),
    amount: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 + i })),
  });
  const byId = { path: object({ id: Type.String({ format: 'uuid' }) }) };
  const responses = { responses: { 200: { description: 'Done', body: thing } } };
  const shapes: readonly RouteSpec[] = [
    get(`/${resource}`, { permission: 'thing:read', ...responses }),
    post(`/${resource}`, { permission: 'thing:write', body: thing, ...responses }),
    get(`/${resource}/{id}`, { permission: 'thing:read', ...byId, ...responses }),
    ...(segment === undefined
      ? [
          post(`/${resource}/{id}/start`, { permission: 'thing:write', ...byId, body: thing, ...responses }),
          post(`/${resource}/{id}/stop`, { permission: 'thing:write', ...byId, ...responses }),
        ]
      : // Few paths: an API of API Gateway has 300 of them.
        [
          put(`/${resource}/{id}`, { permission: 'thing:write', ...byId, body: thing, ...responses }),
          del(`/${resource}/{id}`, { permission: 'thing:write', ...byId, ...responses }),
        ]),
  ];
  return [`route${i}`, shapes[i % perResource] as RouteSpec];
}

/**
 * The folder with {@link writeHandlers} of an API, which a run writes once: a synth with the same handlers finds the bundles of the
 * last one. Change no file in it.
 */
export function handlersOf(api: Api): string {
  const all = join(tmpdir(), 'secure-api-handlers');
  const folder = join(
    all,
    createHash('sha256')
      .update(JSON.stringify(Object.keys(api.routes)))
      .digest('hex'),
  );
  if (existsSync(folder)) return folder;
  mkdirSync(all, { recursive: true });
  // Another worker finds the whole folder, or none.
  const written = temporaryFolder(all);
  writeHandlers(api, written);
  try {
    renameSync(written, folder);
  } catch (error) {
    rmSync(written, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** One handler file a route, as a user would write them. */
export function writeHandlers(api: Api, folder: string): void {
  for (const id of Object.keys(api.routes)) {
    const result = `({ status: 200, body: { name: '${id}' } })`;
    writeFileSync(join(folder, `${id}.mjs`), `export const handler = { route: '${id}', fn: async () => ${result} };\n`);
  }
}
