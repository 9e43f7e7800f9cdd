import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TokenCaller } from '../../../lambdas/authorizer/caller.ts';
import { type Decision, decisionLogger } from '../../../lambdas/authorizer/decisionLog.ts';
import type { AuthorizerEvent } from '../../../lambdas/authorizer/event.ts';
import { AuthorizerFault } from '../../../lambdas/authorizer/reasons.ts';
import { eventOf, linesOf } from './support/authorizer.ts';

type Entry = Readonly<Record<string, unknown>>;

const CALLER: TokenCaller = {
  subject: 'user-1',
  client: 'acme',
  roles: ['viewer'],
  permissions: ['document:read'],
  scopes: [],
  tier: 'free',
  expires: 1_795_608_000,
  issuer: 'https://issuer.example',
  ignored: { unknown: [], exclusive: [], ended: [], tier: undefined },
};
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
});
afterEach(() => vi.unstubAllEnvs());

/** What the logger adds to every entry; not of the decision. */
const OF_THE_LOGGER = ['level', 'message', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id'];

/** The log entry and the metric that a decision is recorded by. */
async function recorded(decision: Decision, event: AuthorizerEvent = eventOf(undefined)) {
  const lines = await linesOf(async () => decisionLogger('documents')(event, decision));
  expect(lines).toHaveLength(2);
  const [entry = {}, metric = {}] = lines.map((line) => JSON.parse(line) as Entry);
  const said = Object.fromEntries(Object.entries(entry).filter(([name]) => !OF_THE_LOGGER.includes(name)));
  return { entry, said, metric };
}

const request = { requestId: 'request-1', sourceIp: '192.0.2.1', route: 'GET /documents' };
const caller = { subject: 'user-1', client: 'acme', roles: ['viewer'], tier: 'free' };

describe('the log entry of a decision', () => {
  it('tells the request and the caller, and nothing that does not apply', async () => {
    const { said } = await recorded({ outcome: 'allow', reason: 'permitted', caller: CALLER });
    expect(said).toEqual({ decision: 'allow', reason: 'permitted', ...request, ...caller });
  });

  it('tells the request alone where nobody is known', async () => {
    const { said } = await recorded({ outcome: 'reject', reason: 'expired' });
    expect(said).toEqual({ decision: 'reject', reason: 'expired', ...request });
  });

  it.each<readonly [Partial<TokenCaller>, Entry]>([
    [{ scopes: ['notes.read'] }, { scopes: ['notes.read'] }],
    [{ ignored: { ...CALLER.ignored, unknown: ['boss'] } }, { unknownRoles: ['boss'] }],
    [{ ignored: { ...CALLER.ignored, exclusive: ['payer', 'auditor'] } }, { exclusiveRoles: ['payer', 'auditor'] }],
    [{ ignored: { ...CALLER.ignored, ended: ['admin'] } }, { endedRoles: ['admin'] }],
    [{ ignored: { ...CALLER.ignored, tier: 'gold' } }, { unknownTier: 'gold' }],
  ])('tells of a caller with %j also %j', async (change, more) => {
    const { said } = await recorded({
      outcome: 'deny',
      reason: 'permission-missing',
      caller: { ...CALLER, ...change },
    });
    expect(said).toEqual({ decision: 'deny', reason: 'permission-missing', ...request, ...caller, ...more });
  });

  it.each([
    ['allow', 'permitted', 'INFO'],
    ['deny', 'scope-missing', 'INFO'],
    ['reject', 'expired', 'INFO'],
    ['error', 'internal', 'ERROR'],
  ] as const)('of the outcome %s (%s) has the level %s', async (outcome, reason, level) => {
    const { entry } = await recorded({ outcome, reason });
    expect(entry).toMatchObject({ level, message: 'authorizer decision', decision: outcome, reason });
  });

  it('tells what went wrong on our side', async () => {
    const error = new AuthorizerFault('keys-unreachable', new Error('no answer'));
    const { said } = await recorded({ outcome: 'error', reason: error.reason, error });
    expect(said).toMatchObject({
      decision: 'error',
      ...request,
      error: { name: 'AuthorizerFault', message: 'keys-unreachable: no answer' },
    });
  });

  it.each([
    [{ 'User-Agent': 'curl' }, 'curl'],
    [{ 'user-agent': 'curl' }, 'curl'],
    [{ 'User-Agent': 'first', 'user-agent': 'second' }, 'first'],
    [{ 'User-Agent': 'a'.repeat(200) }, 'a'.repeat(200)],
    [{ 'User-Agent': 'a'.repeat(201) }, 'a'.repeat(200)],
    [{ agent: 'curl' }, undefined],
    [{}, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('tells of the headers %j the agent %j, up to 200 characters', async (headers, userAgent) => {
    const { headers: _headers, ...rest } = eventOf(undefined);
    const event = headers === undefined ? rest : { ...rest, headers };
    const { said } = await recorded({ outcome: 'reject', reason: 'expired' }, event);
    expect(said['userAgent']).toBe(userAgent);
  });

  it.each([
    [undefined, undefined, undefined],
    [{}, undefined, undefined],
    [{ requestId: 'request-2' }, 'request-2', undefined],
    [{ requestId: 'request-2', identity: {} }, 'request-2', undefined],
    [{ identity: { sourceIp: '192.0.2.2' } }, undefined, '192.0.2.2'],
  ])('tells of the context %j the request %j and the address %j', async (context, requestId, sourceIp) => {
    const { requestContext: _context, ...rest } = eventOf(undefined);
    const event = context === undefined ? rest : { ...rest, requestContext: context };
    const { said } = await recorded({ outcome: 'reject', reason: 'expired' }, event);
    expect([said['requestId'], said['sourceIp']]).toEqual([requestId, sourceIp]);
  });

  it('holds no token, wherever one was written', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';
    const event = { ...eventOf(`Bearer ${token}`), headers: { 'User-Agent': `agent ${token}` } };
    const { entry, said } = await recorded({ outcome: 'error', reason: 'internal', error: new Error(token) }, event);
    expect(said['userAgent']).toBe('agent [redacted]');
    expect(JSON.stringify(entry)).not.toContain('eyJ');
  });
});

describe('the metric of a decision', () => {
  it.each([
    ['allow', 'permitted', 'AuthorizerAllow'],
    ['deny', 'permission-missing', 'AuthorizerDeny'],
    ['reject', 'expired', 'AuthorizerReject'],
    ['error', 'internal', 'AuthorizerError'],
  ] as const)('of %s (%s) is one %s, by API and by API and reason', async (outcome, reason, name) => {
    const { metric } = await recorded({ outcome, reason });
    expect(metric).toMatchObject({ [name]: 1, api: 'documents', reason });
    const { CloudWatchMetrics } = metric['_aws'] as { readonly CloudWatchMetrics: readonly Entry[] };
    expect(CloudWatchMetrics).toMatchObject([
      { Namespace: 'SecureApi', Dimensions: [['api'], ['api', 'reason']], Metrics: [{ Name: name, Unit: 'Count' }] },
    ]);
  });
});
