import type { Fault } from '../fault.ts';
import { nearestClaim } from '../shape.ts';
import type { ExactLimitInput } from '../tiers.ts';
import { formatValue, type UncheckedApi } from './check.ts';

const MAX_REQUESTS = 1_000_000;
const MAX_WINDOW_SECONDS = 86_400;
const MAX_LEASE = 1_000;
/** An idle instance keeps its lease: more than a tenth would be noticeable. */
const LEASE_SHARE = 10;
/** API Gateway ends an integration after 29 seconds; a caller that waits longer than ten has gone. */
const MAX_DELAY_MS = 10_000;
const BY: readonly string[] = ['client', 'user', 'address'];
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
  const claims = Object.keys(api.claims ?? {}).map((name) => `claims.${name}`);
  return all.flatMap(([location, exact]) => {
    const by = location === 'anonymous' ? ['address'] : [...BY, ...claims];
    return exact === undefined || exact === true ? [] : exactFaults(`${location}.exact`, exact, by);
  });
}

function exactFaults(location: string, exact: ExactLimitInput, known: readonly string[]): readonly Fault[] {
  if (typeof exact !== 'object' || exact === null) return [fault(location, exact, 'true, or a limit with its window')];
  const { requests, perSeconds, lease = 1, delayMs = 1 } = exact;
  const most = Number.isInteger(requests) ? Math.floor(requests / LEASE_SHARE) : MAX_LEASE;
  const maxLease = Math.max(1, Math.min(MAX_LEASE, most));
  const numbers: readonly (readonly [keyof ExactLimitInput, unknown, number])[] = [
    ['requests', requests, MAX_REQUESTS],
    ['perSeconds', perSeconds, MAX_WINDOW_SECONDS],
    ['lease', lease, maxLease],
    ['delayMs', delayMs, MAX_DELAY_MS],
  ];
  const faults = numbers
    .filter(([, value, most]) => !(Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most))
    .map(([key, value, most]) => fault(`${location}.${key}`, value, `a whole number from 1 to ${most}`));
  const { by } = exact;
  if (by !== undefined && !known.includes(by)) {
    const near = nearestClaim(by, known);
    const fix = near === undefined ? 'Choose one of them, or declare the claim under "claims".' : `Write ${near}.`;
    faults.push({ ...fault(`${location}.by`, by, `one of ${known.join(', ')}`), fix });
  }
  if (exact.onUnavailable !== undefined && !UNAVAILABLE.includes(exact.onUnavailable)) {
    faults.push(fault(`${location}.onUnavailable`, exact.onUnavailable, `one of ${UNAVAILABLE.join(', ')}`));
  }
  return faults;
}

function fault(location: string, found: unknown, expected: string): Fault {
  return {
    code: 'exact-invalid',
    location,
    found: formatValue(found),
    expected,
    fix: 'Change the value to one in bounds.',
  };
}
