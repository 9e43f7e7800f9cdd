import { afterEach, describe, expect, it, vi } from 'vitest';
import type { VerifierOptions } from '../../../lambdas/authorizer/verify.ts';
import { claimsOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';
import { tokenVerifier } from './support/tokenVerifier.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** An injected clock; timers and sockets stay real. */
const START = Date.parse('2026-11-25T12:00:00Z');
const at = (milliseconds: number) => vi.setSystemTime(START + milliseconds);

const issuers: TestIssuer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const issuer of issuers.splice(0)) await issuer.close();
});

const secrets = { current: async () => '', previous: async () => undefined };

/** An issuer with one key, and an instance of the authorizer that has just started. */
async function running(change = {}, options: Partial<VerifierOptions> = {}) {
  const issuer = await startIssuer(['ES256']);
  issuers.push(issuer);
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  const verify = tokenVerifier([tokenIssuerOf(issuer.url, change)], { secrets, ...options });
  /** The outcome of a token that was signed now. */
  const outcome = async (kid: string | undefined = 'ES256', header = {}) => {
    const token = await issuer.sign(claimsOf(issuer.url), { kid, header });
    return verify(token).then(
      () => 'accepted',
      (error: { readonly reason?: string }) => error.reason,
    );
  };
  /** Waits until a background fetch has arrived and been read. */
  const settled = async (count: number) => {
    await vi.waitFor(() => expect(issuer.fetches()).toBe(count));
    await new Promise((done) => setTimeout(done, 50));
  };
  return { issuer, outcome, settled };
}

describe('while requests flow and keys rotate', () => {
  it('no request is rejected, and a withdrawn key ends after ten minutes', async () => {
    const { issuer, outcome, settled } = await running();
    const rejected: unknown[] = [];
    const flow = async (kid: string, from: number, to: number) => {
      for (let time = from; time < to; time += 15 * SECOND) {
        at(time);
        const results = await Promise.all(Array.from({ length: 4 }, () => outcome(kid)));
        rejected.push(...results.filter((result) => result !== 'accepted'));
      }
    };
    await flow('ES256', 0, 5 * MINUTE);
    // The worst case: the issuer publishes the next key and signs with it at once.
    await issuer.addKey('next', 'ES256');
    await flow('next', 5 * MINUTE, 12 * MINUTE);
    expect(rejected).toEqual([]);
    // The first token that named it caused a reload; the background reload came eight minutes later.
    expect(issuer.fetches()).toBe(2);

    issuer.withdrawKey('ES256');
    const read = 5 * MINUTE;
    at(read + 10 * MINUTE - 1);
    await outcome('ES256');
    await settled(3);
    expect(await outcome('ES256')).toBe('key-unknown');
    expect(await outcome('next')).toBe('accepted');
  });

  it('a withdrawn key is rejected from ten minutes on, even without requests in between', async () => {
    const { issuer, outcome } = await running();
    expect(await outcome()).toBe('accepted');
    await issuer.addKey('next', 'ES256');
    issuer.withdrawKey('ES256');
    at(10 * MINUTE);
    expect(await outcome('ES256')).toBe('key-unknown');
    expect(await outcome('next')).toBe('accepted');
  });

  it('keys are reloaded in the background from eight minutes on, and no request waits', async () => {
    const { issuer, outcome, settled } = await running();
    await outcome();
    at(8 * MINUTE - 1);
    await outcome();
    expect(issuer.fetches()).toBe(1);
    at(8 * MINUTE);
    expect(await Promise.all([outcome(), outcome(), outcome()])).toEqual(['accepted', 'accepted', 'accepted']);
    await settled(2);
    at(15 * MINUTE);
    await outcome();
    expect(issuer.fetches()).toBe(2);
  });

  it('a key can return under its old id with new material', async () => {
    const { issuer, outcome } = await running();
    expect(await outcome()).toBe('accepted');
    await issuer.addKey('ES256', 'ES256');
    expect(await outcome()).toBe('signature-invalid');
    at(10 * MINUTE);
    expect(await outcome()).toBe('accepted');
  });
});

describe('unknown key ids', () => {
  it('cause one fetch in ten seconds, no matter how many requests have them', async () => {
    const { issuer, outcome } = await running();
    await issuer.addKey('other', 'ES256');
    issuer.withdrawKey('other');
    expect(await Promise.all(Array.from({ length: 20 }, () => outcome('other')))).toEqual(
      Array(20).fill('key-unknown'),
    );
    expect(issuer.fetches()).toBeLessThanOrEqual(2);
    const before = issuer.fetches();
    at(9 * SECOND);
    expect(await outcome('other')).toBe('key-unknown');
    expect(issuer.fetches()).toBe(before);
    at(11 * SECOND);
    expect(await Promise.all(Array.from({ length: 20 }, () => outcome('other')))).toEqual(
      Array(20).fill('key-unknown'),
    );
    expect(issuer.fetches()).toBe(before + 1);
  });
});

