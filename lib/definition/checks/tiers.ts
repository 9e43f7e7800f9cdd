import type { Fault } from '../errors.ts';
import type { RateLimit } from '../tiers.ts';
import type { UncheckedApi } from './index.ts';
import { shown } from './shown.ts';

/** Default throttle of an account in a region: 10,000 requests a second, bucket of 5,000 (API Gateway quotas). */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5_000;
/** Method throttles of one stage in one usage plan (API Gateway quotas). */
const METHOD_THROTTLES_PER_STAGE = 20;
const PERIODS = ['DAY', 'WEEK', 'MONTH'];
/** A tier's name starts the value of its API key, which has at most 128 characters. */
const TIER = /^[a-z][a-z0-9-]{0,39}$/;

/** Tiers: each with rate, burst and quota; the default exists; route limits name tiers and fit a usage plan. */
export function checkTiers(api: UncheckedApi): readonly Fault[] {
  const tiers = api.tiers ?? {};
  const names = Object.keys(tiers);
  const faults: Fault[] = [];
  if (names.length === 0) {
    faults.push({
      code: 'tier-missing',
      place: 'tiers',
      found: 'no tier',
      expected: 'at least one tier with rate, burst and quota',
      mend: 'Add a tier; it becomes a usage plan, without which a client has no limit.',
    });
  }
  for (const [name, tier] of Object.entries(tiers)) {
    const place = `tiers.${name}`;
    if (!TIER.test(name)) {
      faults.push(
        invalid(place, name, 'lower case letters, digits and "-", at most 40 characters', 'Rename the tier.'),
      );
    }
    faults.push(...rateFaults(place, tier, 'tier-without-limit', 'tier-invalid'));
    faults.push(...quotaFaults(place, tier?.quota));
  }
  if (api.defaultTier !== undefined && !names.includes(api.defaultTier)) {
    faults.push({
      code: 'default-tier-unknown',
      place: 'defaultTier',
      found: shown(api.defaultTier),
      expected: `one of ${names.join(', ')}`,
      mend: 'Name a tier of this definition.',
    });
  }
  return [...faults, ...routeLimitFaults(api, names)];
}

function quotaFaults(place: string, quota: { requests: number; per: string } | undefined): readonly Fault[] {
  if (quota === undefined || quota === null) {
    return [
      {
        code: 'tier-without-limit',
        place: `${place}.quota`,
        found: 'nothing',
        expected: 'a quota such as { requests: 10_000, per: "DAY" }',
        mend: 'Say how many requests a client has in a day, week or month.',
      },
    ];
  }
  const faults: Fault[] = [];
  if (!Number.isInteger(quota.requests) || quota.requests < 1 || quota.requests > 2_147_483_647) {
    faults.push(
      invalid(`${place}.quota.requests`, quota.requests, 'a whole number from 1 to 2,147,483,647', 'Mend the number.'),
    );
  }
  if (!PERIODS.includes(quota.per)) {
    faults.push(
      invalid(
        `${place}.quota.per`,
        quota.per,
        PERIODS.join(', '),
        'API Gateway counts calendar days, weeks and months.',
      ),
    );
  }
  return faults;
}

function rateFaults(
  place: string,
  limit: RateLimit | undefined,
  missing: 'tier-without-limit' | 'limit-invalid',
  wrong: 'tier-invalid' | 'limit-invalid',
): readonly Fault[] {
  const bounds = { rate: ACCOUNT_RATE, burst: ACCOUNT_BURST } as const;
  return (['rate', 'burst'] as const).flatMap((key) => {
    const value = limit?.[key];
    const max = bounds[key];
    const fine = typeof value === 'number' && value > 0 && value <= max && (key === 'rate' || Number.isInteger(value));
    if (fine) return [];
    return [
      {
        code: value === undefined ? missing : wrong,
        place: `${place}.${key}`,
        found: shown(value),
        expected: key === 'rate' ? `requests a second, above 0, at most ${max}` : `a whole number from 1 to ${max}`,
        mend: 'A limit left open is no limit: give both rate and burst.',
      },
    ];
  });
}

function routeLimitFaults(api: UncheckedApi, tiers: readonly string[]): readonly Fault[] {
  const counts = new Map<string, number>();
  const faults: Fault[] = [];
  for (const [id, route] of Object.entries(api.routes ?? {})) {
    for (const [tier, limit] of Object.entries(route.options?.limits ?? {})) {
      const place = `routes.${id}.limits.${tier}`;
      counts.set(tier, (counts.get(tier) ?? 0) + 1);
      if (!tiers.includes(tier)) {
        faults.push({
          code: 'limit-unknown-tier',
          place,
          found: shown(tier),
          expected: `one of ${tiers.join(', ')}`,
          mend: 'Name a tier of this definition.',
        });
      }
      faults.push(...rateFaults(place, limit, 'limit-invalid', 'limit-invalid'));
    }
  }
  for (const [tier, count] of counts) {
    if (count <= METHOD_THROTTLES_PER_STAGE) continue;
    faults.push({
      code: 'limits-too-many',
      place: `tiers.${tier}`,
      found: `${count} routes with a limit of their own`,
      expected: `at most ${METHOD_THROTTLES_PER_STAGE}: an API Gateway quota for one stage of a usage plan`,
      mend: 'Keep own limits for the costly routes and let the tier limit the rest.',
    });
  }
  return faults;
}

function invalid(place: string, found: unknown, expected: string, mend: string): Fault {
  return { code: 'tier-invalid', place, found: shown(found), expected, mend };
}
