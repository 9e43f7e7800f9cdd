import { compactVerify, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hmacProver } from '../../../lambdas/authorizer/hmac.ts';
import { secretsManager } from '../../../lambdas/shared/secretsManager.ts';
import type { HmacIssuer, TokenIssuer } from '../../../lib/definition/tokenIssuer.ts';
import { altered } from './support/altered.ts';
import { claimsOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';
import { startSecrets } from './support/services.ts';
import { tokenVerifier } from './support/tokenVerifier.ts';

const ISSUER = 'billing.example.com';

const FIRST = 'first-'.padEnd(32, '1');

const SECOND = 'second-'.padEnd(43, '2');

const THIRD = 'third-'.padEnd(64, '3');

const MINUTE = 60_000;

let secrets: Awaited<ReturnType<typeof startSecrets>>;

let issuer: TestIssuer;

beforeAll(async () => {
  secrets = await startSecrets({});
  issuer = await startIssuer(['ES256']);
});

afterAll(async () => {
  await secrets.close();
  await issuer.close();
});

afterEach(() => {
  vi.useRealTimers();
  secrets.fail(false);
});

const hmacIssuer = (change: Partial<HmacIssuer> = {}): HmacIssuer => {
  const { jwksUri: _, algorithms: __, ...rules } = tokenIssuerOf(ISSUER);
  return { ...rules, hmacSecret: 'shared', ...change };
};

const environment = () => ({
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

const verifierOf = (...sources: readonly TokenIssuer[]) =>
  tokenVerifier(sources, { secrets: secretsManager(environment()) });

const bytes = (secret: string) => new TextEncoder().encode(secret);

const signed = (secret: string, change = {}, alg = 'HS256') =>
  new SignJWT(claimsOf(ISSUER, change)).setProtectedHeader({ alg }).sign(bytes(secret));

describe('a token under a shared secret', () => {
  it('is accepted with its current and its previous version, and no other', async () => {
    secrets.rotate('shared', { current: SECOND, previous: FIRST });
    const verify = verifierOf(hmacIssuer());
    await expect(verify(await signed(SECOND))).resolves.toMatchObject({ claims: { sub: 'user-1' } });
    await expect(verify(await signed(FIRST))).resolves.toBeDefined();
    await expect(verify(await signed(THIRD))).rejects.toMatchObject({ reason: 'signature-invalid' });
  });

  it('is checked like any other token', async () => {
    secrets.rotate('shared', { current: FIRST });
    const verify = verifierOf(hmacIssuer({ requireType: true }));
    await expect(verify(await signed(FIRST))).rejects.toMatchObject({ reason: 'type-rejected' });
    const loose = verifierOf(hmacIssuer());
    await expect(loose(await signed(FIRST, { aud: 'other' }))).rejects.toMatchObject({ reason: 'audience-invalid' });
    await expect(loose(await signed(FIRST, { exp: 1_000, iat: 900 }))).rejects.toMatchObject({ reason: 'expired' });
    await expect(loose(await signed(FIRST, { exp: undefined }))).rejects.toMatchObject({ reason: 'expiry-missing' });
  });

  it.each(['HS384', 'HS512'])('has no other algorithm: %s', async (alg) => {
    secrets.rotate('shared', { current: THIRD });
    await expect(verifierOf(hmacIssuer())(await signed(THIRD, {}, alg))).rejects.toMatchObject({
      reason: 'algorithm-rejected',
    });
  });

  it('is not a token of an issuer that publishes keys, nor the other way round', async () => {
    secrets.rotate('shared', { current: FIRST });
    const verify = verifierOf(hmacIssuer(), tokenIssuerOf(issuer.url));
    const crossed = await new SignJWT(claimsOf(issuer.url)).setProtectedHeader({ alg: 'HS256' }).sign(bytes(FIRST));
    await expect(verify(crossed)).rejects.toMatchObject({ reason: 'algorithm-rejected' });
    const other = await issuer.sign(claimsOf(ISSUER), { kid: 'ES256' });
    await expect(verify(other)).rejects.toMatchObject({ reason: 'algorithm-rejected' });
    await expect(verify(await issuer.sign(claimsOf(issuer.url), { kid: 'ES256' }))).resolves.toBeDefined();
  });
});

describe('the signature under a shared secret', () => {
  it('is accepted exactly where another library accepts it', async () => {
    secrets.rotate('shared', { current: FIRST });
    const verify = verifierOf(hmacIssuer());
    const results: boolean[] = [];
    for (const token of altered(await signed(FIRST))) {
      const ours = await verify(token).then(
        () => true,
        ({ reason }: { readonly reason?: string }) => (reason === 'signature-invalid' ? false : reason),
      );
      const theirs = await compactVerify(token, bytes(FIRST)).then(
        () => true,
        () => false,
      );
      expect(ours).toBe(theirs);
      results.push(theirs);
    }
    expect(results.filter(Boolean)).toHaveLength(1);
  });
});

describe('rotation of the secret', () => {
  it('is noticed at the first token under the new version', async () => {
    secrets.rotate('shared', { current: FIRST });
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifierOf(hmacIssuer());
    await verify(await signed(FIRST));
    secrets.rotate('shared', { current: SECOND, previous: FIRST });
    vi.setSystemTime(Date.now() + 11_000);
    await expect(verify(await signed(SECOND))).resolves.toBeDefined();
    await expect(verify(await signed(FIRST))).resolves.toBeDefined();
  });

  it('ends a version five minutes after its second rotation', async () => {
    secrets.rotate('shared', { current: SECOND, previous: FIRST });
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifierOf(hmacIssuer());
    await verify(await signed(FIRST));
    secrets.rotate('shared', { current: THIRD, previous: SECOND });
    vi.setSystemTime(Date.now() + 5 * MINUTE);
    await expect(verify(await signed(FIRST))).rejects.toMatchObject({ reason: 'signature-invalid' });
    await expect(verify(await signed(SECOND))).resolves.toBeDefined();
  });

  it('is not looked for at every invalid signature', async () => {
    secrets.rotate('shared', { current: FIRST });
    const verify = verifierOf(hmacIssuer());
    await verify(await signed(FIRST));
    const before = secrets.requests();
    const forged = await signed(THIRD);
    for (let index = 0; index < 10; index += 1) {
      await expect(verify(forged)).rejects.toMatchObject({ reason: 'signature-invalid' });
    }
    expect(secrets.requests()).toBe(before);
  });
});

describe('a secret', () => {
  it.each(['', 'short', 'a'.repeat(31), `${'a'.repeat(31)}${'\0'.repeat(33)}`])(
    'of less than 256 bits proves nothing: %j',
    async (current) => {
      secrets.rotate('shared', { current });
      const token = await signed(FIRST);
      await expect(verifierOf(hmacIssuer())(token)).rejects.toMatchObject({ name: 'AuthorizerFault' });
    },
  );

  it('that replaced a placeholder is valid, and the placeholder is not', async () => {
    secrets.rotate('shared', { current: FIRST, previous: 'changeme' });
    const verify = verifierOf(hmacIssuer());
    await expect(verify(await signed(FIRST))).resolves.toBeDefined();
    await expect(verify(await signed('changeme'))).rejects.toMatchObject({ reason: 'signature-invalid' });
  });

  it('unreachable is an error on our side, and a cached one still works', async () => {
    secrets.rotate('shared', { current: FIRST });
    secrets.fail(true);
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifierOf(hmacIssuer());
    const token = await signed(FIRST);
    await expect(verify(token)).rejects.toMatchObject({ reason: 'secret-unreachable' });
    secrets.fail(false);
    await expect(verify(token)).resolves.toBeDefined();
    secrets.fail(true);
    vi.setSystemTime(Date.now() + 6 * MINUTE);
    await expect(verify(await signed(FIRST))).resolves.toBeDefined();
  });

  it('of tokens has at least 256 bits', async () => {
    const { jwksUri: _uri, algorithms: _algorithms, ...common } = tokenIssuerOf('https://i.example');
    const secrets = { current: async () => 'x'.repeat(31), previous: async () => 'x'.repeat(32) };
    const prove = hmacProver({ ...common, hmacSecret: 'name' }, secrets);
    await expect(prove({ compact: 'a.b.c', header: { alg: 'HS256' }, payload: {} })).rejects.toThrow(
      /^configuration-invalid: the HMAC secret has less than 256 bits$/,
    );
  });
});
