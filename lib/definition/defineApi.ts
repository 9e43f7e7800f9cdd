import type { Api, ApiInput, DefineOptions, Exemption, Route, RoutesInput, ScopesInput } from './api.ts';
import { sunsetFaults } from './checks/deprecation.ts';
import { checkApi } from './checks/index.ts';
import { resourceFaults } from './checks/paths.ts';
import { schemaLocation } from './checks/readSchemas.ts';
import { reviewFaults } from './checks/review.ts';
import { claimRules } from './claimRule.ts';
import type { ClaimsInput } from './claims.ts';
import { DefinitionError } from './errors.ts';
import { sharedGroups } from './functionGroup.ts';
import { cookiesOf, normalizeRoute } from './normalize.ts';
import type { OwnProblemInput, OwnProblemsInput } from './ownProblems.ts';
import type { RolesInput } from './roles.ts';
import { sloOf } from './slo.ts';
import { anonymousLimit, rateLimit, type Tier, type TierInput, type TiersInput } from './tiers.ts';
import { walkSchema } from './walkSchema.ts';

/**
 * Defines an API: the one source from which gateway, authorizer, validators, limits, alarms and documents are made.
 * Names that do not exist (permission, role, tier) do not compile.
 *
 * @throws {DefinitionError} with every fault at once, each with its code, location, what was found, what was expected and the fix.
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
  const C extends ClaimsInput = Record<never, object>,
  const P extends OwnProblemsInput = Record<never, OwnProblemInput>,
>(input: ApiInput<R, T, Rt, S, C, P>, options: DefineOptions = {}): Api<R, T, Rt, S, C, P> {
  const faults = checkApi(input, options);
  // The comments keep Node from printing these lines above the message.
  if (faults.length > 0) throw new DefinitionError(faults);

  const api = apiOf(input);
  const today = options.today ?? new Date();
  const checked = api as unknown as Api;
  const warnings = [...reviewFaults(checked, today), ...sunsetFaults(checked, today), ...resourceFaults(checked)];
  const made = { ...api, warnings };
  if (warnings.length > 0 && input.strict === true) throw new DefinitionError(warnings, made as unknown as Api);
  return made;
}

/** The API of an input that passed the checks. */
function apiOf<
  R extends RolesInput,
  T extends TiersInput,
  Rt extends RoutesInput,
  S extends ScopesInput,
  C extends ClaimsInput,
  P extends OwnProblemsInput,
>(input: ApiInput<R, T, Rt, S, C, P>): Api<R, T, Rt, S, C, P> {
  const specs: RoutesInput = input.routes;
  const { input: rules, problems } = input;
  const cookies = [...new Set(Object.values(specs).flatMap(cookiesOf))].sort();
  const shared = { input: rules, problems, cookies, groups: sharedGroups(specs) };
  const routes = Object.fromEntries(Object.entries(specs).map(([id, spec]) => [id, normalizeRoute(id, spec, shared)]));
  const tiers = Object.fromEntries(
    Object.entries<TierInput>(input.tiers).map(([name, tier]) => [name, rateLimit(tier)]),
  );
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
    claims: input.claims ?? ({} as C),
    claimRules: claimRules(input.claims ?? {}),
    problems: input.problems ?? ({} as P),
    ...(input.slo === undefined ? {} : { slo: sloOf(input.slo) }),
    routes: routes as { readonly [Id in keyof Rt]: Route },
    spec: input.routes,
    exemptions: findExemptions(Object.values(routes)),
    warnings: [],
  };
}

/** Collects every exemption of the routes with its reason, in the order of the definition. */
function findExemptions(routes: readonly Route[]): readonly Exemption[] {
  return routes.flatMap((route) => {
    const { access } = route;
    const location = `routes.${route.id}`;
    const isOpen = access.kind === 'public' || access.kind === 'authenticated';
    const open: Exemption[] = isOpen ? [{ location, kind: access.kind, reason: access.reason }] : [];
    if (access.kind === 'webhook') {
      const { scheme, secret } = access.webhook;
      open.push({
        location,
        kind: 'webhook',
        reason: `no token, but the signature of a sender (${scheme}: ${secret})`,
      });
    }
    for (const [part, schema] of Object.entries(route.request)) {
      if (schema === undefined) continue;
      walkSchema(schema, schemaLocation(route.id, part), (node, at) => {
        const reason = node['x-unbounded'];
        if (reason !== undefined) open.push({ location: at, kind: 'unbounded', reason });
        if (node['x-text'] === 'raw')
          open.push({ location: at, kind: 'raw-text', reason: node['x-text-reason'] ?? '' });
      });
    }
    return open;
  });
}
