/** Decides which public keys (RFC 7517) are fit to verify signatures, for every library that verifies and for the synth. */

import { isRecord } from './json.ts';

/** Why a key is not fit. It names a rule and contains nothing of the key, so it is logged. */
export type KeyFault =
  | 'not-an-object'
  | 'type-unsupported'
  | 'private'
  | 'id-invalid'
  | 'use-other'
  | 'algorithm-other'
  | 'encoding-invalid'
  | 'modulus-invalid'
  | 'exponent-invalid'
  | 'curve-unsupported'
  | 'point-invalid';

/** A key that is fit, with its public members alone, written in one way: RSA numbers without leading zero bytes. */
export interface VerificationKey {
  readonly kid?: string;
  readonly jwk: { readonly kty: string; readonly [member: string]: string };
  /** Algorithms that it verifies. */
  readonly algorithms: readonly string[];
}

/** The keys of a set: those that are fit, each once, and the others with their position in the set. */
export interface VerificationKeys {
  readonly keys: readonly VerificationKey[];
  readonly skipped: readonly { readonly position: number; readonly kid?: string; readonly fault: KeyFault }[];
}

/** The type and curves of an algorithm's keys (RFC 7518, section 3.1; RFC 8037; RFC 9864), so that no key is used for two types. */
const KEYS_OF: Readonly<Record<string, { readonly kty: string; readonly crv?: readonly string[] }>> = {
  ...Object.fromEntries(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [alg, { kty: 'RSA' }])),
  ES256: { kty: 'EC', crv: ['P-256'] },
  ES384: { kty: 'EC', crv: ['P-384'] },
  ES512: { kty: 'EC', crv: ['P-521'] },
  EdDSA: { kty: 'OKP', crv: ['Ed25519', 'Ed448'] },
  Ed25519: { kty: 'OKP', crv: ['Ed25519'] },
};
/** Members of private and symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). A published private key is no secret. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
/** RFC 7518, section 3.3: shorter keys must not be used. OpenSSL rejects longer ones (`OPENSSL_RSA_MAX_MODULUS_BITS`). */
const RSA_BITS = { min: 2048, max: 16_384 };
/** `e` of 1 makes every signature valid, and a large one costs time. Go, for example, verifies with 31 bits at most. */
const EXPONENT = { min: 3n, max: 2n ** 31n - 1n };

