import fc from 'fast-check';
import { type Api, DefinitionError, defineApi, defineRoles } from '../../lib/definition/index.ts';
import { TODAY } from '../support/ledger.ts';

const PERMISSIONS = ['a:a', 'b:b', 'c:c', 'd:d'];
const INHERITING = ['one', 'two', 'three'];

/** Paths of routes: literal paths beside parameters, so that one can take over a removed path. */
export const PLACES = ['GET /x', 'GET /x/{id}', 'GET /x/y', 'POST /x/{id}', 'POST /x/y', 'GET /x/{id}/z'];
export const SCOPES = ['s', 't'];
export const ROLES = [...INHERITING, 'all'];

interface Role {
  readonly can: readonly string[];
  readonly extends: readonly string[];
  readonly exclusiveWith: readonly string[];
}

/** The parts of a definition that access is made of. */
export interface Model {
  readonly roles: Readonly<Record<string, Role | undefined>>;
  readonly defaultRole: string | undefined;
  readonly routes: readonly (object | undefined)[];
}

const some = (names: readonly string[]) => fc.subarray([...names]);

/** The role may inherit from and exclude those before it. */
const role = (i: number): fc.Arbitrary<Role> =>
  fc.record({
    can: some(PERMISSIONS),
    extends: some(INHERITING.slice(0, i)),
    exclusiveWith: some(INHERITING.slice(0, i)),
  });

const ownership = fc.constantFrom(
  undefined,
  undefined,
  'by',
  { field: 'by', unless: 'b:b' },
  { field: 'by', unless: 'd:d' },
  { field: 'of' },
);

const access: fc.Arbitrary<object> = fc.oneof(
  fc.constantFrom({ public: 'a good reason' }),
  fc.record({ authenticated: fc.constant('a good reason'), ownership }),
  fc.record({ scopes: fc.constantFrom(['s'], ['t'], ['s', 't']), ownership }),
  fc.record({
    permission: fc.constantFrom(...PERMISSIONS),
    scopes: fc.constantFrom(undefined, ['s'], ['t'], ['s', 't']),
    ownership,
  }),
);

const defaultRole = fc.constantFrom(undefined, undefined, 'one', 'two');

export const model: fc.Arbitrary<Model> = fc.record({
  roles: fc.record({ one: role(0), two: role(1), three: role(2) }),
  defaultRole,
  routes: fc.tuple(...PLACES.map(() => fc.option(access, { nil: undefined }))),
});

/** One change of a model, such as a review sees it. */
export const edit: fc.Arbitrary<(before: Model) => Model> = fc.oneof(
  fc.record({ i: fc.nat(2), made: role(2) }).map(({ i, made }) => withRole(i, (was) => ({ ...was, can: made.can }))),
  fc
    .record({ i: fc.nat(2), n: fc.nat(3) })
    .map(({ i, n }) => withRole(i, (was) => ({ ...was, can: without(was.can, n) }))),
  fc
    .record({ i: fc.nat(2), n: fc.nat(3) })
    .map(({ i, n }) => withRole(i, (was) => ({ ...was, extends: without(was.extends, n) }))),
  fc.nat(2).map((i) => withRole(i, (was) => ({ ...was, exclusiveWith: i === 0 ? [] : INHERITING.slice(0, 1) }))),
  fc.nat(2).map((i) => withRole(i, (was) => ({ ...was, exclusiveWith: [] }))),
  fc.nat(2).map((i) => withRole(i, () => undefined)),
  defaultRole.map((chosen) => (before: Model) => ({ ...before, defaultRole: chosen })),
  fc.nat(PLACES.length - 1).map((i) => withRoute(i, () => undefined)),
  fc.record({ i: fc.nat(PLACES.length - 1), made: access }).map(({ i, made }) => withRoute(i, () => made)),
  fc
    .record({ i: fc.nat(PLACES.length - 1), rule: ownership })
    .map(({ i, rule }) => withRoute(i, (was) => was && !('public' in was) && { ...was, ownership: rule })),
  fc
    .nat(PLACES.length - 1)
    .map((i) => withRoute(i, (was) => was && 'permission' in was && { ...was, scopes: ['s', 't'] })),
);

function withRole(i: number, change: (was: Role) => Role | undefined): (before: Model) => Model {
  return (before) => {
    const name = INHERITING[i] ?? '';
    const was = before.roles[name];
    return { ...before, roles: { ...before.roles, [name]: was && change(was) } };
  };
}

function withRoute(
  i: number,
  change: (was: object | undefined) => object | undefined | false,
): (before: Model) => Model {
  return (before) => {
    const changed = change(before.routes[i]);
    return changed === false ? before : { ...before, routes: before.routes.with(i, changed) };
  };
}

function without(names: readonly string[], n: number): readonly string[] {
  return names.filter((_, i) => i !== n);
}

/** The API of a model; undefined where it contradicts itself, which no definition may. `all` has every permission. */
export function apiOf({ roles, defaultRole: chosen, routes }: Model): Api | undefined {
  const left = Object.entries(roles).flatMap(([name, one]) => (one === undefined ? [] : [[name, one] as const]));
  const exists = (name: string) => roles[name] !== undefined;
  const byName = left.map(([name, one]) => [
    name,
    { can: one.can, extends: one.extends.filter(exists), exclusiveWith: one.exclusiveWith.filter(exists) },
  ]);
  const specs = routes.flatMap((options, i) => (options === undefined ? [] : [specOf(i, options)]));
  const input = {
    name: 'generated',
    version: '1.0.0',
    roles: defineRoles(Object.fromEntries([...byName, ['all', { can: PERMISSIONS }]]), { reviewed: '2026-11-01' }),
    defaultRole: chosen,
    scopes: { s: 'One', t: 'Other' },
    tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
    routes: Object.fromEntries(specs),
  };
  try {
    return defineApi(input as never, { today: TODAY }) as unknown as Api;
  } catch (error) {
    if (error instanceof DefinitionError) return undefined;
    throw error;
  }
}

function specOf(i: number, options: object) {
  const [method = '', path = ''] = (PLACES[i] ?? '').split(' ');
  const id = { type: 'string', maxLength: 9 };
  const parameters = { type: 'object', properties: { id }, required: ['id'], additionalProperties: false };
  const request = path.includes('{id}') ? { path: parameters } : {};
  const spec = { method, path, options: { ...options, ...request, responses: { 200: { description: 'Fine' } } } };
  return [`route${i}`, spec] as const;
}
