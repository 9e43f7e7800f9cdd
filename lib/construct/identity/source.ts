import type { UserPool } from 'aws-cdk-lib/aws-cognito';

/** One issuer whose tokens are accepted, as the authorizer reads it from `SECURE_API_IDENTITY`. */
export interface IdentitySource {
  /** Exact `iss`. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** Signature algorithms that are allowed; every other one is refused. */
  readonly algorithms: readonly string[];
  /** Accepted `aud`; `clientIds` stands in for it with issuers whose access tokens have none. */
  readonly audience?: readonly string[];
  readonly clientIds?: readonly string[];
  readonly tokenUse?: 'access';
  readonly rolesClaim: string;
  readonly tierClaim: string;
  readonly clientClaim: string;
  /** Longest `exp - iat`, in seconds. */
  readonly maxLifetimeSeconds: number;
  readonly clockToleranceSeconds: number;
}

/** What an identity brings into a stack. */
export interface BoundIdentity {
  readonly source: IdentitySource;
  readonly userPool?: UserPool;
}

/** Access tokens that live longer cannot be withdrawn in time (RFC 9700, section 2.2: short-lived tokens). */
export const DEFAULT_LIFETIME_SECONDS = 3600;
/** What well-kept clocks differ by. */
export const CLOCK_TOLERANCE_SECONDS = 5;
