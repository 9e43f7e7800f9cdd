import { servedMethods } from '../../../lambdas/shared/servedMethods.ts';
import type { Fault } from '../fault.ts';
import { formatValue, oneOf, type UncheckedApi } from './check.ts';
import { rateFaults } from './rates.ts';

/** Method throttles of one stage in one usage plan (API Gateway quotas). */
const METHOD_THROTTLES_PER_STAGE = 20;

/** Limits of single routes: they name tiers, belong to routes with a verified caller, and fit a usage plan. */
export function checkRouteLimits(api: UncheckedApi): readonly Fault[] {
  const tiers = Object.keys(api.tiers ?? {});
  const limited = new Map<string, string[]>();
  const faults: Fault[] = [];
  for (const [id, route] of Object.entries(api.routes ?? {})) {
    const limits = Object.entries(route.options?.limits ?? {});
    if (limits.length > 0 && route.options?.public !== undefined) faults.push(publicFault(id));
    for (const [tier, limit] of limits) {
      const location = `routes.${id}.limits.${tier}`;
      limited.set(tier, [
        ...(limited.get(tier) ?? []),
        ...servedMethods(route.method).map((method) => `${method} of ${id}`),
      ]);
      if (!tiers.includes(tier)) faults.push(unknownTier(location, tier, tiers));
      faults.push(...rateFaults(location, limit, 'limit-invalid', 'limit-invalid'));
    }
  }
  return [...faults, ...[...limited].flatMap(([tier, ids]) => countFaults(tier, ids))];
}

function unknownTier(location: string, tier: string, tiers: readonly string[]): Fault {
  return {
    code: 'limit-unknown-tier',
    location,
    found: formatValue(tier),
    expected: oneOf(tiers, 'a tier, of which the definition has none'),
    fix: 'Name a tier of this definition.',
  };
}

function publicFault(id: string): Fault {
  return {
    code: 'limit-invalid',
    location: `routes.${id}.limits`,
    found: 'limits by tier on a public route',
    expected: 'none: a caller without a token has no tier',
    fix: 'Limit all public routes with "anonymous" of the API, or one of them with "flood".',
  };
}

function countFaults(tier: string, methods: readonly string[]): readonly Fault[] {
  const over = methods.length - METHOD_THROTTLES_PER_STAGE;
  if (over <= 0) return [];
  return [
    {
      code: 'limits-too-many',
      location: `tiers.${tier}`,
      found: `${methods.length} methods with their own limit: ${methods.join(', ')}`,
      expected: `at most ${METHOD_THROTTLES_PER_STAGE}: an API Gateway quota for one stage of a usage plan`,
      fix: `Remove "limits.${tier}" from routes with ${over} of them, the cheapest ones. The tier still limits them. A GET counts twice, with its HEAD.`,
    },
  ];
}