/** `y² = x³ - 3x + b` modulo `p` (NIST SP 800-186, section 3.2.1). The group has prime order, so every point of it is safe. */
const CURVES: Readonly<Record<string, { readonly bytes: number; readonly p: bigint; readonly b: bigint }>> = {
  'P-256': {
    bytes: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    bytes: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  'P-521': {
    bytes: 66,
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
};
/** RFC 8032, sections 5.1 and 5.2: bytes of a point, and the prime of its coordinates. */
const EDWARDS: Readonly<Record<string, { readonly bytes: number; readonly p: bigint }>> = {
  Ed25519: { bytes: 32, p: 2n ** 255n - 19n },
  Ed448: { bytes: 57, p: 2n ** 448n - 2n ** 224n - 1n },
};

/** Maximum size of a key set: room for ten thousand RSA keys. No issuer publishes a hundred. */
export const MAX_KEY_SET_BYTES = 5_242_880;

type Member = (name: string) => unknown;
type Material = VerificationKey['jwk'];

const MATERIAL: Readonly<Record<string, (member: Member) => Material | KeyFault>> = {
  RSA: rsaMaterial,
  EC: ecMaterial,
  OKP: okpMaterial,
};

/**
 * The keys of a JSON Web Key Set that are fit. One that is not never affects the others (RFC 7517, section 5).
 *
 * @returns undefined for anything but an object with a list `keys`.
 */
export function verificationKeys(set: unknown): VerificationKeys | undefined {
  const entries: unknown = isRecord(set) && Object.hasOwn(set, 'keys') ? set['keys'] : undefined;
  if (!Array.isArray(entries)) return undefined;
  const keys = new Map<string, VerificationKey>();
  const skipped = entries.flatMap((entry: unknown, position) => {
    const key = verificationKey(entry);
    if (typeof key !== 'string') keys.set(JSON.stringify(key), key);
    else return [{ position, ...idOf(entry), fault: key }];
    return [];
  });
  return { keys: [...keys.values()], skipped };
}

/**
 * Decides whether one key is fit to verify signatures: its type, use, id, algorithm, and numbers. Optional members that are
 * null count as absent, as some issuers write them.
 */
export function verificationKey(entry: unknown): VerificationKey | KeyFault {
  if (!isRecord(entry)) return 'not-an-object';
  const member: Member = (name) => (Object.hasOwn(entry, name) ? (entry[name] ?? undefined) : undefined);
  const kty = member('kty');
  const materialOf = typeof kty === 'string' && Object.hasOwn(MATERIAL, kty) ? MATERIAL[kty] : undefined;
  if (materialOf === undefined) return 'type-unsupported';
  if (PRIVATE.some((name) => member(name) !== undefined)) return 'private';
  const [kid, alg] = [member('kid'), member('alg')];
  if (kid !== undefined && (typeof kid !== 'string' || !kid.isWellFormed())) return 'id-invalid';
  if (!isForSignatures(member)) return 'use-other';
  const jwk = materialOf(member);
  if (typeof jwk === 'string') return jwk;
  const algorithms = Object.keys(KEYS_OF).filter((name) => fits(name, jwk) && (alg ?? name) === name);
  if (algorithms.length === 0) return 'algorithm-other';
  return { ...(kid === undefined ? {} : { kid }), jwk, algorithms };
}

/** RFC 7517, sections 4.2 and 4.3. */
function isForSignatures(member: Member): boolean {
  const operations = member('key_ops');
  if ((member('use') ?? 'sig') !== 'sig') return false;
  if (operations === undefined) return true;
  const areStrings = Array.isArray(operations) && operations.every((one) => typeof one === 'string');
  return areStrings && operations.includes('verify');
}

function fits(algorithm: string, { kty, crv = '' }: Material): boolean {
  const needed = KEYS_OF[algorithm];
  return needed?.kty === kty && (needed.crv === undefined || needed.crv.includes(crv));
}

/** The length that counts is that of the number, not of its encoding. */
function rsaMaterial(member: Member): Material | KeyFault {
  const [n, e] = [numberOf(member('n')), numberOf(member('e'))];
  if (n === undefined || e === undefined) return 'encoding-invalid';
  const bits = n.length * 8 - Math.clz32(n[0] ?? 0) + 24;
  const isOdd = (n.at(-1) ?? 0) % 2 === 1;
  if (bits < RSA_BITS.min || bits > RSA_BITS.max || !isOdd) return 'modulus-invalid';
  const exponent = e.length > 8 ? 0n : integerOf(e);
  if (exponent < EXPONENT.min || exponent > EXPONENT.max || exponent % 2n === 0n) return 'exponent-invalid';
  return { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') };
}

/** RFC 7518, section 6.2.1: coordinates have the full length of the curve. */
function ecMaterial(member: Member): Material | KeyFault {
  const crv = member('crv');
  const curve = typeof crv === 'string' && Object.hasOwn(CURVES, crv) ? CURVES[crv] : undefined;
  if (typeof crv !== 'string' || curve === undefined) return 'curve-unsupported';
  const [x, y] = [bytesOf(member('x')), bytesOf(member('y'))];
  if (x === undefined || y === undefined) return 'encoding-invalid';
  const isFull = x.length === curve.bytes && y.length === curve.bytes;
  if (!isFull || !isOnCurve(integerOf(x), integerOf(y), curve)) return 'point-invalid';
  return { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') };
}

function isOnCurve(x: bigint, y: bigint, { p, b }: { readonly p: bigint; readonly b: bigint }): boolean {
  return x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}

/** RFC 8037, section 2. */
function okpMaterial(member: Member): Material | KeyFault {
  const crv = member('crv');
  const curve = typeof crv === 'string' && Object.hasOwn(EDWARDS, crv) ? EDWARDS[crv] : undefined;
  if (typeof crv !== 'string' || curve === undefined) return 'curve-unsupported';
  const x = bytesOf(member('x'));
  if (x === undefined) return 'encoding-invalid';
  if (x.length !== curve.bytes || hasSmallOrder(x, curve.p)) return 'point-invalid';
  return { kty: 'OKP', crv, x: x.toString('base64url') };
}

/**
 * Whether a point has an order of 8 at most, or two encodings: with such a key, a signature can be made without the private
 * one. The point is little-endian, and its highest bit is the sign of x (RFC 8032, section 5.1.2).
 */
function hasSmallOrder(point: Buffer, p: bigint): boolean {
  const y = integerOf(Buffer.from(point).reverse()) & ((1n << BigInt(point.length * 8 - 1)) - 1n);
  // Points of order 8 of Ed25519: doubled, they have y = 0. The other curve has none.
  const doubled = 121_665n * y ** 4n - 2n * 121_666n * y ** 2n + 121_666n;
  return y >= p || y <= 1n || y === p - 1n || (point.length === 32 && doubled % p === 0n);
}

/** RFC 4648, section 3.5: the unused bits of the last character are zero, so that one key has one encoding. */
function bytesOf(value: unknown): Buffer | undefined {
  const bytes = typeof value === 'string' && value !== '' ? Buffer.from(value, 'base64url') : undefined;
  return bytes?.toString('base64url') === value ? bytes : undefined;
}

/** The bytes of a number without leading zeros; issuers that write the sign of Java's numbers have one. */
function numberOf(value: unknown): Buffer | undefined {
  const bytes = bytesOf(value);
  const start = bytes?.findIndex((byte) => byte !== 0);
  return start === -1 ? bytes?.subarray(bytes.length) : bytes?.subarray(start);
}

function integerOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
}

function idOf(entry: unknown): { readonly kid?: string } {
  const kid = isRecord(entry) && Object.hasOwn(entry, 'kid') ? entry['kid'] : undefined;
  return typeof kid === 'string' ? { kid: kid.toWellFormed() } : {};
}
