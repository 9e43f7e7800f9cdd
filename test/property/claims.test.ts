import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { authorize } from '../../lambdas/authorizer/authorize.ts';
import { callerReader } from '../../lambdas/runtime/caller.ts';
import { authorizerPolicy } from '../../lib/access/index.ts';
import {
  claimsOf,
  deployedEnvironment,
  eventOf,
  linesOf,
  POLICY,
  startIssuer,
  type TestIssuer,
} from '../unit/authorizer/support/authorizer.ts';
import { startSecrets } from '../unit/authorizer/support/services.ts';

/** Reasons that mean 200, 401 or 403; any other one is an error on our side. */
const reasons = readFileSync(new URL('../../lambdas/authorizer/reasons.ts', import.meta.url), 'utf8');
const CATALOGUE = ['RejectReason', 'BindingReason', 'DenyReason'].flatMap((name) =>
  [...(new RegExp(`type ${name} =([^;]*);`).exec(reasons)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(
    ([, one = '']) => one,
  ),
);

/** Registered claims (RFC 7519, 7800, 8693, 9068, OpenID Connect Core), and those that issuers add. */
const TIMES = ['exp', 'nbf', 'iat'] as const;
const OTHERS = [
  'iss',
  'sub',
  'aud',
  'jti',
  'scope',
  'scp',
  'roles',
  'groups',
  'entitlements',
  'client_id',
  'azp',
  'nonce',
];
const MORE = [
  'typ',
  'acr',
  'amr',
  'auth_time',
  'cnf',
  'act',
  'may_act',
  'elevated',
  'tier',
  'token_use',
  'sid',
  'events',
];
const CLAIMS = [...TIMES, ...OTHERS, ...MORE];

const now = Math.floor(Date.now() / 1000);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.integer({ min: -10, max: 4000 }).map((offset) => now + offset / 4),
  fc.constantFrom(0, -0, -1, 0.5, -1e300, 1e300, 2 ** 53, 8.64e12 + 1, 253_402_300_800, now * 1000, Number.MIN_VALUE),
);
const string = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('', String(now + 60), 'ID', 'Bearer', 'viewer admin', '__proto__', 'constructor', '\u0000', '\ud800'),
);
const names = fc.constantFrom(
  'toString',
  'valueOf',
  'toJSON',
  'length',
  'role',
  'until',
  'jkt',
  'x5t#S256',
  'roles',
  'then',
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    number,
    string,
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('any'), { maxLength: 4 }),
  object: fc.dictionary(fc.oneof(names, fc.string({ maxLength: 8 })), tie('any'), { maxKeys: 4 }),
})).any;
/** Any JSON value in one to three claims of a valid token. */
const change = fc.dictionary(fc.constantFrom(...CLAIMS), value, { minKeys: 1, maxKeys: 3 });

let issuer: TestIssuer;
let secrets: Awaited<ReturnType<typeof startSecrets>>;
beforeAll(async () => {
  issuer = await startIssuer(['ES256', 'PS256']);
  secrets = await startSecrets('a'.repeat(48));
});
afterAll(async () => {
  await issuer.close();
  await secrets.close();
});
afterEach(() => vi.unstubAllEnvs());

/** The logged reason of a token, and the caller that a handler gets, if it gets one. */
function deployed() {
  const environment = { POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_METRICS_DISABLED: 'true' };
  for (const [name, one] of Object.entries({ ...deployedEnvironment(issuer.url, secrets.url), ...environment }))
    vi.stubEnv(name, one);
  const authorizer = authorize(authorizerPolicy(POLICY));
  const readCaller = callerReader(POLICY);
  return async (claims: Readonly<Record<string, unknown>>, kid = 'ES256') => {
    const event = eventOf(`Bearer ${await issuer.sign(claimsOf(issuer.url, claims), { kid })}`);
    let caller: ReturnType<typeof readCaller>;
    const lines = await linesOf(async () => {
      const result = await authorizer(event).catch(() => undefined);
      caller = result && readCaller(result.context);
    });
    const { reason } = JSON.parse(lines.at(-1) ?? '{}') as { readonly reason?: string };
    return { reason, caller };
  };
}

describe('a signed token', () => {
  it('with any JSON value in any claim is accepted or rejected with a reason of the catalogue: 1,500 tokens', async () => {
    const decide = deployed();
    const counts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(change, fc.constantFrom('ES256', 'PS256'), async (claims, kid) => {
        const { reason = '', caller } = await decide(claims, kid);
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
        expect(['permitted', ...CATALOGUE]).toContain(reason);
        if (reason !== 'permitted') return;
        expect(caller?.expires.toISOString()).toMatch(/^\d{4}-/);
        expect(caller?.expires.getTime()).toBeGreaterThan(0);
      }),
      { numRuns: 1_500, seed: 15 },
    );
    // Both ends are reached, or the property would show nothing.
    for (const reason of ['permitted', 'time-invalid', 'subject-invalid', 'audience-invalid', 'token-malformed'])
      expect(counts.get(reason) ?? 0).toBeGreaterThan(10);
  }, 120_000);

  const NO_TIMES: readonly unknown[] = [
    ...[-1e300, -1, 1e300, 2 ** 53, 253_402_300_800, now * 1000, Number.MAX_VALUE, '', String(now + 60), 'soon', null],
    ...[true, false, [], [now + 60], {}, { valueOf: now + 60 }],
  ];
  it.each(TIMES)(`whose %s is no time is rejected with its reason: ${NO_TIMES.length} values`, async (name) => {
    const decide = deployed();
    for (const time of NO_TIMES) {
      for (const kid of ['ES256', 'PS256'])
        expect([time, (await decide({ [name]: time }, kid)).reason]).toEqual([time, 'time-invalid']);
    }
  });

  it.each<readonly [string, (seconds: number) => Readonly<Record<string, unknown>>]>([
    ['permitted', (seconds) => ({ exp: seconds + 60.5, iat: seconds - 0.25, nbf: 0 })],
    ['time-invalid', (seconds) => ({ exp: seconds + 1, iat: seconds + 3 })],
    ['time-invalid', (seconds) => ({ exp: seconds + 1, nbf: seconds + 3 })],
    ['expired', () => ({ exp: 0 })],
    ['not-yet-valid', (seconds) => ({ nbf: seconds + 86_400 })],
    ['issued-in-future', () => ({ iat: 253_402_300_799 })],
    ['lifetime-too-long', () => ({ exp: 253_402_300_799 })],
    ['lifetime-too-long', () => ({ iat: 0 })],
    ['permitted', () => ({ scope: ['openid', 'documents.read'] })],
    ['token-malformed', () => ({ scope: [7] })],
    ['permitted', () => ({ tier: { toString: 1 } })],
  ])('is %s with %s', async (reason, claims) => {
    const decide = deployed();
    await decide({});
    expect((await decide(claims(Math.floor(Date.now() / 1000)))).reason).toBe(reason);
  });
});
