import { enforcedLimits } from '../lib/limits/index.ts';
import { simulate } from '../lib/simulator/index.ts';
import { createQuota } from '../local/gateway/limits/quota.ts';
import { createTokenBucket } from '../local/gateway/limits/tokenBucket.ts';
import { createRateWindow } from '../local/gateway/waf/rateWindow.ts';
import { generatedApi } from '../test/support/generated.ts';
import { median, type Row, row } from './row.ts';
import { inTurns } from './turns.ts';

const ROUNDS = 3;
const CLIENTS = 1_000;
const RPS = 100_000;
const SECONDS = 100;
const BUDGET_MS = 10_000;
const REQUESTS = RPS * SECONDS;

/** Ten million simulated requests: against the promised ten seconds, and against the gateway's counters at the same work. */
export async function benchSimulate(): Promise<readonly Row[]> {
  const { ours, peer } = await inTurns(
    ROUNDS,
    () => timed(simulated),
    () => timed(enforced),
  );
  const perSecond = (ms: number) => REQUESTS / (ms / 1000);
  const name = `simulate: ${REQUESTS / 1_000_000} million requests of ${CLIENTS} clients`;
  return [
    row(`${name}, against ten seconds`, 'ms', median(ours), BUDGET_MS, 1),
    row(`${name}, against the gateway's counters`, 'requests/s', perSecond(median(ours)), perSecond(median(peer)), 1),
  ];
}

const limits = () => enforcedLimits(generatedApi(1));

function simulated(): void {
  simulate({
    limits: limits(),
    pattern: 'steady',
    rps: RPS,
    seconds: SECONDS,
    clients: CLIENTS,
    weights: [1],
    addresses: CLIENTS,
    keys: 'client',
    isPublic: false,
    authorizerCacheSeconds: 60,
    startMs: 0,
  });
}

/** What the local gateway does for each request: windows, bucket of the client, quota, bucket of the stage. */
function enforced(): void {
  let now = 0;
  const time = () => now;
  const { tiers, rules, stage } = limits();
  const [[tier], [address]] = [tiers, rules];
  if (tier === undefined || address === undefined) return;
  const quota = { limit: tier.quota.requests, period: tier.quota.per };
  const byAddress = createRateWindow(address.windowSeconds, time);
  const byToken = createRateWindow(address.windowSeconds, time);
  const whole = createTokenBucket(stage, time);
  const names = Array.from({ length: CLIENTS }, (_, client) => `192.0.2.${client}`);
  const clients = names.map(() => ({ bucket: createTokenBucket(tier.throttle, time), quota: createQuota(quota) }));
  for (let n = 0; n < REQUESTS; n += 1) {
    now = (n * 1000) / RPS;
    const client = clients[n % CLIENTS];
    const name = names[n % CLIENTS] ?? '';
    if (byAddress.count(name) > address.limit || byToken.count(name) > address.limit) continue;
    if (client?.bucket.take() === true && client.quota.spend(now)) whole.take();
  }
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
