import type { Construct } from 'constructs';
import type { WarmKeys } from '../../definition/tokenIssuer.ts';
import { bindCognito } from '../cognito/cognito.ts';
import type { CognitoOptions } from '../cognito/options.ts';
import { requireShape } from '../invalid.ts';
import { bindHmac, type HmacOptions, hmacRules } from './hmac.ts';
import { type IntrospectionOptions, introspectionIdentity } from './introspection.ts';
import { checkedWarmKeys, type OidcOptions, oidcSource } from './oidc.ts';
import { IDENTITY_OPTIONS } from './optionsShape.ts';
import type { BoundIdentity, IdentityContext } from './tokenIssuer.ts';
import { fetchWarmKeys } from './warmKeys.ts';

type Binding = (scope: Construct, context: IdentityContext) => BoundIdentity;

/**
 * An issuer whose tokens an API accepts. An API can have several; each token is verified with the keys of its own issuer alone.
 *
 * @example
 * ```ts
 * const identity = Identity.oidc({ issuer: 'https://login.example.com', audience: 'notes' });
 * ```
 */
export class Identity {
  /**
   * A Cognito user pool for this API, with safe settings, a group for each role, and machine clients.
   *
   * @throws {ConfigError} `identity-invalid` when `SecureApi` is created: for a callback that is not safe, a prefix that
   * Cognito rejects, or a machine client whose scope, role or tier the definition does not have.
   */
  static cognito(options: CognitoOptions = {}): Identity {
    requireOptions('cognito', options);
    return new Identity((scope, context) => bindCognito(scope, context, options), undefined, true);
  }

  /**
   * Any OpenID provider that signs JWT access tokens with keys that it publishes.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or key set are not https, no audience is given, or a time is out
   * of bounds.
   */
  static oidc(options: OidcOptions): Identity {
    requireOptions('oidc', options);
    const source = oidcSource(options);
    const { warmKeys } = options;
    if (warmKeys === undefined) return new Identity(() => ({ source }));
    const given = warmKeys === 'fetch' ? undefined : checkedWarmKeys(warmKeys);
    const warm = () => given ?? fetchWarmKeys(source.jwksUri);
    return new Identity(() => ({ source }), { jwksUri: source.jwksUri, warm });
  }

  /**
   * An issuer that shares a secret with the API and signs with HS256, such as one of your services. Whatever verifies such
   * tokens can also issue them: prefer `oidc` where the issuer can publish keys.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or audience are missing, or the secret has less than 256 bits.
   */
  static hmac(options: HmacOptions): Identity {
    requireOptions('hmac', options);
    hmacRules(options);
    return new Identity((scope, context) => bindHmac(scope, context, options));
  }

  /**
   * An issuer of opaque tokens. The authorizer sends each token to its introspection endpoint.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or endpoint are not https, or a part is missing.
   */
  static introspection(options: IntrospectionOptions): Identity {
    requireOptions('introspection', options);
    const identity = introspectionIdentity(options);
    return new Identity(() => identity);
  }

  /**
   * The URL of the issuer's keys, and how they are read at synth.
   * @internal for `SecureApi`
   */
  readonly warmUp: { readonly jwksUri: string; warm(): WarmKeys | string } | undefined;
  /**
   * Whether it brings a user pool.
   * @internal for `SecureApi`
   */
  readonly hasUserPool: boolean;
  private readonly binding: Binding;

  private constructor(binding: Binding, warmUp?: Identity['warmUp'], hasUserPool = false) {
    this.binding = binding;
    this.warmUp = warmUp;
    this.hasUserPool = hasUserPool;
  }

  /**
   * Adds what the identity needs below `scope`.
   * @internal for `SecureApi`
   */
  bind(scope: Construct, context: IdentityContext): BoundIdentity {
    return this.binding(scope, context);
  }
}

/** The names and kinds of values of the options; what they mean is checked by the identity. */
function requireOptions(kind: keyof typeof IDENTITY_OPTIONS, options: unknown): void {
  requireShape(IDENTITY_OPTIONS[kind], options, { location: 'identity', code: 'identity-invalid' });
}
