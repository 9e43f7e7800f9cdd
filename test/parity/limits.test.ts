import type { App } from 'aws-cdk-lib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enforcedLimits } from '../../lib/limits/index.ts';
import { createLimiter } from '../../lib/simulator/limiter.ts';
import { OUTCOMES } from '../../lib/simulator/outcome.ts';
import { createQuotas } from '../../lib/simulator/quotas.ts';
import { createWindows } from '../../lib/simulator/windows.ts';
import { loadAssembly } from '../../local/assembly/load.ts';
import type { StackModel } from '../../local/assembly/model.ts';
import { createMethodThrottles } from '../../local/gateway/limits/methodThrottles.ts';
import { createQuota } from '../../local/gateway/limits/quota.ts';
import { createUsagePlans } from '../../local/gateway/limits/usagePlans.ts';
import type { RequestState } from '../../local/gateway/requestState.ts';
import type { Outcome } from '../../local/gateway/step.ts';
import { createRateWindow } from '../../local/gateway/waf/rateWindow.ts';
import { createWebAcl } from '../../local/gateway/waf/webAcl.ts';
import { smallApi, withSmall } from '../synth/support.ts';

/** One request of a trace: when, by which tier's key, from which address. */
interface Request {
  readonly timeMs: number;
  readonly tier: number;
  readonly address: number;
  readonly token: number;
}

const TIERS = ['free', 'paid'];
const ADDRESSES = 7;
const START = Date.UTC(2026, 10, 30, 23, 59, 0);
const TOKENS = 5;
const IP_LIMIT = 900;
const TOKEN_LIMIT = 1_100;
const STAGE = { rate: 40, burst: 30 };
const api = smallApi();

/** The stack of `smallApi` as the local gateway reads it, from its assembly alone. */
function loaded(): StackModel {
  return withSmall({ waf: { ipLimit: IP_LIMIT, tokenLimit: TOKEN_LIMIT }, throttle: STAGE }, (_, stack) => {
    const { directory } = (stack.node.root as App).synth();
    return loadAssembly(directory, { secretValue: () => 'k'.repeat(40) });
  });
}

/** The gateway's own stages of the loaded stack, with a clock driven by the trace. */
function gatewayDecider(model: StackModel, route: { method: string; resourcePath: string }) {
  const [restApi] = model.apis;
  if (restApi === undefined) return expect.fail('no API');
  let nowMs = 0;
  const time = () => nowMs;
  const clock = { speed: 1, now: () => START + nowMs };
  const telemetry = { metric: () => undefined, log: () => undefined };
  const waf = createWebAcl(restApi, { telemetry, source: { name: 'APIGW', id: 'api' }, region: model.region, time });
  const usage = createUsagePlans(model, restApi, clock, { time });
  const throttle = createMethodThrottles(restApi, time);
  const keys = TIERS.map((tier) => model.apiKeys.find(({ value }) => value.startsWith(`${tier}-`)));
  return ({ timeMs, tier, address, token }: Request): string => {
    nowMs = timeMs;
    const state = {
      request: {
        sourceIp: `192.0.2.${address}`,
        method: route.method,
        path: route.resourcePath,
        headers: { authorization: [`Bearer ${token}`] },
        rawHeaders: [],
        query: {},
        body: Buffer.alloc(0),
      },
      route: { ...route, operation: {} },
      pathParameters: {},
      apiKey: keys[tier],
    } as unknown as RequestState;
    const [blocked, metered, staged] = [waf, usage, throttle].map((stage) => () => stage(state) as Outcome);
    if (blocked?.() !== undefined) return 'waf';
    const rejection = metered?.();
    if (rejection !== undefined) return 'type' in rejection && rejection.type === 'QUOTA_EXCEEDED' ? 'quota' : 'rate';
    return staged?.() === undefined ? 'served' : 'stage';
  };
}

/** Bursts and pauses of random length over several minutes, past midnight and the end of a month. */
function* trace(seed: number, requests: number): Generator<Request> {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let timeMs = 0;
  for (let n = 0; n < requests; n += 1) {
    if (next(200) === 0) timeMs += next(20_000);
    else timeMs += next(60) / 3;
    yield { timeMs, tier: next(TIERS.length), address: next(3) === 0 ? 0 : next(ADDRESSES), token: next(TOKENS) };
  }
}

describe('the simulator and the local gateway', () => {
  it.each(['listThings', 'countThings'])('make the same decision, request by request, on %s', (routeId) => {
    const route = api.routes[routeId];
    if (route === undefined) return expect.fail('no such route');
    const gateway = gatewayDecider(loaded(), { method: route.method, resourcePath: route.path });
    const limits = enforcedLimits(api, { route, ipLimit: IP_LIMIT, tokenLimit: TOKEN_LIMIT, stage: STAGE });
    const keys = Uint16Array.from(TIERS, (_, tier) => tier);
    const simulator = createLimiter(limits, { keys, addresses: ADDRESSES, tokens: TOKENS, startMs: START });
    const seen = new Map<string, number>();
    for (const request of trace(7, 60_000)) {
      const simulated = OUTCOMES[simulator.decide(request.timeMs, { ...request, key: request.tier })];
      const enforced = gateway(request);
      if (simulated !== enforced) expect.fail(`${JSON.stringify(request)}: ${simulated}, gateway ${enforced}`);
      seen.set(enforced, (seen.get(enforced) ?? 0) + 1);
    }
    // The comparison is worth something only if the trace holds every kind of rejection.
    const expected = routeId === 'listThings' ? ['served', 'waf', 'rate', 'quota', 'stage'] : ['served', 'waf', 'rate'];
    for (const value of expected) expect([value, seen.get(value) ?? 0]).not.toEqual([value, 0]);
  });

  it('count quotas by the same days, weeks and months', () => {
    const per = fc.constantFrom('DAY' as const, 'WEEK' as const, 'MONTH' as const);
    const steps = fc.array(fc.integer({ min: 0, max: 10 * 86_400_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(per, fc.integer({ min: 1, max: 3 }), steps, (period, limit, waits) => {
        const ours = createQuotas([{ requests: limit, per: period }], new Uint16Array(1));
        const theirs = createQuota({ limit, period });
        let now = START;
        for (const wait of waits) {
          now += wait;
          expect(ours.spend(0, now)).toBe(theirs.spend(now));
        }
      }),
    );
  });

  it('forget the same addresses when there are more than WAF tracks', () => {
    const addresses = 10_500;
    let now = 0;
    const ours = createWindows(addresses, 60);
    const theirs = createRateWindow(60, () => now);
    let state = 3;
    for (let n = 0; n < 200_000; n += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const address = state % addresses;
      now += 0.7;
      const [mine, other] = [ours.count(address, now), theirs.count(String(address))];
      if (mine !== other) expect.fail(`request ${n}: ${mine}, gateway ${other}`);
    }
  });
});
