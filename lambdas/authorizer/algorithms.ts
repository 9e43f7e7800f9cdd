import type { Jwk } from 'aws-jwt-verify/jwk';

/** What an algorithm needs. */
interface Algorithm {
  /** Type of the key (RFC 7518, section 3.1; RFC 8037), so that no key is used for two kinds of algorithm. */
  readonly kty: string;
  readonly crv?: readonly string[];
  /** Bytes of a signature `r || s` (RFC 7518, section 3.4). Node throws for any other length, instead of returning false. */
  readonly signatureBytes?: number;
  /** Which library verifies it: `aws-jwt-verify` is three times as fast, `jose` supports RSA-PSS. */
  readonly by: 'aws-jwt-verify' | 'jose';
}

const FAST = { by: 'aws-jwt-verify' } as const;
const PSS: Algorithm = { kty: 'RSA', by: 'jose' };

/** Every asymmetric algorithm that can be verified. HS256 is not among them, because its keys are never published. */
export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { kty: 'RSA', ...FAST },
  RS384: { kty: 'RSA', ...FAST },
  RS512: { kty: 'RSA', ...FAST },
  PS256: PSS,
  PS384: PSS,
  PS512: PSS,
  ES256: { kty: 'EC', crv: ['P-256'], signatureBytes: 64, ...FAST },
  ES384: { kty: 'EC', crv: ['P-384'], signatureBytes: 96, ...FAST },
  ES512: { kty: 'EC', crv: ['P-521'], signatureBytes: 132, ...FAST },
  EdDSA: { kty: 'OKP', crv: ['Ed25519', 'Ed448'], ...FAST },
};

/** RFC 7518, section 3.3: shorter RSA keys must not be used. */
const MIN_RSA_BYTES = 256;

/** Whether a key fits an algorithm: its type, curve, length and declared use. */
export function fitsAlgorithm(alg: string, jwk: Jwk): boolean {
  const needed = Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
  if (needed?.kty !== jwk.kty || (jwk.use ?? 'sig') !== 'sig' || (jwk.alg ?? alg) !== alg) return false;
  if (needed.kty === 'RSA') return Buffer.byteLength(jwk.n ?? '', 'base64url') >= MIN_RSA_BYTES;
  return needed.crv?.includes(jwk.crv ?? '') === true;
}
