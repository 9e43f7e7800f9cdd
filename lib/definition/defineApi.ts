import type { Api, ApiInput, Escape, Route, RoutesInput } from './api.ts';
import { checkApi } from './checks/index.ts';
import { reviewFaults } from './checks/review.ts';
import { DefinitionError } from './errors.ts';
import { findEscapes } from './escapes.ts';
import { normalizeRoute } from './normalize.ts';
import type { RolesInput } from './roles.ts';
import type { ScopesInput } from './scopes.ts';
import { anonymousLimit, rateLimit, type Tier, type TiersInput } from './tiers.ts';

/** Today's date is an input, so that a synthesis can be repeated and a review's end can be tested. */
export interface DefineOptions {
  /** Default: the current time. */
  readonly today?: Date;
}

/**
 * Defines an API: the one source from which gateway, authorizer, validators, limits, alarms and documents are made.
 * Names that do not exist (permission, role, tier) do not compile.
 *
 * @throws {DefinitionError} with every fault at once, each with its code, place, what was expected and the mend.
 * @example
 * ```ts
 * export const notes = defineApi({
 *   name: 'notes',
 *   version: '1.0.0',
 *   roles: defineRoles({ reader: { can: ['note:read'] } }, { reviewed: '2026-11-01' }),
 *   tiers: { free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } } },
 *   routes: {
 *     health: get('/health', { public: 'liveness probe', responses: { 200: { description: 'Up' } } }),
 *   },
 * });
 * ```
 */
export function defineApi<
  const R extends RolesInput,
  const T extends TiersInput,
  const Rt extends RoutesInput,
  const S extends ScopesInput = Record<never, string>,
>(input: ApiInput<R, T, Rt, S>, options: DefineOptions = {}): Api<R, T, Rt, S> {
  const faults = checkApi(input);
  if (faults.length > 0) throw new DefinitionError(faults);

  const api = apiOf(input);
  const warnings = reviewFaults(api as unknown as Api, options.today ?? new Date());
  const made = { ...api, warnings };
  if (warnings.length > 0 && input.strict === true) throw new DefinitionError(warnings, made as unknown as Api);
  return made;
}

/** The API of an input that passed the checks. */
function apiOf<R extends RolesInput, T extends TiersInput, Rt extends RoutesInput, S extends ScopesInput>(
  input: ApiInput<R, T, Rt, S>,
): Api<R, T, Rt, S> {
  const specs: RoutesInput = input.routes;
  const routes = Object.fromEntries(
    Object.entries(specs).map(([id, spec]) => [id, normalizeRoute(id, spec, input.input)]),
  );
  const tiers = Object.fromEntries(Object.entries(input.tiers).map(([name, tier]) => [name, rateLimit(tier)]));
  const [firstTier] = Object.keys(input.tiers) as Extract<keyof T, string>[];
  return {
    name: input.name,
    version: input.version,
    title: input.title ?? input.name,
    description: input.description,
    roles: input.roles,
    tiers: tiers as { readonly [Name in keyof T]: Tier },
    defaultTier: input.defaultTier ?? (firstTier as Extract<keyof T, string>),
    anonymous: input.anonymous && anonymousLimit(input.anonymous),
    defaultRole: input.defaultRole,
    scopes: input.scopes ?? ({} as S),
    routes: routes as { readonly [Id in keyof Rt]: Route },
    spec: input.routes,
    escapes: findEscapes(Object.values(routes)) satisfies readonly Escape[],
    warnings: [],
  };
}
