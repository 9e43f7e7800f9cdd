import { STACK_RESOURCE_LIMIT_CONTEXT, type Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../lib/definition/errors.ts';
import { type Api, defineApi, defineRoles, get, post, type RoutesInput, Webhook } from '../../lib/definition/index.ts';
import { synthesizeVariant, templateIn } from '../support/variants.ts';
import { withSmall } from './support.ts';

const read = { permission: 'thing:read', responses: { 200: { description: 'Done' } } } as const;
const alone = { ...read, isolate: true } as const;
const hook = { webhook: Webhook.stripe('signing'), responses: { 200: { description: 'Done' } } } as const;

/** A definition with these routes. */
function apiOf(routes: RoutesInput): Api {
  return defineApi(
    {
      name: 'small',
      version: '1.0.0',
      roles: defineRoles({ reader: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
      tiers: { free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } } },
      routes: routes as never,
    },
    { today: new Date('2026-11-10T00:00:00Z') },
  ) as unknown as Api;
}

/** Which routes each function of a stack serves. */
function servedBy(routes: RoutesInput): Readonly<Record<string, readonly string[]>> {
  return withSmall({ definition: apiOf(routes) }, (api) =>
    Object.fromEntries(
      Object.entries(api.functions).map(([name, fn]) => [
        name,
        Object.keys(routes).filter((id) => api.handler(id) === fn),
      ]),
    ),
  );
}

describe('an isolated route', () => {
  it('never shares its function, whatever its name and the first segments of other paths', () => {
    expect(
      servedBy({
        g1: get('/x', alone),
        root: get('/top', alone),
        readRoot: get('/', read),
        listOne: get('/g1/list', read),
        listOther: get('/g1-isolated/list', read),
        addOne: post('/g1/add', read),
      }),
    ).toEqual({
      'g1-isolated-isolated': ['g1'],
      'root-isolated': ['root'],
      root: ['readRoot'],
      g1: ['listOne', 'addOne'],
      'g1-isolated': ['listOther'],
    });
  });

  it('keeps its name where no shared function has it, also below a path that begins with it', () => {
    expect(
      servedBy({ health: get('/health', alone), deep: get('/health/deep', alone), list: get('/things', read) }),
    ).toEqual({ health: ['health'], deep: ['deep'], things: ['list'] });
  });

  it('shares no right to the secret of its webhook with routes below a path of its name', () => {
    const routes = { payments: post('/paid', hook), list: get('/payments/list', read) };
    const props = (stack: Stack) => ({ webhooks: { signing: Secret.fromSecretNameV2(stack, 'Signing', 'signing') } });
    const { Resources } = templateIn(synthesizeVariant({ input: { routes }, props }, false));
    const readers = Object.entries<object>(Resources).filter(
      ([id, one]) => id.startsWith('ApiHandlers') && JSON.stringify(one).includes('secretsmanager:GetSecretValue'),
    );
    expect(readers.map(([id]) => id)).toEqual([expect.stringMatching(/^ApiHandlerspaymentsisolated/)]);
  });

  it('is counted as isolated where a stack has too many resources, and no other route is', () => {
    const definition = apiOf({ health: get('/health', read), things: get('/x', alone), list: get('/things', read) });
    const make = () => withSmall({ definition }, () => undefined, undefined, { [STACK_RESOURCE_LIMIT_CONTEXT]: 50 });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(/for the 3 functions that serve routes, 1 of them isolated,/);
  });
});
