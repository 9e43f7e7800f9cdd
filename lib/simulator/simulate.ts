import type { EnforcedLimits } from '../limits/enforced.ts';
import { createLimiter, NOBODY } from './limiter.ts';
import { OUTCOMES, SERVED, WAF } from './outcome.ts';
import { type Counts, type GroupResult, summarize } from './summary.ts';
import { createTraffic, FLOODER, type Pattern } from './traffic.ts';

/** A trial of limits. */
export interface Trial {
  readonly limits: EnforcedLimits;
  readonly pattern: Pattern;
  /** Requests a second on average, of all clients together. */
  readonly rps: number;
  readonly seconds: number;
  readonly clients: number;
  /** How many clients each tier has, relative to the others; one number a tier. */
  readonly weights: readonly number[];
  /** Addresses that the clients share. */
  readonly addresses: number;
  /** Whether all clients of a tier share one API key, or each client has its own. */
  readonly keys: 'tier' | 'client';
  /** A public route, where neither tier nor token counts. */
  readonly isPublic: boolean;
  /** How long the gateway caches a decision of the authorizer; 0 for no cache. */
  readonly authorizerCacheSeconds: number;
  /** Milliseconds since the epoch at the first request: where in its period a quota starts. */
  readonly startMs: number;
}

/** How the requests ended. */
export interface TrialResult {
  readonly requests: number;
  readonly seconds: number;
  /** By tier in the order of the limits, those without clients left out; one group `public` on a public route. */
  readonly groups: readonly GroupResult[];
  readonly total: Counts;
  /** The client that floods, which is also counted in its tier. */
  readonly flooder?: Counts;
  readonly authorizerCalls: number;
}

/**
 * Sends the requests of a trial through its limits, in virtual time: the same trial always gives the same result. Memory
 * grows with clients and addresses, not with requests.
 */
export function simulate(trial: Trial): TrialResult {
  const { limits, pattern, rps, seconds, clients, addresses, startMs } = trial;
  const tierOf = trial.isPublic ? new Uint16Array(clients) : assignTiers(clients, trial.weights);
  const names = trial.isPublic ? ['public'] : limits.tiers.map(({ name }) => name);
  const keys = trial.keys === 'client' ? tierOf : Uint16Array.from(limits.tiers, (_, tier) => tier);
  const limiter = createLimiter(limits, { keys, addresses, tokens: clients, startMs });
  const traffic = createTraffic(pattern, rps, clients);
  const authorizer = createAuthorizerCache(clients, trial.authorizerCacheSeconds);
  const counts = new Uint32Array(clients * OUTCOMES.length);
  const firstRejectedMs = new Float64Array(names.length).fill(Number.POSITIVE_INFINITY);
  const requests = rps * seconds;
  // One object for all requests: it is read before the next one is sent.
  const sender = { key: NOBODY, address: 0, token: NOBODY };
  for (let n = 0; n < requests; n += 1) {
    const timeMs = traffic.timeMs(n);
    const client = traffic.client(n);
    const tier = tierOf[client] ?? 0;
    sender.address = client % addresses;
    if (!trial.isPublic) {
      sender.token = client;
      sender.key = trial.keys === 'client' ? client : tier;
    }
    const outcome = limiter.decide(timeMs, sender);
    const at = client * OUTCOMES.length + outcome;
    counts[at] = (counts[at] ?? 0) + 1;
    if (outcome !== SERVED && timeMs < (firstRejectedMs[tier] ?? 0)) firstRejectedMs[tier] = timeMs;
    if (outcome !== WAF && !trial.isPublic) authorizer.ask(client, timeMs);
  }
  const { groups, total, ofClient } = summarize({ names, tierOf, counts, firstRejectedMs, seconds });
  const flooder = pattern === 'flood' ? { flooder: ofClient(FLOODER) } : {};
  return { requests, seconds, groups, total, ...flooder, authorizerCalls: authorizer.calls() };
}

/** Each client has one token; its decision is cached by the token. */
function createAuthorizerCache(clients: number, seconds: number) {
  const until = new Float64Array(clients).fill(Number.NEGATIVE_INFINITY);
  let calls = 0;
  return {
    ask(client: number, timeMs: number): void {
      if (timeMs < (until[client] ?? 0)) return;
      until[client] = timeMs + seconds * 1000;
      calls += 1;
    },
    calls: () => calls,
  };
}

/**
 * Gives each client a tier, by weight and well mixed: a tier of weight 1 beside one of weight 9 has every tenth client, so
 * that no tier comes in a block.
 *
 * @param weights - of each tier; at least one is above 0.
 * @returns the index of the tier of each client.
 */
export function assignTiers(clients: number, weights: readonly number[]): Uint16Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const given = weights.map(() => 0);
  return Uint16Array.from({ length: clients }, (_, client) => {
    // The tier that is furthest behind its share gets the client; the first of equals.
    const behind = weights.map((weight, tier) => (weight / sum) * (client + 1) - (given[tier] ?? 0));
    const tier = behind.indexOf(Math.max(...behind));
    given[tier] = (given[tier] ?? 0) + 1;
    return tier;
  });
}
