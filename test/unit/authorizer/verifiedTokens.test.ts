import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { authorize } from '../../../lambdas/authorizer/authorize.ts';
import { verifiedTokens } from '../../../lambdas/authorizer/verifiedTokens.ts';
import { authorizerPolicy } from '../../../lib/access/index.ts';
import { revocationIds as revocationIdsOf } from '../../../lib/cli/revocations.ts';
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
import { startTables } from './support/tables.ts';
import { tokenVerifier } from './support/tokenVerifier.ts';
import { verificationKeyOf } from './support/verificationKeyOf.ts';

// The certificate of the issuer is of today.
const START = Math.floor(Date.now() / 1000) * 1000;
const at = (seconds: number) => vi.setSystemTime(START + seconds * 1000);
const noSecrets = { current: async () => '', previous: async () => undefined };

let issuer: TestIssuer;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  issuer = await startIssuer(['ES256']);
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await issuer.close();
});

const signed = (change: Readonly<Record<string, unknown>> = {}) =>
  issuer.sign(claimsOf(issuer.url, change), { kid: 'ES256' });
const keyOf = (name: string) => verificationKeyOf(issuer, name);

describe('a token that was accepted before is rejected', () => {
  /** Verifies each token as often as it takes until it is kept, and once more. */
  const verifier = (change = {}) => {
    const verifyOnce = verifierOf(change);
    return async (token: string) => {
      const outcomes = [await verifyOnce(token), await verifyOnce(token), await verifyOnce(token)];
      expect(new Set(outcomes).size).toBe(1);
      return outcomes[0];
    };
  };
  const verifierOf = (change = {}) => {
    const verify = tokenVerifier([tokenIssuerOf(issuer.url, change)], { secrets: noSecrets });
    return (token: string) =>
      verify(token).then(
        () => 'accepted',
        (error: { readonly reason?: string }) => error.reason,
      );
  };

  it('from the second of its expiry', async () => {
    const [verify, token] = [verifier(), await signed()];
    expect(await verify(token)).toBe('accepted');
    at(304.999);
    expect(await verify(token)).toBe('accepted');
    at(305);
    expect(await verify(token)).toBe('expired');
  });

  it('when the clock was set back to before it was issued', async () => {
    const [verify, token] = [verifier(), await signed()];
    expect(await verify(token)).toBe('accepted');
    at(-6);
    expect(await verify(token)).toBe('issued-in-future');
    at(0);
    expect(await verify(token)).toBe('accepted');
  });

  it('once the issuer has withdrawn its key', async () => {
    const [verify, token] = [verifier(), await signed({ exp: START / 1000 + 1_200 })];
    expect(await verify(token)).toBe('accepted');
    await issuer.addKey('next', 'ES256');
    issuer.withdrawKey('ES256');
    at(599);
    expect(await verify(token)).toBe('accepted');
    at(600);
    expect(await verify(token)).toBe('key-unknown');
  });

  it('once the issuer has another key of the same id', async () => {
    const [verify, token] = [verifier(), await signed({ exp: START / 1000 + 1_200 })];
    expect(await verify(token)).toBe('accepted');
    await issuer.addKey('ES256', 'ES256');
    at(600);
    expect(await verify(token)).toBe('signature-invalid');
  });

  it('with any other signature, header or claims', async () => {
    const [verify, token] = [verifier(), await signed()];
    expect(await verify(token)).toBe('accepted');
    const [header = '', payload = '', signature = ''] = token.split('.');
    const other = (await signed({ sub: 'user-2' })).split('.');
    for (const changed of [
      [header, payload, other[2]],
      [header, other[1], signature],
      [Buffer.from('{"alg":"ES256","kid":"ES256","x":1}').toString('base64url'), payload, signature],
      [header, payload, `${signature.slice(0, -4)}AAAA`],
    ])
      expect(await verify(changed.join('.'))).toBe('signature-invalid');
    expect(await verify(`${header}.${payload}.`)).toBe('token-malformed');
  });

  it('with any other header, although most tokens have the same', async () => {
    const [verify, token] = [verifier(), await signed()];
    const odd = await issuer.sign(claimsOf(issuer.url), { kid: 'ES256', header: { typ: 'other' } });
    const nested = await issuer.sign(claimsOf(issuer.url), { kid: 'ES256', header: { cty: 'JWT' } });
    for (let i = 0; i < 2; i++) {
      expect(await verify(token)).toBe('accepted');
      expect(await verify(odd)).toBe('type-rejected');
      expect(await verify(nested)).toBe('token-nested');
    }
  });

  it('no header but its own decides, however many an issuer uses', async () => {
    const [verify, tokens] = [
      verifier(),
      await Promise.all(
        Array.from({ length: 40 }, (_, i) => issuer.sign(claimsOf(issuer.url), { kid: 'ES256', header: { x: i } })),
      ),
    ];
    for (const token of [...tokens, ...tokens.toReversed()]) expect(await verify(token)).toBe('accepted');
    const read = verifiedTokens();
    for (const [i, compact] of [...tokens, ...tokens].entries()) {
      const token = read.decode(compact);
      read.add(token, keyOf('ES256'));
      expect(token.header['x']).toBe(i % 40);
    }
  });

  it('by an entry of the same issuer with other rules', async () => {
    const rules = [
      tokenIssuerOf(issuer.url, { audience: ['other'] }),
      tokenIssuerOf(issuer.url, { clientIds: ['acme'], audience: ['documents'] }),
    ];
    const verify = tokenVerifier(rules, { secrets: noSecrets });
    const token = await signed();
    for (let i = 0; i < 3; i++) await expect(verify(token)).resolves.toMatchObject({ tokenIssuer: rules[1] });
    const foreign = await signed({ client_id: 'other' });
    for (let i = 0; i < 3; i++) await expect(verify(foreign)).rejects.toMatchObject({ reason: 'client-invalid' });
  });
});

