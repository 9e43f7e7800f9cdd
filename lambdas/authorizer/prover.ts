import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import type { DecodedToken } from './decodeToken.ts';

/**
 * Proves that a source issued a token, and gives its claims.
 *
 * @throws {TokenRejected} for a bad token.
 * @throws {AuthorizerFault} where what it needs is out of reach.
 */
export type Prove = (token: DecodedToken) => Promise<JwtPayload>;

/** The same for a token whose parts nobody but its issuer can read. */
export type ProveOpaque = (token: { readonly compact: string }) => Promise<JwtPayload>;
