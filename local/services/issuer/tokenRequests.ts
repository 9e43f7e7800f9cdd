/** Limits and parameters of token requests. What handles the requests loads the libraries of the provider, which a start does not need. */

/** Longest lifetime of access tokens in seconds, unless a machine client asks for another. */
export const ACCESS_TOKEN_TTL = 3_600;

/** Longest lifetime that a machine client may ask for with `ttl`. */
export const MAX_TTL = 86_400;

/** The parameter of `secure-api token`, which names scopes of a user pool without their resource server. */
export const SHORT_SCOPES = 'short_scopes';
