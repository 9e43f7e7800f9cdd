import type { Construct } from 'constructs';
import type { WarmKeys } from '../../definition/tokenIssuer.ts';
import { bindCognito } from '../cognito/cognito.ts';
import type { CognitoOptions } from '../cognito/options.ts';
import { bindHmac, type HmacOptions, hmacRules } from './hmac.ts';
import { type IntrospectionOptions, introspectionIdentity } from './introspection.ts';
import { type OidcOptions, oidcSource } from './oidc.ts';
import type { BoundIdentity, IdentityContext } from './tokenIssuer.ts';
import { fetchWarmKeys } from './warmKeys.ts';

type Binding = (scope: Construct, context: IdentityContext) => BoundIdentity;

/**
 * Whose tokens an API accepts. Several may be given at once; each token is verified by the keys of its own issuer alone.
 *
 * @example
 * ```ts
 * const identity = Identity.oidc({ issuer: 'https://login.example.com', audience: 'notes' });
 * ```
 */
export class Identity {
  /**
   * A Cognito user pool of the API's own, with safe settings, a group for each role, and clients for machines.
   *
   * @throws {ConfigError} `identity-invalid` when the stack is made: a callback that is not safe, a machine client without a
   * sign-in domain, or one whose scope, role or tier the definition does not know.
   */
  static cognito(options: CognitoOptions = {}): Identity {
    return new Identity((scope, context) => bindCognito(scope, context, options));
  }

  /**
   * Any OpenID provider that signs JWT access tokens by keys that it publishes.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or key set are not https, no audience is given, or a time is out of
   * bounds.
   */
  static oidc(options: OidcOptions): Identity {
    const source = oidcSource(options);
    const { warmKeys } = options;
    const warm = warmKeys === 'fetch' ? () => fetchWarmKeys(source.jwksUri) : () => warmKeys;
    return new Identity(() => ({ source }), warmKeys === undefined ? undefined : { jwksUri: source.jwksUri, warm });
  }

  /**
   * An issuer that shares a secret with the API and signs with HS256, such as a service of yours. Whoever verifies such
   * tokens can make them: prefer `oidc` where the issuer can publish keys.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or audience are missing, or the secret has less than 256 bits.
   */
  static hmac(options: HmacOptions): Identity {
    hmacRules(options);
    return new Identity((scope, context) => bindHmac(scope, context, options));
  }

  /**
   * An issuer of opaque tokens, which the authorizer asks about each of them.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or endpoint are not https, or a part is missing.
   */
  static introspection(options: IntrospectionOptions): Identity {
    const identity = introspectionIdentity(options);
    return new Identity(() => identity);
  }

  /**
   * Where the keys of the issuer are, and how they are read before they are needed.
   * @internal for `SecureApi`
   */
  readonly warmUp: { readonly jwksUri: string; warm(): WarmKeys | string | undefined } | undefined;
  private readonly binding: Binding;

  private constructor(binding: Binding, warmUp?: Identity['warmUp']) {
    this.binding = binding;
    this.warmUp = warmUp;
  }

  /**
   * Adds what the identity needs below `scope`.
   * @internal for `SecureApi`
   */
  bind(scope: Construct, context: IdentityContext): BoundIdentity {
    return this.binding(scope, context);
  }
}
