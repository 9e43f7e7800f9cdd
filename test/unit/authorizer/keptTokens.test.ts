import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeToken } from '../../../lambdas/authorizer/decodeToken.ts';
import { MAX_TOKENS, verifiedTokens } from '../../../lambdas/authorizer/verifiedTokens.ts';
import { claimsOf, startIssuer, type TestIssuer } from './support/authorizer.ts';
import { verificationKeyOf } from './support/verificationKeyOf.ts';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer(['ES256']);
});
afterAll(() => issuer.close());

const signed = (change: Readonly<Record<string, unknown>> = {}) =>
  issuer.sign(claimsOf(issuer.url, change), { kid: 'ES256' });
const keyOf = (name: string) => verificationKeyOf(issuer, name);

describe('what is kept', () => {
  it('is a token that a key verified twice, by this key only', async () => {
    const verified = verifiedTokens();
    const compact = await signed();
    verified.add(verified.decode(compact), keyOf('ES256'));
    const token = verified.decode(compact);
    expect(verified.decode(compact).payload).not.toBe(token.payload);
    verified.add(token, keyOf('ES256'));
    expect(verified.decode(compact)).toEqual(token);
    expect(verified.decode(compact).payload).toBe(token.payload);
    expect(verified.isVerified(token, keyOf('ES256'))).toBe(false);
    const key = keyOf('ES256');
    verified.add(token, key);
    expect(verified.isVerified(token, key)).toBe(true);
    expect(verified.isVerified(verified.decode(compact), key)).toBe(true);
    // The same parts, decoded elsewhere, prove nothing.
    expect(verified.isVerified(decodeToken(compact), key)).toBe(false);
  });

  it('is of one object: a copy with other claims is not verified, nor kept under the name of the token', async () => {
    const verified = verifiedTokens();
    const [key, compact, other] = [keyOf('ES256'), await signed(), await signed({ sub: 'user-2' })];
    for (let i = 0; i < 2; i++) verified.add(verified.decode(compact), key);
    const token = verified.decode(compact);
    const { payload } = verified.decode(other);
    for (const copy of [{ ...token }, { ...token, payload }, Object.create(token), Object.assign({}, token)])
      expect(verified.isVerified(copy, key)).toBe(false);
    for (let i = 0; i < 2; i++) verified.add({ ...token, compact: other, payload }, key);
    expect(verified.decode(compact).payload.sub).toBe('user-1');
    expect(verified.decode(other).payload.sub).toBe('user-2');
  });

  it('cannot be changed by a request', async () => {
    const verified = verifiedTokens();
    const token = verified.decode(await signed({ roles: ['viewer'], act: { sub: 'a' } }));
    for (let i = 0; i < 2; i++) verified.add(token, keyOf('ES256'));
    const { payload } = token as unknown as { payload: { sub: string; roles: string[]; act: { sub: string } } };
    expect(() => payload.roles.push('admin')).toThrow(TypeError);
    expect(() => {
      payload.sub = 'other';
    }).toThrow(TypeError);
    expect(() => {
      payload.act.sub = 'other';
    }).toThrow(TypeError);
  });

  const marked = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => `eyJhbGciOiJFUzI1NiJ9.e30.${'A'.repeat(74)}${String(i).padStart(11, '0')}A`,
    );

  it(`is no more than ${MAX_TOKENS} tokens, of which the oldest goes first`, () => {
    const verified = verifiedTokens();
    const key = keyOf('ES256');
    const compacts = marked(MAX_TOKENS + 1);
    for (const compact of [...compacts, ...compacts]) verified.add(verified.decode(compact), key);
    const isKept = (compact = '') => verified.isVerified(verified.decode(compact), key);
    expect([isKept(compacts[0]), isKept(compacts[1]), isKept(compacts.at(-1))]).toEqual([false, true, true]);
  });

  it('stays while any number of tokens is verified once', () => {
    const verified = verifiedTokens();
    const key = keyOf('ES256');
    const [first = '', ...others] = marked(10_000);
    for (let i = 0; i < 2; i++) verified.add(verified.decode(first), key);
    for (const compact of others) verified.add(verified.decode(compact), key);
    expect(verified.isVerified(verified.decode(first), key)).toBe(true);
    expect(others.some((compact) => verified.isVerified(verified.decode(compact), key))).toBe(false);
  });

  it('is a token that was verified a moment ago: 4,000 others in between, and it counts as new', () => {
    const key = keyOf('ES256');
    const isKeptAfter = (others: number) => {
      const verified = verifiedTokens();
      const [first = '', ...more] = marked(others + 1);
      for (const compact of [first, ...more, first]) verified.add(verified.decode(compact), key);
      return verified.isVerified(verified.decode(first), key);
    };
    expect([isKeptAfter(3_999), isKeptAfter(4_000)]).toEqual([true, false]);
  });

  it('is found by all of its characters: another token with the same end is verified', async () => {
    const verified = verifiedTokens();
    const key = keyOf('ES256');
    const compact = await signed();
    for (let i = 0; i < 2; i++) verified.add(verified.decode(compact), key);
    const [header = '', payload = '', signature = ''] = compact.split('.');
    const other = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect(verified.isVerified(verified.decode(compact), key)).toBe(true);
    expect(verified.isVerified(verified.decode(other), key)).toBe(false);
    verified.add(verified.decode(other), key);
    expect(verified.isVerified(verified.decode(other), key)).toBe(true);
    expect(verified.isVerified(verified.decode(compact), key)).toBe(false);
  });
});
