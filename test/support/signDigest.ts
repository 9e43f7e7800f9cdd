import type { KeyObject } from 'node:crypto';

/** Curves of FIPS 186-5: prime, order, generator. Their coefficient a is -3. */
const CURVES = {
  'P-256': {
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    g: [
      0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    ],
  },
  'P-384': {
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    g: [
      0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
    ],
  },
} as const;

type Point = readonly [bigint, bigint] | undefined;

/**
 * The ECDSA signature of a digest in DER, as KMS makes it. Node.js signs only messages, which it hashes itself. The arithmetic leaks
 * the key by its timing: for tests only.
 */
export function signDigest(digest: Uint8Array, key: KeyObject): Uint8Array {
  const { crv, d = '' } = key.export({ format: 'jwk' });
  const { p, n, g } = CURVES[crv as keyof typeof CURVES];
  const [secret, hash] = [numberOf(Buffer.from(d, 'base64url')), numberOf(digest)];
  const k = (numberOf(crypto.getRandomValues(new Uint8Array(48))) % (n - 1n)) + 1n;
  const r = (times(k, g, p)?.[0] ?? 0n) % n;
  const s = (inverse(k, n) * (hash + r * secret)) % n;
  const content = Buffer.concat([encoded(r), encoded(s)]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

function times(k: bigint, point: Point, p: bigint): Point {
  let [sum, addend]: [Point, Point] = [undefined, point];
  for (let rest = k; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = plus(sum, addend, p);
    addend = plus(addend, addend, p);
  }
  return sum;
}

function plus(a: Point, b: Point, p: bigint): Point {
  if (a === undefined || b === undefined) return a ?? b;
  const [[x1, y1], [x2, y2]] = [a, b];
  if (x1 === x2 && y1 !== y2) return undefined;
  const slope = x1 === x2 ? (3n * x1 * x1 - 3n) * inverse(2n * y1, p) : (y2 - y1) * inverse(x2 - x1, p);
  const x = modulo(slope * slope - x1 - x2, p);
  return [x, modulo(slope * (x1 - x) - y1, p)];
}

/** The inverse modulo a prime, by Euclid's algorithm. */
function inverse(value: bigint, prime: bigint): bigint {
  let [a, b, x, y] = [modulo(value, prime), prime, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b % a, a];
    [x, y] = [y - quotient * x, x];
  }
  return modulo(x, prime);
}

function modulo(value: bigint, prime: bigint): bigint {
  return ((value % prime) + prime) % prime;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function encoded(number: bigint): Buffer {
  const digits = number.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes = Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
  return Buffer.concat([Buffer.from([0x02, bytes.length]), bytes]);
}
