/** How the signatures of an algorithm are verified. */
interface Algorithm {
  /** Bytes of a signature `r || s` (RFC 7518, section 3.4). Node throws for any other length, instead of returning false. */
  readonly signatureBytes?: number;
  /** Which library verifies it: `aws-jwt-verify` is three times as fast, `jose` supports RSA-PSS. */
  readonly by: 'aws-jwt-verify' | 'jose';
}

const FAST: Algorithm = { by: 'aws-jwt-verify' };
const PSS: Algorithm = { by: 'jose' };

/**
 * Every asymmetric algorithm that can be verified; `verificationKeys` decides which keys fit it. HS256 is not among them,
 * because its keys are never published.
 */
export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: FAST,
  RS384: FAST,
  RS512: FAST,
  PS256: PSS,
  PS384: PSS,
  PS512: PSS,
  ES256: { signatureBytes: 64, ...FAST },
  ES384: { signatureBytes: 96, ...FAST },
  ES512: { signatureBytes: 132, ...FAST },
  EdDSA: FAST,
};
