import type { Fault } from '../fault.ts';
import type { ExactLimitInput } from '../tiers.ts';
import { formatValue, type UncheckedApi } from './check.ts';

const MOST_REQUESTS = 1_000_000;
const LONGEST_WINDOW = 86_400;
const LARGEST_LEASE = 1_000;
/** An instance that is not asked again keeps what it took: more than a tenth would show. */
const LEASE_SHARE = 10;
/** API Gateway ends an integration after 29 seconds; a caller that waits longer than ten has gone. */
const LONGEST_DELAY_MS = 10_000;
const BY: readonly unknown[] = ['client', 'user', 'address'];
const UNAVAILABLE: readonly unknown[] = ['count-alone', 'reject'];

/** Exact limits of tiers, of routes and of public routes. */
export function checkExactLimits(api: UncheckedApi): readonly Fault[] {
  const tiers = Object.entries(api.tiers ?? {}).map(([name, tier]) => [`tiers.${name}`, tier?.exact] as const);
  const routes = Object.entries(api.routes ?? {}).flatMap(([id, { options }]) =>
    Object.entries(options?.limits ?? {}).map(
      ([tier, limit]) => [`routes.${id}.limits.${tier}`, limit?.exact] as const,
    ),
  );
  const all = [...tiers, ...routes, ['anonymous', api.anonymous?.exact] as const];
  return all.flatMap(([location, exact]) =>
    exact === undefined || exact === true ? [] : exactFaults(`${location}.exact`, exact, location === 'anonymous'),
  );
}

function exactFaults(location: string, exact: ExactLimitInput, isPublic: boolean): readonly Fault[] {
  if (typeof exact !== 'object' || exact === null) return [wrong(location, exact, 'true, or a limit with its window')];
  const { requests, perSeconds, lease = 1, delayMs = 1 } = exact;
  const mostLeased = Math.max(1, Math.min(LARGEST_LEASE, Math.floor(requests / LEASE_SHARE)));
  const numbers: readonly (readonly [keyof ExactLimitInput, unknown, number])[] = [
    ['requests', requests, MOST_REQUESTS],
    ['perSeconds', perSeconds, LONGEST_WINDOW],
    ['lease', lease, mostLeased],
    ['delayMs', delayMs, LONGEST_DELAY_MS],
  ];
  const faults = numbers
    .filter(([, value, most]) => !(Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most))
    .map(([key, value, most]) => wrong(`${location}.${key}`, value, `a whole number from 1 to ${most}`));
  const by = isPublic ? ['address'] : BY;
  if (exact.by !== undefined && !by.includes(exact.by)) {
    faults.push(wrong(`${location}.by`, exact.by, `one of ${by.join(', ')}`));
  }
  if (exact.onUnavailable !== undefined && !UNAVAILABLE.includes(exact.onUnavailable)) {
    faults.push(wrong(`${location}.onUnavailable`, exact.onUnavailable, `one of ${UNAVAILABLE.join(', ')}`));
  }
  return faults;
}

function wrong(location: string, found: unknown, expected: string): Fault {
  return {
    code: 'exact-invalid',
    location,
    found: formatValue(found),
    expected,
    fix: 'Mend it: an exact limit is kept as written.',
  };
}
