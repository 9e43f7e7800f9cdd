import type { Construct } from 'constructs';
import type { Api } from '../../definition/api.ts';
import { formatValue } from '../../definition/checks/check.ts';
import type { RateLimit } from '../../definition/tiers.ts';
import { ACCOUNT_RATE, DEFAULT_STAGE_THROTTLE, USABLE_SHARE } from '../../limits/index.ts';
import { invalid } from '../invalid.ts';

/** The account's bucket is half its rate by default (API Gateway quotas). */
const BURST_SHARE = 0.5;
const MOST = 10_000_000;

/**
 * The account's rate in the region, when the context gives it. A synth cannot read it from anywhere else.
 *
 * @throws {ConfigError} `option-invalid` when it is not a number of requests a second.
 */
export function accountRate(scope: Construct): number | undefined {
  const given: unknown = scope.node.tryGetContext(ACCOUNT_RATE);
  if (given === undefined) return undefined;
  const rate = Number(given);
  if (Number.isFinite(rate) && rate >= 1 && rate <= MOST) return rate;
  throw invalid({
    location: `context ${ACCOUNT_RATE}`,
    found: formatValue(given),
    expected: `requests a second, 1–${MOST}`,
    fix: 'Write it into cdk.context.json with: npx secure-api preflight --write-context.',
  });
}

/** The throttle of the stage unless a prop sets one: the share of the account's rate that one API may use. */
export function defaultThrottle(account: number | undefined): RateLimit {
  if (account === undefined) return DEFAULT_STAGE_THROTTLE;
  const rate = Math.max(1, Math.floor(account * USABLE_SHARE));
  return { rate, burst: Math.max(1, Math.floor(rate * BURST_SHARE)) };
}

/**
 * Compares the limits of an API with the account's. A limit above the account's never takes effect: the first callers use
 * up what all APIs of the account share.
 *
 * @returns a warning for tiers that together use up the usable share; none when they fit or the account's rate is unknown.
 * @throws {ConfigError} `option-invalid` for a single limit above the account's rate.
 */
export function headroomWarnings(api: Api, throttle: RateLimit, account: number | undefined): readonly string[] {
  if (account === undefined) return [];
  const routes = Object.values(api.routes).flatMap(({ id, limits }) =>
    Object.entries(limits).map(([tier, { rate }]) => [`routes.${id}.limits.${tier}`, rate] as const),
  );
  const tiers = Object.entries(api.tiers).map(([name, { rate }]) => [`tiers.${name}`, rate] as const);
  const all = [['throttle', throttle.rate] as const, ...tiers, ...routes];
  const over = all.filter(([, rate]) => rate > account);
  if (over.length > 0) throw beyond(over, account);
  const sum = tiers.reduce((total, [, rate]) => total + rate, 0);
  const usable = Math.floor(account * USABLE_SHARE);
  if (sum <= usable) return [];
  return [
    `the tiers together allow ${sum} requests a second of the ${usable} that leave headroom under the account's ${account}: ` +
      'clients that keep to their tier may be throttled. Raise the quota of the account, or lower the tiers.',
  ];
}

function beyond(over: readonly (readonly [string, number])[], account: number) {
  return invalid({
    location: over.map(([location]) => location).join(', '),
    found: over.map(([, rate]) => rate).join(', '),
    expected: `at most the ${account} requests a second of the account (context ${ACCOUNT_RATE})`,
    fix: 'Lower the limit, or ask for a higher quota of the account first.',
  });
}
