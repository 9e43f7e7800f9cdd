import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { authorize } from '../../../lambdas/authorizer/authorize.ts';
import { authorizerPolicy } from '../../../lib/access/index.ts';
import {
  allows,
  claimsOf,
  deployedEnvironment,
  eventOf,
  POLICY,
  startIssuer,
  type TestIssuer,
  tokenIssuerOf,
} from './support/authorizer.ts';
import { startSecrets } from './support/services.ts';

let issuers: TestIssuer[];
let secrets: Awaited<ReturnType<typeof startSecrets>>;
beforeAll(async () => {
  issuers = await Promise.all(Array.from({ length: 6 }, () => startIssuer(['ES256'])));
  secrets = await startSecrets('a'.repeat(48));
});
afterAll(async () => {
  for (const issuer of issuers) await issuer.close();
  await secrets.close();
});

let before: { readonly fetches: readonly number[]; readonly secrets: number };
beforeEach(() => {
  before = { fetches: issuers.map(({ fetches }) => fetches()), secrets: secrets.requests() };
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const issuer of issuers) issuer.fail(false);
  secrets.fail(false);
});

/** What the issuers and Secrets Manager were asked for in this test. */
const requests = () => ({
  keys: issuers.map(({ fetches }, index) => fetches() - (before.fetches[index] ?? 0)),
  secret: secrets.requests() - before.secrets,
});

/** An instance after its init phase. */
function instance(count: number, more: Readonly<Record<string, string>> = {}) {
  const used = issuers.slice(0, count).map(({ url }) => tokenIssuerOf(url));
  const settings = {
    ...deployedEnvironment('https://unused.example.com', secrets.url),
    SECURE_API_TOKEN_ISSUERS: JSON.stringify(used),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ...more,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  return authorize(authorizerPolicy(POLICY));
}

const eventOfIssuer = async (index: number) => {
  const issuer = issuers[index] as TestIssuer;
  const token = await issuer.sign(claimsOf(issuer.url, { roles: ['viewer'] }), { kid: 'ES256' });
  return eventOf(`Bearer ${token}`);
};

describe('in its init phase, an instance of the authorizer', () => {
  it('begins to read the keys and the secret, so that the first request reads nothing', async () => {
    const handler = instance(1);
    await vi.waitFor(() => expect(requests()).toEqual({ keys: [1, 0, 0, 0, 0, 0], secret: 1 }), 20_000);
    expect((await handler(await eventOfIssuer(0))).principalId).toBe('user-1');
    expect(requests()).toEqual({ keys: [1, 0, 0, 0, 0, 0], secret: 1 });
  });

  it('reads the keys of four issuers, and those of others when a token needs them', async () => {
    const handler = instance(6);
    await vi.waitFor(() => expect(requests().keys).toEqual([1, 1, 1, 1, 0, 0]), 20_000);
    await handler(await eventOfIssuer(5));
    expect(requests().keys).toEqual([1, 1, 1, 1, 0, 1]);
  });

  it('does not fail where issuer and Secrets Manager are unreachable: a request later tries again', async () => {
    issuers[0]?.fail(true);
    secrets.fail(true);
    const handler = instance(1);
    const event = await eventOfIssuer(0);
    await expect(handler(event)).rejects.toThrow(/^Authorizer failed$/);
    const failed = requests();
    issuers[0]?.fail(false);
    await expect(handler(event)).rejects.toThrow(/^Authorizer failed$/);
    secrets.fail(false);
    expect(allows((await handler(event)).policyDocument, 'GET', '/me')).toBe(true);
    expect(requests().keys[0]).toBe((failed.keys[0] ?? 0) + 1);
  });

  it.each([
    ['no token issuers', { SECURE_API_TOKEN_ISSUERS: 'no JSON' }],
    ['an issuer without an address', { SECURE_API_TOKEN_ISSUERS: '[{}]' }],
    ['an invalid list of revocations', { SECURE_API_REVOCATIONS: '{}' }],
  ])('does not fail with %s: each request is an error', async (_, settings) => {
    const handler = instance(1, settings);
    const event = await eventOfIssuer(0);
    for (let i = 0; i < 2; i++) await expect(handler(event)).rejects.toThrow(/^Authorizer failed$/);
  });

  it.each([
    ['an invalid list of revocations', () => ({ SECURE_API_REVOCATIONS: '{}' })],
    [
      'a second issuer whose code is not in the bundle',
      () => ({
        SECURE_API_TOKEN_ISSUERS: JSON.stringify([
          tokenIssuerOf(issuers[0]?.url ?? ''),
          tokenIssuerOf(issuers[1]?.url ?? '', { dpop: 'optional' }),
        ]),
      }),
    ],
  ])('reads no keys with %s, then or for a request', async (_, settings) => {
    const handler = instance(1, settings());
    for (let i = 0; i < 2; i++) await expect(handler(await eventOfIssuer(0))).rejects.toThrow(/^Authorizer failed$/);
    vi.unstubAllEnvs();
    // Requests of this one arrive after those that the other would have sent.
    expect((await instance(1)(await eventOfIssuer(0))).principalId).toBe('user-1');
    expect(requests().keys).toEqual([1, 0, 0, 0, 0, 0]);
  });
});
