import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TokenCaller } from '../../../lambdas/authorizer/caller.ts';
import { type Decision, decisionLogger } from '../../../lambdas/authorizer/decisionLog.ts';
import { redact } from '../../../lambdas/shared/redact.ts';
import { eventOf, linesOf } from './support/authorizer.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'documents');
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const caller: TokenCaller = {
  subject: 'u',
  client: 'acme',
  roles: ['viewer'],
  permissions: ['document:read'],
  scopes: [],
  tier: 'free',
  expires: 5,
  issuer: 'https://i.example',
  ignored: { unknown: [], exclusive: [], ended: [], tier: undefined },
};

async function entryOf(decision: Decision, change = {}): Promise<Readonly<Record<string, unknown>>> {
  const record = decisionLogger('documents');
  const [first = '{}'] = await linesOf(async () => record({ ...eventOf(undefined), ...change }, decision));
  const { level, message, timestamp, service, ...entry } = JSON.parse(first) as Record<string, unknown>;
  expect([message, service, typeof timestamp]).toEqual(['authorizer decision', 'documents', 'string']);
  expect(level).toBe(decision.outcome === 'error' ? 'ERROR' : 'INFO');
  return Object.fromEntries(
    Object.entries(entry).filter(([name]) => !['sampling_rate', 'xray_trace_id'].includes(name)),
  );
}

describe('the log of a decision', () => {
  const request = { requestId: 'request-1', sourceIp: '192.0.2.1', route: 'GET /documents' };

  it('tells the caller, and of what was ignored only what was', async () => {
    expect(await entryOf({ outcome: 'allow', reason: 'permitted', caller })).toEqual({
      ...request,
      decision: 'allow',
      reason: 'permitted',
      subject: 'u',
      client: 'acme',
      roles: ['viewer'],
      tier: 'free',
    });
    const ignored = { unknown: ['ghost'], exclusive: ['payer'], ended: ['boss'], tier: 'gold' };
    expect(
      await entryOf({ outcome: 'deny', reason: 'scope-missing', caller: { ...caller, scopes: ['audit'], ignored } }),
    ).toMatchObject({
      scopes: ['audit'],
      unknownRoles: ['ghost'],
      exclusiveRoles: ['payer'],
      endedRoles: ['boss'],
      unknownTier: 'gold',
    });
  });

  it('tells a refusal without a caller', async () => {
    expect(await entryOf({ outcome: 'reject', reason: 'expired' })).toEqual({
      ...request,
      decision: 'reject',
      reason: 'expired',
    });
  });

  it('keeps the name of the client program short, however the header is written', async () => {
    const rejected = { outcome: 'reject', reason: 'expired' } as const;
    const long = 'x'.repeat(300);
    expect(await entryOf(rejected, { headers: { 'User-Agent': long } })).toHaveProperty(
      'userAgent',
      long.slice(0, 200),
    );
    expect(await entryOf(rejected, { headers: { 'user-agent': 'curl' } })).toHaveProperty('userAgent', 'curl');
  });

  it('is written whatever the event lacks', async () => {
    const rejected = { outcome: 'reject', reason: 'expired' } as const;
    const bare = { route: 'GET /documents', decision: 'reject', reason: 'expired' };
    expect(await entryOf(rejected, { headers: null, requestContext: undefined })).toEqual(bare);
    expect(await entryOf(rejected, { headers: undefined, requestContext: {} })).toEqual(bare);
  });

  it('names trouble of ours, and hides what must not be told', async () => {
    const error = new Error('no answer for eyJhbGciOiJ9.eyJzdWIiOiJ1In0.c2ln');
    const entry = await entryOf({ outcome: 'error', reason: 'internal', error });
    expect(entry).toMatchObject({
      decision: 'error',
      reason: 'internal',
      error: { message: 'no answer for [redacted]' },
    });
    expect(JSON.stringify(entry)).not.toContain('eyJ');
  });
});

describe('what is hidden', () => {
  it.each([
    'authorization',
    'Proxy-Authorization',
    'set-cookie',
    'id_token',
    'oldPassword',
    'passwd',
    'client_secret',
    'x-api-key',
    'apikey',
    'private_key',
    'credential',
    'credentials',
  ])('is the value of %s', (name) => {
    expect(redact(name, 'x')).toBe('[redacted]');
    expect(redact(name, 7)).toBe('[redacted]');
    expect([redact(name, null), redact(name, undefined)]).toEqual([null, undefined]);
  });

  it.each([
    'authorizations',
    'lastAuthorization',
    'cookies',
    'tokens',
    'password_hint',
    'passwd_file',
    'secretary',
    'api_keys',
    'private_keys',
    'credentials_file',
  ])('is not the value of %s', (name) => {
    expect(redact(name, 'x')).toBe('x');
  });

  it.each([
    ['4111 1111 1111 1111', '[redacted]'],
    ['6011-0009-9013-9424', '[redacted]'],
    ['4111 1111 1111 1112', '4111 1111 1111 1112'],
    ['a eyJhbGciOiJ9.e30.c2ln_-x b', 'a [redacted] b'],
    ['a eyJhbGciOiJ9.e30. b', 'a [redacted] b'],
  ])('in a text: %s', (text, told) => {
    expect(redact('text', text)).toBe(told);
  });
});
