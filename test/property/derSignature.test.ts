import { generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derSignature } from '../../lambdas/authorizer/derSignature.ts';

/** The numbers of a signature that OpenSSL wrote in DER: a sequence of two integers, its length in one byte or two. */
function numbersOf(der: Buffer): readonly bigint[] {
  const start = der[1] === 0x81 ? 3 : 2;
  const second = start + 2 + (der[start + 1] ?? 0);
  return [der.subarray(start + 2, second), der.subarray(second + 2)].map((bytes) =>
    BigInt(`0x${bytes.toString('hex')}`),
  );
}

/** Numbers as a JWT has them, in so many bytes each. */
function joined(numbers: readonly bigint[], length: number): Buffer {
  return Buffer.from(numbers.map((number) => number.toString(16).padStart(2 * length, '0')).join(''), 'hex');
}

/** Signing is slow. */
const SIGNED = { numRuns: 30 };

describe.each([
  ['P-256', 'sha256', 32],
  ['P-384', 'sha384', 48],
  ['P-521', 'sha512', 66],
] as const)('a signature of %s', (namedCurve, hash, length) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const messages = fc.uint8Array({ maxLength: 64 });

  it('has the bytes that OpenSSL writes', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const der = sign(hash, message, privateKey);
        expect(derSignature(joined(numbersOf(der), length))).toEqual(der);
      }),
      SIGNED,
    );
  });

  it('is verified as with the option of Node, and not with another bit', () => {
    fc.assert(
      fc.property(messages, fc.nat(16 * length - 1), (message, bit) => {
        const signature = sign(hash, message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
        expect(verify(hash, message, publicKey, derSignature(signature))).toBe(true);
        const byte = bit >> 3;
        signature[byte] = (signature[byte] ?? 0) ^ (1 << (bit & 7));
        expect(verify(hash, message, publicKey, derSignature(signature))).toBe(false);
      }),
      SIGNED,
    );
  });

  it('has each number in as few bytes as it needs, and never negative', () => {
    const numbers = fc.bigInt(0n, 256n ** BigInt(length) - 1n);
    const small = fc.bigInt(0n, 65_536n);
    fc.assert(
      fc.property(fc.oneof(numbers, small), fc.oneof(numbers, small), (r, s) => {
        const der = derSignature(joined([r, s], length));
        expect(numbersOf(der)).toEqual([r, s]);
        const contents = [r, s].map((number) => (number === 0n ? 1 : (number.toString(2).length >> 3) + 1));
        const sequence = contents.reduce((sum, content) => sum + 2 + content, 0);
        expect(der.length).toBe(sequence + (sequence < 128 ? 2 : 3));
      }),
    );
  });
});
