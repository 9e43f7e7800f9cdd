import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Decision, decisionLogger } from '../../../lambdas/authorizer/decisionLog.ts';
import type { AuthorizerEvent } from '../../../lambdas/authorizer/event.ts';
import { AuthorizerFault } from '../../../lambdas/authorizer/reasons.ts';
import type { TokenCaller } from '../../../lambdas/authorizer/tokenCaller.ts';
import { eventOf, linesOf } from './support/authorizer.ts';

type Entry = Readonly<Record<string, unknown>>;

const CALLER: TokenCaller = {
  subject: 'user-1',
  client: 'acme',
  roles: ['viewer'],
  scopes: [],
  tier: 'free',
  expires: 1_795_608_000,
  issuer: 'https://issuer.example',
  claims: {},
  ignored: { unknown: [], exclusive: [], ended: [], tier: undefined },
};
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'documents');
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});
afterEach(() => vi.unstubAllEnvs());

/** Fields that the logger adds to every entry. */
const LOGGER_FIELDS = ['level', 'message', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id'];

/** The log entry of a decision, the fields of it that describe the decision, and the metric. */
async function recorded(decision: Decision, event: AuthorizerEvent = eventOf(undefined)) {
  const lines = await linesOf(async () => decisionLogger('documents')(event, decision));
  expect(lines).toHaveLength(2);
  const [entry = {}, metric = {}] = lines.map((line) => JSON.parse(line) as Entry);
  const { level, message, service, timestamp } = entry;
  expect([message, service, typeof timestamp]).toEqual(['authorizer decision', 'documents', 'string']);
  expect(level).toBe(decision.outcome === 'error' ? 'ERROR' : 'INFO');
  const fields = Object.fromEntries(Object.entries(entry).filter(([name]) => !LOGGER_FIELDS.includes(name)));
  return { entry, fields, metric };
}

const request = { requestId: 'request-1', sourceIp: '192.0.2.1', route: 'GET /documents' };
const caller = { subject: 'user-1', client: 'acme', roles: ['viewer'], tier: 'free' };

describe('the log entry of a decision', () => {
  it('has the request and the caller, and nothing that does not apply', async () => {
    const { fields } = await recorded({ outcome: 'allow', reason: 'permitted', caller: CALLER });
    expect(fields).toEqual({ decision: 'allow', reason: 'permitted', ...request, ...caller });
  });

  it('has the owner of a rejected token', async () => {
    const owner = { subject: 'user-1', client: 'acme', justExpired: true } as const;
    const { fields } = await recorded({ outcome: 'reject', reason: 'expired', owner });
    expect(fields).toEqual({ decision: 'reject', reason: 'expired', ...request, ...owner });
  });

  it('has only the request if the caller is unknown', async () => {
    const { fields } = await recorded({ outcome: 'reject', reason: 'expired' });
    expect(fields).toEqual({ decision: 'reject', reason: 'expired', ...request });
  });

  it.each<readonly [Partial<TokenCaller>, Entry]>([
    [{ scopes: ['notes.read'] }, { scopes: ['notes.read'] }],
    [{ ignored: { ...CALLER.ignored, unknown: ['boss'] } }, { unknownRoles: ['boss'] }],
    [{ ignored: { ...CALLER.ignored, exclusive: ['payer', 'auditor'] } }, { exclusiveRoles: ['payer', 'auditor'] }],
    [{ ignored: { ...CALLER.ignored, ended: ['admin'] } }, { endedRoles: ['admin'] }],
    [{ ignored: { ...CALLER.ignored, tier: 'gold' } }, { unknownTier: 'gold' }],
  ])('has for a caller with %j also %j', async (change, more) => {
    const { fields } = await recorded({
      outcome: 'deny',
      reason: 'permission-missing',
      caller: { ...CALLER, ...change },
    });
    expect(fields).toEqual({ decision: 'deny', reason: 'permission-missing', ...request, ...caller, ...more });
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

  it('has the error on our side', async () => {
    const error = new AuthorizerFault('keys-unreachable', new Error('no response'));
    const { fields } = await recorded({ outcome: 'error', reason: error.reason, error });
    expect(fields).toMatchObject({
      decision: 'error',
      ...request,
      error: { name: 'AuthorizerFault', message: 'keys-unreachable: no response' },
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
  ])('has for the headers %j the user agent %j, up to 200 characters', async (headers, userAgent) => {
    const { headers: _headers, ...rest } = eventOf(undefined);
    const event = headers === undefined ? rest : { ...rest, headers };
    const { fields } = await recorded({ outcome: 'reject', reason: 'expired' }, event);
    expect(fields['userAgent']).toBe(userAgent);
  });

  it.each([
    [undefined, undefined, undefined],
    [{}, undefined, undefined],
    [{ requestId: 'request-2' }, 'request-2', undefined],
    [{ requestId: 'request-2', identity: {} }, 'request-2', undefined],
    [{ identity: { sourceIp: '192.0.2.2' } }, undefined, '192.0.2.2'],
  ])('has for the context %j the request id %j and the address %j', async (context, requestId, sourceIp) => {
    const { requestContext: _context, ...rest } = eventOf(undefined);
    const event = context === undefined ? rest : { ...rest, requestContext: context };
    const { fields } = await recorded({ outcome: 'reject', reason: 'expired' }, event);
    expect([fields['requestId'], fields['sourceIp']]).toEqual([requestId, sourceIp]);
  });

  it('contains no token, not even of a header or a message', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';
    const event = { ...eventOf(`Bearer ${token}`), headers: { 'User-Agent': `agent ${token}` } };
    const { entry, fields } = await recorded({ outcome: 'error', reason: 'internal', error: new Error(token) }, event);
    expect(fields['userAgent']).toBe('agent [redacted]');
    expect(JSON.stringify(entry)).not.toContain('eyJ');
  });

  it('contains scopes and ignored roles and tiers only if there are any', async () => {
    const allowed = await recorded({ outcome: 'allow', reason: 'permitted', caller: CALLER });
    expect(allowed.fields).toEqual({ ...request, decision: 'allow', reason: 'permitted', ...caller });
    const ignored = { unknown: ['ghost'], exclusive: ['payer'], ended: ['boss'], tier: 'gold' };
    const denied = await recorded({
      outcome: 'deny',
      reason: 'scope-missing',
      caller: { ...CALLER, scopes: ['audit'], ignored },
    });
    expect(denied.fields).toMatchObject({
      scopes: ['audit'],
      unknownRoles: ['ghost'],
      exclusiveRoles: ['payer'],
      endedRoles: ['boss'],
      unknownTier: 'gold',
    });
  });

  it('of a rejection has no caller', async () => {
    const { fields } = await recorded({ outcome: 'reject', reason: 'expired' });
    expect(fields).toEqual({ ...request, decision: 'reject', reason: 'expired' });
  });

  it('shortens the user agent, in any case of the header', async () => {
    const rejected = { outcome: 'reject', reason: 'expired' } as const;
    const long = 'x'.repeat(300);
    const agentOf = async (headers: Readonly<Record<string, string>>) =>
      (await recorded(rejected, { ...eventOf(undefined), headers })).fields;
    expect(await agentOf({ 'User-Agent': long })).toHaveProperty('userAgent', long.slice(0, 200));
    expect(await agentOf({ 'user-agent': 'curl' })).toHaveProperty('userAgent', 'curl');
  });

  it('is written even if the event has neither headers nor context', async () => {
    const rejected = { outcome: 'reject', reason: 'expired' } as const;
    const bare = { route: 'GET /documents', decision: 'reject', reason: 'expired' };
    const event = eventOf(undefined);
    for (const change of [
      { headers: null, requestContext: undefined },
      { headers: undefined, requestContext: {} },
    ]) {
      expect((await recorded(rejected, { ...event, ...change })).fields).toEqual(bare);
    }
  });

  it('contains an error on our side without the token in its message', async () => {
    const error = new Error('no response for eyJhbGciOiJ9.eyJzdWIiOiJ1In0.c2ln');
    const { fields } = await recorded({ outcome: 'error', reason: 'internal', error });
    expect(fields).toMatchObject({
      decision: 'error',
      reason: 'internal',
      error: { message: 'no response for [redacted]' },
    });
    expect(JSON.stringify(fields)).not.toContain('eyJ');
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

  it('is followed by one of the routes that its policy leaves to handlers, where it leaves some', async () => {
    const decision = { outcome: 'allow', reason: 'permitted', openRoutes: 61 } as const;
    const lines = await linesOf(async () => decisionLogger('documents')(eventOf(undefined), decision));
    const [entry, counted, open] = lines.map((line) => JSON.parse(line) as Entry);
    expect(entry).toMatchObject({ openRoutes: 61 });
    expect([counted?.['AuthorizerAllow'], open?.['AuthorizerOpenRoutes']]).toEqual([1, 61]);
  });
});