it('a token that the second entry of an issuer accepts is kept by its second request, as any other one', async () => {
  const entries = [tokenIssuerOf(issuer.url, { audience: ['other'] }), tokenIssuerOf(issuer.url)];
  for (const tokenIssuers of [entries, entries.slice(1)]) {
    const verify = tokenVerifier(tokenIssuers, { secrets: noSecrets });
    const token = await signed();
    const [first, second, third] = [await verify(token), await verify(token), await verify(token)];
    expect([first === second, second === third]).toEqual([false, true]);
  }
});

describe('the decision about a token is made for each request', () => {
  const SECRET = 'a'.repeat(48);
  let secrets: Awaited<ReturnType<typeof startSecrets>>;
  let tables: Awaited<ReturnType<typeof startTables>>;
  beforeAll(async () => {
    secrets = await startSecrets(SECRET);
    tables = await startTables();
  });
  afterAll(async () => {
    tables.close();
    await secrets.close();
  });
  const deployed = (environment: Readonly<Record<string, string>>, policy = POLICY) => {
    const settings = {
      ...deployedEnvironment(issuer.url, secrets.url),
      AWS_ENDPOINT_URL_DYNAMODB: tables.url,
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
      ...environment,
    };
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
    return authorize(authorizerPolicy(policy));
  };

  it('a revocation ends it, once the deny list is read again', async () => {
    const handler = deployed({
      SECURE_API_REVOCATIONS: JSON.stringify({ table: 'revocations', cacheSeconds: 5, whenUnreachable: 'reject' }),
    });
    const event = eventOf(`Bearer ${await signed({ jti: 'token-1' })}`);
    for (let i = 0; i < 3; i++) expect(allows((await handler(event)).policyDocument, 'GET', '/documents')).toBe(true);
    const [id = ''] = revocationIdsOf({ jti: 'token-1' });
    tables.items[id] = { id: { S: id }, expires: { N: '99999999999' } };
    at(5);
    await expect(handler(event)).rejects.toThrow('Unauthorized');
  });

  it('a suspension of its client denies it, and the end of the suspension allows it again', async () => {
    const handler = deployed({ SECURE_API_CLIENTS_TABLE: 'clients' });
    const event = eventOf(`Bearer ${await signed()}`);
    const decide = async () => {
      const results = [await handler(event), await handler(event), await handler(event)];
      const [allowed, ...others] = results.map(({ policyDocument }) => allows(policyDocument, 'GET', '/documents'));
      expect(others).toEqual([allowed, allowed]);
      return allowed;
    };
    const record = (status: string) => ({ tier: { S: 'free' }, status: { S: status }, keyVersion: { N: '1' } });
    tables.items['client#acme'] = record('active');
    expect(await decide()).toBe(true);
    tables.items['client#acme'] = record('suspended');
    at(31);
    expect(await decide()).toBe(false);
    tables.items['client#acme'] = record('active');
    at(62);
    expect(await decide()).toBe(true);
  });

  it('an end of the grant of a role, which another policy has, ends it', async () => {
    const event = eventOf(`Bearer ${await signed()}`);
    const handler = deployed({});
    for (let i = 0; i < 3; i++) expect(allows((await handler(event)).policyDocument, 'GET', '/documents')).toBe(true);
    const without = { ...POLICY, roles: { ...POLICY.roles, viewer: [] } };
    expect(allows((await deployed({}, without)(event)).policyDocument, 'GET', '/documents')).toBe(false);
  });
});
