import type { Fault } from '../errors.ts';
import type { ExactLimit } from '../tiers.ts';
import type { UncheckedApi } from './index.ts';
import { shown } from './shown.ts';

const MOST_REQUESTS = 1_000_000;
const LONGEST_WINDOW = 86_400;
const LARGEST_LEASE = 1_000;
/** An instance that is not asked again keeps what it took: more than a tenth would show. */
const LEASE_SHARE = 10;
/** API Gateway ends an integration after 29 seconds; a caller that waits longer than ten has gone. */
const LONGEST_DELAY_MS = 10_000;
const BY: readonly unknown[] = ['client', 'user', 'address'];
const UNAVAILABLE: readonly unknown[] = ['count-alone', 'refuse'];

/** Exact limits of tiers, of routes and of public routes. */
export function checkExact(api: UncheckedApi): readonly Fault[] {
  const tiers = Object.entries(api.tiers ?? {}).map(([name, tier]) => [`tiers.${name}`, tier?.exact] as const);
  const routes = Object.entries(api.routes ?? {}).flatMap(([id, { options }]) =>
    Object.entries(options?.limits ?? {}).map(
      ([tier, limit]) => [`routes.${id}.limits.${tier}`, limit?.exact] as const,
    ),
  );
  const all = [...tiers, ...routes, ['anonymous', api.anonymous?.exact] as const];
  return all.flatMap(([place, exact]) =>
    exact === undefined || exact === true ? [] : exactFaults(`${place}.exact`, exact, place === 'anonymous'),
  );
}

function exactFaults(place: string, exact: ExactLimit, isPublic: boolean): readonly Fault[] {
  if (typeof exact !== 'object' || exact === null) return [wrong(place, exact, 'true, or a limit with its window')];
  const { requests, perSeconds, lease = 1, delayMs = 1 } = exact;
  const mostLeased = Math.max(1, Math.min(LARGEST_LEASE, Math.floor(requests / LEASE_SHARE)));
  const numbers: readonly (readonly [keyof ExactLimit, unknown, number])[] = [
    ['requests', requests, MOST_REQUESTS],
    ['perSeconds', perSeconds, LONGEST_WINDOW],
    ['lease', lease, mostLeased],
    ['delayMs', delayMs, LONGEST_DELAY_MS],
  ];
  const faults = numbers
    .filter(([, value, most]) => !(Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most))
    .map(([key, value, most]) => wrong(`${place}.${key}`, value, `a whole number from 1 to ${most}`));
  const by = isPublic ? ['address'] : BY;
  if (exact.by !== undefined && !by.includes(exact.by)) {
    faults.push(wrong(`${place}.by`, exact.by, `one of ${by.join(', ')}`));
  }
  if (exact.onUnavailable !== undefined && !UNAVAILABLE.includes(exact.onUnavailable)) {
    faults.push(wrong(`${place}.onUnavailable`, exact.onUnavailable, `one of ${UNAVAILABLE.join(', ')}`));
  }
  return faults;
}

function wrong(place: string, found: unknown, expected: string): Fault {
  return {
    code: 'exact-invalid',
    place,
    found: shown(found),
    expected,
    mend: 'Mend it: an exact limit is kept as written.',
  };
}