describe('with the issuer down', () => {
  it('cached keys work for an hour after they were read, then no token is decided until it is back', async () => {
    const { issuer, outcome } = await running();
    expect(await outcome()).toBe('accepted');
    issuer.fail(true);
    for (const time of [5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR - 1]) {
      at(time);
      expect(await outcome()).toBe('accepted');
    }
    at(HOUR);
    expect(await outcome()).toBe('keys-unreachable');
    issuer.fail(false);
    expect(await outcome()).toBe('accepted');
  });

  it.each([
    [0, 10 * MINUTE],
    [4 * 3600, 4 * HOUR],
  ])('a token issuer can set %i seconds', async (staleSeconds, end) => {
    const { issuer, outcome } = await running({ staleSeconds });
    await outcome();
    issuer.fail(true);
    at(end - 1);
    expect(await outcome()).toBe('accepted');
    at(end + 10 * SECOND);
    expect(await outcome()).toBe('keys-unreachable');
  });

  it('an unknown key id is an error on our side: it could be the new key', async () => {
    const { issuer, outcome } = await running();
    await outcome();
    await issuer.addKey('next', 'ES256');
    issuer.fail(true);
    at(MINUTE);
    expect(await outcome('next')).toBe('keys-unreachable');
    expect(await outcome('ES256')).toBe('accepted');
  });

  it('it gets at most one request in ten seconds', async () => {
    const { issuer, outcome } = await running();
    await outcome();
    issuer.fail(true);
    at(15 * MINUTE);
    await outcome();
    const before = issuer.fetches();
    for (let index = 0; index < 10; index += 1) await outcome();
    expect(issuer.fetches()).toBe(before);
  });
});

describe('a key id', () => {
  it('can be missing if the issuer has one key, also across a rotation', async () => {
    const { issuer, outcome } = await running();
    expect(await outcome('ES256', { kid: undefined })).toBe('accepted');
    issuer.withdrawKey('ES256');
    await issuer.addKey('next', 'ES256');
    at(11 * SECOND);
    expect(await outcome('next', { kid: undefined })).toBe('accepted');
    expect(await outcome('ES256', { kid: undefined })).toBe('signature-invalid');
  });

  it('is required if there are several keys, keys for encryption not counted', async () => {
    const { issuer, outcome } = await running();
    await issuer.addKey('encryption', 'ES256', { use: 'enc' });
    expect(await outcome('ES256', { kid: undefined })).toBe('accepted');
    await issuer.addKey('next', 'ES256');
    at(10 * MINUTE);
    expect(await outcome('ES256', { kid: undefined })).toBe('key-id-missing');
    expect(await outcome('next')).toBe('accepted');
  });

  it('of a key for another use is rejected', async () => {
    const { issuer, outcome } = await running();
    await issuer.addKey('encryption', 'ES256', { use: 'enc' });
    await issuer.addKey('other', 'ES256', { alg: 'ES384' });
    expect(await outcome('encryption')).toBe('key-unfit');
    expect(await outcome('other')).toBe('key-unfit');
  });
});

describe('an invalid key', () => {
  it.each([
    ['off its curve', { x: 'A'.repeat(43) }],
    ['of too few bits', { kty: 'RSA', n: 'A'.repeat(340), e: 'AQAB' }],
  ])('%s is rejected', async (_what, jwk) => {
    const { issuer, outcome } = await running();
    await issuer.addKey('broken', 'ES256', { alg: undefined, ...jwk });
    expect(await outcome('broken')).toBe('key-unfit');
  });
});

describe('keys that were read at synth', () => {
  const warm = async (age: number, readAt = new Date(START + age).toISOString()) => {
    const issuer = await startIssuer(['ES256']);
    issuers.push(issuer);
    const keys = [issuer.publicJwk('ES256') as { kty: string }];
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const warmKeys = { [`${issuer.url}/jwks`]: { readAt, keys } };
    const verify = tokenVerifier([tokenIssuerOf(issuer.url)], { secrets, warmKeys });
    const outcome = async () =>
      verify(await issuer.sign(claimsOf(issuer.url), { kid: 'ES256' })).then(
        () => 'accepted',
        (error: { readonly reason?: string }) => error.reason,
      );
    return { issuer, outcome };
  };

  it('save the first request a fetch while they are recent', async () => {
    const { issuer, outcome } = await warm(-MINUTE);
    expect(await outcome()).toBe('accepted');
    expect(issuer.fetches()).toBe(0);
  });

  it('are reloaded first when they are older, so that a withdrawn key is rejected', async () => {
    const { issuer, outcome } = await warm(-11 * MINUTE);
    await issuer.addKey('next', 'ES256');
    issuer.withdrawKey('ES256');
    expect(await outcome()).toBe('key-unknown');
  });

  it.each([HOUR, Number.NaN])('with an impossible age are ignored: %d ms ahead', async (ahead) => {
    const { issuer, outcome } = await warm(
      Number.isNaN(ahead) ? 0 : ahead,
      Number.isNaN(ahead) ? 'nonsense' : undefined,
    );
    issuer.fail(true);
    expect(await outcome()).toBe('keys-unreachable');
  });

  it('replace those of an issuer that is down, for the same hour', async () => {
    const young = await warm(-30 * MINUTE);
    young.issuer.fail(true);
    expect(await young.outcome()).toBe('accepted');
    const old = await warm(-HOUR);
    old.issuer.fail(true);
    expect(await old.outcome()).toBe('keys-unreachable');
  });
});

it('keys of one issuer never verify the tokens of another', async () => {
  const one = await startIssuer(['ES256']);
  const two = await startIssuer(['ES256']);
  issuers.push(one, two);
  const verify = tokenVerifier([tokenIssuerOf(one.url), tokenIssuerOf(two.url)], { secrets });
  await expect(verify(await one.sign(claimsOf(one.url), { kid: 'ES256' }))).resolves.toBeDefined();
  await expect(verify(await two.sign(claimsOf(two.url), { kid: 'ES256' }))).resolves.toBeDefined();
  await expect(verify(await one.sign(claimsOf(two.url), { kid: 'ES256' }))).rejects.toMatchObject({
    reason: 'signature-invalid',
  });
});
