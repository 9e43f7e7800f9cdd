import type { DecodedToken } from './decodeToken.ts';
import type { JwtPayload } from './jwt.ts';

/**
 * Proves that a token issuer issued a token, and returns its claims.
 *
 * @throws {TokenRejected} for an invalid token.
 * @throws {AuthorizerFault} if a service that it needs is unreachable.
 */
export type Prove = (token: DecodedToken) => JwtPayload | Promise<JwtPayload>;

/** The same for a token that only its issuer can read. */
export type ProveOpaque = (token: { readonly compact: string }) => Promise<JwtPayload>;
