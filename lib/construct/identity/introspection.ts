import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { requireHttps, requireSeconds, requireStrings, rulesOf, type TokenOptions } from './rules.ts';
import type { BoundIdentity } from './tokenIssuer.ts';

/** An issuer of opaque tokens, which is asked about each of them (RFC 7662). Its issuer is an https URL. */
export interface IntrospectionOptions extends TokenOptions {
  /** Its introspection endpoint, an https URL. */
  readonly endpoint: string;
  /** By which the API is known to the issuer. */
  readonly clientId: string;
  /** The client's secret, as plain text; it is sent by HTTP Basic (`client_secret_basic`). */
  readonly secret: ISecret;
  /**
   * Seconds, 0–300, that an answer is kept; a token that is revoked at the issuer is accepted that long, and as long as the
   * gateway remembers it.
   * @default - 30
   */
  readonly cacheSeconds?: number;
}

const CACHE = { min: 0, max: 300 };
const DEFAULT_CACHE_SECONDS = 30;

/**
 * The identity of an issuer that is asked.
 *
 * @throws {ConfigError} `identity-invalid` when issuer or endpoint are not https, when there is no audience or client, or
 * when a time is out of bounds.
 */
export function introspectionIdentity(options: IntrospectionOptions): BoundIdentity {
  const { issuer, endpoint, clientId, secret, cacheSeconds = DEFAULT_CACHE_SECONDS } = options;
  requireHttps('issuer', issuer);
  requireHttps('endpoint', endpoint);
  requireStrings('clientId', [clientId], 'The endpoint answers clients that it knows.');
  requireSeconds('cacheSeconds', cacheSeconds, CACHE, 'A revoked token would be accepted that long.');
  return {
    source: {
      ...rulesOf(options),
      introspection: { endpoint, clientId, clientSecret: secret.secretArn, cacheSeconds },
    },
    grantTo: (authorizer) => secret.grantRead(authorizer),
  };
}
