import type { Fault, FaultCode } from '../fault.ts';
import type { FloodLimit } from '../tiers.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { rateFaults } from './rates.ts';

/** Bounds of a rate-based rule: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
const MIN_REQUESTS = 10;
const MAX_REQUESTS = 2_000_000_000;
const WINDOWS: readonly unknown[] = [60, 120, 300, 600];
/** Each is a rate-based rule; with those by address, token and for public routes a web ACL stays small and cheap. */
const MAX_FLOOD_LIMITS = 5;

/** Limits that WAF enforces: of public routes, and of routes that attackers try to guess. */
export function checkWafLimits(api: UncheckedApi): readonly Fault[] {
  const floods = Object.entries(api.routes ?? {}).flatMap(([id, { options }]) =>
    options?.flood === undefined ? [] : [[id, options.flood] as const],
  );
  return [
    ...anonymousFaults(api),
    ...floods.flatMap(([id, flood]) => floodFaults(`routes.${id}.flood`, flood)),
    ...countFaults(floods.map(([id]) => id)),
  ];
}

function anonymousFaults({ anonymous }: UncheckedApi): readonly Fault[] {
  if (anonymous === undefined) return [];
  const faults = rateFaults('anonymous', anonymous, 'anonymous-invalid', 'anonymous-invalid');
  const { perAddress } = anonymous;
  return perAddress === undefined
    ? faults
    : [...faults, ...requestFaults('anonymous.perAddress', perAddress, 'anonymous-invalid')];
}

function floodFaults(location: string, flood: FloodLimit): readonly Fault[] {
  const faults = [...requestFaults(`${location}.requests`, flood.requests, 'flood-invalid')];
  if (!WINDOWS.includes(flood.perSeconds)) {
    faults.push({
      code: 'flood-invalid',
      location: `${location}.perSeconds`,
      found: formatValue(flood.perSeconds),
      expected: `one of ${WINDOWS.join(', ')}`,
      fix: 'Choose one of the windows that WAF supports.',
    });
  }
  return faults;
}

function requestFaults(location: string, requests: number, code: FaultCode): readonly Fault[] {
  if (Number.isInteger(requests) && requests >= MIN_REQUESTS && requests <= MAX_REQUESTS) return [];
  return [
    {
      code,
      location,
      found: formatValue(requests),
      expected: `a whole number from ${MIN_REQUESTS} to ${MAX_REQUESTS}`,
      fix: 'Choose a limit that WAF supports.',
    },
  ];
}

function countFaults(ids: readonly string[]): readonly Fault[] {
  if (ids.length <= MAX_FLOOD_LIMITS) return [];
  return [
    {
      code: 'floods-too-many',
      location: 'routes',
      found: `${ids.length} routes with a flood limit: ${ids.join(', ')}`,
      expected: `at most ${MAX_FLOOD_LIMITS}, each of which is a rule of the web ACL`,
      fix: 'Keep it on routes that attackers try to guess, such as logins and codes. The limits by address cover the rest.',
    },
  ];
}
