import { describe, expect, it } from 'vitest';
import type { ApiKeyModel, UsagePlanModel } from '../../assembly/model.ts';
import { createApiKeyCheck } from '../../gateway/limits/apiKeys.ts';
import { createMethodThrottles } from '../../gateway/limits/methodThrottles.ts';
import { periodStart } from '../../gateway/limits/quota.ts';
import { createUsagePlans } from '../../gateway/limits/usagePlans.ts';
import { anApi, aRequestState, aRoute, aStack, outcomeOf } from '../support/gateway.ts';

const BODY = { components: { securitySchemes: { key: { type: 'apiKey', name: 'x-api-key', in: 'header' } } } };
const ROUTE = aRoute({ security: [{ key: [] }] });
const STAGES = [{ restApiId: 'api1', stage: 'prod', methods: {} }];

function plan(rest: Partial<UsagePlanModel> = {}): UsagePlanModel {
  return { id: 'free', name: 'free', stages: STAGES, ...rest };
}

function key(value: string, rest: Partial<ApiKeyModel> = {}): ApiKeyModel {
  return { id: `id-${value}`, value, enabled: true, planIds: ['free'], ...rest };
}

describe('the API key of a request', () => {
  const elsewhere = plan({ id: 'other', stages: [{ restApiId: 'api2', stage: 'prod', methods: {} }] });
  const keys = [
    key('good'),
    key('off', { enabled: false }),
    key('loose', { planIds: [] }),
    key('far', { planIds: ['other'] }),
  ];
  const model = aStack({ usagePlans: [plan(), elsewhere], apiKeys: keys });

  it.each([
    ['good', 'pass'],
    ['off', 'INVALID_API_KEY'],
    ['loose', 'INVALID_API_KEY'],
    ['far', 'INVALID_API_KEY'],
    ['unknown', 'INVALID_API_KEY'],
    [undefined, 'INVALID_API_KEY'],
  ])('%s: %s, from the authorizer and from the header', async (value, expected) => {
    const granted = aRequestState({}, ROUTE);
    granted.grant = { principalId: 'ada', context: {}, ...(value && { usageIdentifierKey: value }) };
    expect(await outcomeOf(createApiKeyCheck(model, anApi(BODY))(granted))).toBe(expected);
    const sent = aRequestState(value ? { headers: { 'X-API-Key': value } } : {}, ROUTE);
    expect(await outcomeOf(createApiKeyCheck(model, anApi(BODY, { apiKeySource: 'HEADER' }))(sent))).toBe(expected);
    expect(sent.apiKey?.value).toBe(expected === 'pass' ? value : undefined);
  });

  it('is not required where the operation does not require one', () => {
    expect(createApiKeyCheck(model, anApi(BODY))(aRequestState())).toBeUndefined();
  });
});

function metered(usagePlan: UsagePlanModel) {
  const clock = { real: 0, simulated: Date.UTC(2026, 10, 2) };
  const keys = [key('a'), key('b')];
  const simulated = { now: () => clock.simulated, speed: 1 };
  const step = createUsagePlans(aStack({ usagePlans: [usagePlan], apiKeys: keys }), anApi(), simulated, {
    time: () => clock.real,
  });
  const call = (index = 0, method = 'GET') => {
    const state = aRequestState({}, aRoute({}, method));
    state.apiKey = keys[index];
    return outcomeOf(step(state));
  };
  return { call, clock };
}

describe('a usage plan', () => {
  it('gives each key its burst, and then its rate', async () => {
    const { call, clock } = metered(plan({ throttle: { rate: 10, burst: 2 } }));
    expect([await call(), await call(), await call(), await call(1)]).toEqual(['pass', 'pass', 'THROTTLED', 'pass']);
    clock.real = 99;
    expect(await call()).toBe('THROTTLED');
    clock.real = 100;
    expect([await call(), await call()]).toEqual(['pass', 'THROTTLED']);
  });

  it('counts a method with its own throttle in its own bucket', async () => {
    const methods = { '/documents/{id}/GET': { rate: 1, burst: 1 } };
    const { call } = metered(
      plan({ throttle: { rate: 1, burst: 1 }, stages: [{ ...STAGES[0], restApiId: 'api1', stage: 'prod', methods }] }),
    );
    expect([await call(), await call(), await call(0, 'PUT'), await call(0, 'PUT')]).toEqual([
      'pass',
      'THROTTLED',
      'pass',
      'THROTTLED',
    ]);
  });

  it('spends quota by the simulated day, and not on throttled requests', async () => {
    const { call, clock } = metered(plan({ throttle: { rate: 1, burst: 1 }, quota: { limit: 2, period: 'DAY' } }));
    const seen: string[] = [];
    for (const real of [0, 0, 1000, 2000]) {
      clock.real = real;
      seen.push(await call());
    }
    expect(seen).toEqual(['pass', 'THROTTLED', 'pass', 'QUOTA_EXCEEDED']);
    clock.real = 9000;
    clock.simulated += 86_400_000;
    expect(await call()).toBe('pass');
  });

  it.each([
    ['DAY', '2026-11-04T00:00:00.000Z'],
    ['WEEK', '2026-11-01T00:00:00.000Z'],
    ['MONTH', '2026-11-01T00:00:00.000Z'],
  ] as const)('begins a %s at midnight UTC', (period, start) => {
    expect(new Date(periodStart(period, Date.UTC(2026, 10, 4, 23, 59))).toISOString()).toBe(start);
  });
});

describe('the throttles of the stage', () => {
  it('apply to each method, its own setting before the default', async () => {
    const methodThrottles = { '*': { rate: 1, burst: 1 }, 'PUT /documents/{id}': { rate: 1, burst: 2 } };
    const api = anApi({}, { stage: { name: 'prod', methodThrottles, tracing: false, variables: {} } });
    const step = createMethodThrottles(api, () => 0);
    const methods = ['GET', 'GET', 'PUT', 'PUT', 'PUT'];
    const seen = await Promise.all(methods.map((method) => outcomeOf(step(aRequestState({}, aRoute({}, method))))));
    expect(seen).toEqual(['pass', 'THROTTLED', 'pass', 'pass', 'THROTTLED']);
  });
});
