import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { explain } from '../serviceRole.ts';
import { requireHttps, requireSeconds, requireStrings } from './invalidIdentity.ts';
import { rulesOf, type TokenOptions } from './rules.ts';
import type { BoundIdentity } from './tokenIssuer.ts';

/** An issuer of opaque tokens. The authorizer sends each token to its introspection endpoint (RFC 7662). */
export interface IntrospectionOptions extends TokenOptions {
  /** Its introspection endpoint, an https URL. */
  readonly endpoint: string;
  /** The client id that the API has at the issuer. */
  readonly clientId: string;
  /** The client secret, the whole value of the secret; it is sent by HTTP Basic (`client_secret_basic`). */
  readonly secret: ISecret;
  /**
   * Seconds, 0–300, that a result is cached. A token that the issuer revokes is accepted until this cache and the gateway's
   * expire.
   * @default - 30
   */
  readonly cacheSeconds?: number;
}

const CACHE = { min: 0, max: 300 };
const DEFAULT_CACHE_SECONDS = 30;

/**
 * The identity of an issuer with an introspection endpoint.
 *
 * @throws {ConfigError} `identity-invalid` when issuer or endpoint are not https, when there is no audience or client, or
 * when a time is out of bounds.
 */
export function introspectionIdentity(options: IntrospectionOptions): BoundIdentity {
  const { issuer, endpoint, clientId, secret, cacheSeconds = DEFAULT_CACHE_SECONDS } = options;
  requireHttps('issuer', issuer);
  requireHttps('endpoint', endpoint);
  requireStrings('clientId', [clientId], 'The endpoint responds to clients that it knows.');
  requireSeconds('cacheSeconds', cacheSeconds, CACHE, 'A revoked token would be accepted that long.');
  return {
    source: {
      ...rulesOf(options),
      introspection: { endpoint, clientId, clientSecret: secret.secretArn, cacheSeconds },
    },
    grantTo: (authorizer) =>
      explain(
        authorizer,
        'Reads the client secret for the introspection endpoint. A wildcard is for the end that Secrets Manager adds to a name.',
        () => secret.grantRead(authorizer),
      ),
  };
}
