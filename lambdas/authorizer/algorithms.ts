import { constants } from '../shared/nodeCrypto.ts';

/** How `node:crypto` verifies the signatures of an algorithm (RFC 7518, sections 3.3–3.5; RFC 8037, section 3.1). */
export interface Algorithm {
  /** Null where the algorithm itself has one. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  /** Bytes of a signature `r || s` (RFC 7518, section 3.4); those of any other length are invalid. */
  readonly ecdsaBytes?: number;
  /** Where they are not the defaults: a key without options is verified faster. PKCS #1 is the default of RSA keys. */
  readonly options?: {
    readonly padding: number;
    /** The salt has the length of the hash. */
    readonly saltLength: number;
  };
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/**
 * Every asymmetric algorithm that can be verified; `verificationKeys` decides which keys fit it. HS256 is not among them,
 * because its keys are never published.
 */
export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { hash: 'sha256' },
  RS384: { hash: 'sha384' },
  RS512: { hash: 'sha512' },
  PS256: { hash: 'sha256', options: pss },
  PS384: { hash: 'sha384', options: pss },
  PS512: { hash: 'sha512', options: pss },
  ES256: { hash: 'sha256', ecdsaBytes: 64 },
  ES384: { hash: 'sha384', ecdsaBytes: 96 },
  ES512: { hash: 'sha512', ecdsaBytes: 132 },
  EdDSA: { hash: null },
};

/** Those of proofs of possession: also EdDSA by the name of its curve (RFC 9864), as Web Crypto has it. */
export const ALGORITHMS_OF_PROOFS: Readonly<Record<string, Algorithm>> = { ...ALGORITHMS, Ed25519: { hash: null } };
