/** The header of a signed JWT (RFC 7515, section 4.1), its types checked. */
export interface JwtHeader {
  readonly alg?: string;
  readonly kid?: string;
  readonly [parameter: string]: unknown;
}

/** The claims of a JWT (RFC 7519, section 4.1), the types of the registered ones checked. Times are in epoch seconds. */
export interface JwtPayload {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly jti?: string;
  readonly scope?: string | readonly string[];
  readonly [claim: string]: unknown;
}
