import type { Construct } from 'constructs';
import { isRecord, type Shape } from '../../definition/shape.ts';
import type { WarmKeys } from '../../definition/tokenIssuer.ts';
import { bindCognito } from '../cognito/cognito.ts';
import { bindExistingPool, checkExistingPool, type ExistingPoolOptions } from '../cognito/existingPool.ts';
import type { CognitoOptions } from '../cognito/options.ts';
import { requireShape } from '../invalid.ts';
import { type Auth0Options, auth0Rules } from '../providers/auth0.ts';
import { type EntraOptions, entraRules } from '../providers/entra.ts';
import { type GoogleOptions, googleRules } from '../providers/google.ts';
import { type KeycloakOptions, keycloakRules } from '../providers/keycloak.ts';
import { type OktaOptions, oktaRules } from '../providers/okta.ts';
import { PROVIDER_OPTIONS } from '../providers/optionsShape.ts';
import { bindHmac, type HmacOptions, hmacRules } from './hmac.ts';
import { type IntrospectionOptions, introspectionIdentity } from './introspection.ts';
import { checkedWarmKeys, type KeySetRules, keySetSource, type OidcOptions, oidcRules } from './oidc.ts';
import { IDENTITY_OPTIONS } from './optionsShape.ts';
import type { BoundIdentity, IdentityContext } from './tokenIssuer.ts';
import { fetchWarmKeys } from './warmKeys.ts';

type Binding = (scope: Construct, context: IdentityContext) => BoundIdentity;

/**
 * An issuer whose tokens an API accepts. An API can have several; each token is verified with the keys of its own issuer alone.
 *
 * @example
 * ```ts
 * const identity = Identity.auth0({ domain: 'example.eu.auth0.com', audience: 'https://api.example.com' });
 * ```
 */
export class Identity {
  /**
   * A Cognito user pool for this API, with safe settings, a group for each role, and machine clients; or with `userPool` one that
   * exists already, which is not changed.
   *
   * @throws {ConfigError} `identity-invalid` for a pool without clients, or options of a new pool for one that exists; when
   * `SecureApi` is created, for a callback that is not safe, a prefix that Cognito rejects, or a machine client whose scope, role
   * or tier the definition does not have.
   */
  static cognito(options: CognitoOptions | ExistingPoolOptions = {}): Identity {
    if (isExisting(options)) {
      requireOptions(IDENTITY_OPTIONS.existingPool, options);
      checkExistingPool(options);
      return new Identity((scope) => bindExistingPool(scope, options));
    }
    requireOptions(IDENTITY_OPTIONS.cognito, options);
    return new Identity((scope, context) => bindCognito(scope, context, options), undefined, true);
  }

  /**
   * Any OpenID provider that signs JWT access tokens with keys that it publishes.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or key set are not https, the address of the keys or an audience are
   * missing, or a time is out of bounds.
   */
  static oidc(options: OidcOptions): Identity {
    requireOptions(IDENTITY_OPTIONS.oidc, options);
    return Identity.ofKeys(oidcRules(options));
  }

  /**
   * An API of an Auth0 tenant, whose access tokens are JWTs for its identifier.
   *
   * @throws {ConfigError} `identity-invalid`.
   * @see docs/identity/auth0.md
   */
  static auth0(options: Auth0Options): Identity {
    requireOptions(PROVIDER_OPTIONS.auth0, options);
    return Identity.ofKeys(auth0Rules(options));
  }

  /**
   * An API in Microsoft Entra ID, of one tenant or of several by an allow-list. Tokens without a user are rejected unless
   * `appOnlyTokens` is set.
   *
   * @throws {ConfigError} `identity-invalid`.
   * @see docs/identity/entra.md
   */
  static entra(options: EntraOptions): Identity {
    requireOptions(PROVIDER_OPTIONS.entra, options);
    return Identity.ofKeys(entraRules(options));
  }

  /**
   * A custom authorization server of an Okta organization.
   *
   * @throws {ConfigError} `identity-invalid`.
   * @see docs/identity/okta.md
   */
  static okta(options: OktaOptions): Identity {
    requireOptions(PROVIDER_OPTIONS.okta, options);
    return Identity.ofKeys(oktaRules(options));
  }

  /**
   * A realm of a Keycloak server, with roles of the realm or of a client.
   *
   * @throws {ConfigError} `identity-invalid`.
   * @see docs/identity/keycloak.md
   */
  static keycloak(options: KeycloakOptions): Identity {
    requireOptions(PROVIDER_OPTIONS.keycloak, options);
    return Identity.ofKeys(keycloakRules(options));
  }

  /**
   * Google: people who sign in to your app, or service accounts of Google Cloud. Access tokens of Google are opaque, so ID tokens
   * are verified. **The risk:** an ID token is made for the app and not for this API. Everybody the app sends it to can use it
   * here for an hour, it has no scopes, and it cannot be revoked at Google. To avoid this, let a provider with access tokens, such as
   * Cognito, sign people in with Google.
   *
   * @throws {ConfigError} `identity-invalid`.
   * @see docs/identity/google.md
   */
  static google(options: GoogleOptions): Identity {
    requireOptions(PROVIDER_OPTIONS.google, options);
    return Identity.ofKeys(googleRules(options));
  }

  /**
   * An issuer that shares a secret with the API and signs with HS256, such as one of your services. Whatever verifies such
   * tokens can also issue them: prefer `oidc` where the issuer can publish keys.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or audience are missing, or the secret has less than 256 bits.
   */
  static hmac(options: HmacOptions): Identity {
    requireOptions(IDENTITY_OPTIONS.hmac, options);
    hmacRules(options);
    return new Identity((scope, context) => bindHmac(scope, context, options));
  }

  /**
   * An issuer of opaque tokens. The authorizer sends each token to its introspection endpoint.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or endpoint are not https, or a part is missing.
   */
  static introspection(options: IntrospectionOptions): Identity {
    requireOptions(IDENTITY_OPTIONS.introspection, options);
    const identity = introspectionIdentity(options);
    return new Identity(() => identity);
  }

  private static ofKeys(rules: KeySetRules): Identity {
    const source = keySetSource(rules);
    const { warmKeys } = rules;
    if (warmKeys === undefined) return new Identity(() => ({ source }));
    const given = warmKeys === 'fetch' ? undefined : checkedWarmKeys(warmKeys);
    const warm = () => given ?? fetchWarmKeys(source.jwksUri);
    return new Identity(() => ({ source }), { jwksUri: source.jwksUri, warm });
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

function isExisting(options: unknown): options is ExistingPoolOptions {
  return isRecord(options) && ['userPool', 'userPoolClients'].some((name) => options[name] !== undefined);
}

/** The names and kinds of values of the options; what they mean is checked by the identity. */
function requireOptions(shape: Shape, options: unknown): void {
  requireShape(shape, options, { location: 'identity', code: 'identity-invalid' });
}
