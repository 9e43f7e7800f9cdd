/**
 * Whose tokens an API accepts, as the construct writes it to `SECURE_API_TOKEN_ISSUERS` and the authorizer reads it. Nothing in
 * it is secret.
 */
export type TokenIssuer = KeySetIssuer | HmacIssuer | IntrospectionIssuer;

/**
 * The JSON of a list of {@link TokenIssuer} in the bundle of the authorizer, cut where values of the deployment belong: a number is the
 * position of one in `SECURE_API_ISSUER_VALUES`.
 */
export type BundledIssuers = readonly (string | number)[];

/** The rules for the tokens of every issuer. */
export interface TokenRules {
  /** Compared with `iss` exactly. */
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audience?: readonly string[];
  /** One of these must be the value of the client claim. `audience` or `clientIds` is needed; both are checked. */
  readonly clientIds?: readonly string[];
  /** Tenants of an issuer of several: `issuer` contains `{tenantid}`, which is the claim `tid` of each token. */
  readonly tenants?: readonly string[];
  /** How the tokens of this issuer show their kind, beside what is true for all. */
  readonly kind?: TokenKind;
  /** Claims that limit the callers, such as their organization, each with its accepted values. */
  readonly requiredClaims?: Readonly<Record<string, readonly (string | boolean)[]>>;
  /** Whether `typ` must be `at+jwt` (RFC 9068, section 2.1). */
  readonly requireType?: boolean;
  /** Whether tokens may be (`optional`) or have to be (`required`) bound to a key of the client (RFC 9449). */
  readonly dpop?: 'optional' | 'required';
  readonly roles: RoleRules;
  /** Names of claims. A name with dots also names a member: `app_metadata.tier`. */
  readonly tierClaim: string;
  /** Several: the first that the token has. */
  readonly clientClaim: string | readonly string[];
  /** Names in the token by name of the definition's claim, where they differ; read like the names above. */
  readonly claims?: Readonly<Record<string, string>>;
  /** The tokens have declared integers and booleans as strings, such as `"7"` and `"true"`: from the groups of a user pool. */
  readonly stringClaims?: true;
  /** Longest accepted time from `iat` to `exp`, in seconds. */
  readonly maxLifetimeSeconds: number;
  readonly clockToleranceSeconds: number;
}

/** Where the roles are in a token, and how they are written. */
export interface RoleRules {
  /** Name of a claim. A name with dots also names a member: `realm_access.roles`. */
  readonly claim: string;
  /** Separates the values of a string; with `false`, a string is one value. Default: spaces and commas, or none with `map`. */
  readonly separator?: string | false;
  /** Pairs of a value and its roles; other values give none. A list, because a value can be `__proto__`. Without it, values are roles. */
  readonly map?: readonly (readonly [value: string, roles: readonly string[]])[];
  /** Ids of organizations whose grants count, where the claim is an object of roles, each with its organizations. */
  readonly organizations?: readonly string[];
}

/** The marks of the tokens that are accepted. Default: those of access tokens. */
export interface TokenKind {
  /** ID tokens are accepted, and no others have these marks. */
  readonly id?: true;
  /** Claims that each token has, with one of these values; with any, if the list is empty. */
  readonly claims?: Readonly<Record<string, readonly string[]>>;
  /** Claims of which each token has at least one. */
  readonly oneOf?: readonly string[];
}

/** An issuer that publishes its keys (RFC 7517). */
export interface KeySetIssuer extends TokenRules {
  readonly jwksUri: string;
  /** Allowed `alg` values; every other one is rejected. */
  readonly algorithms: readonly string[];
  /** Maximum age of keys while the issuer is unreachable, in seconds. */
  readonly staleSeconds?: number;
}

/** An issuer that shares a secret with the API: HS256. */
export interface HmacIssuer extends TokenRules {
  /** ARN of the secret whose current and previous versions are the keys. */
  readonly hmacSecret: string;
}

/** An issuer of opaque tokens, which the authorizer introspects (RFC 7662). */
export interface IntrospectionIssuer extends TokenRules {
  readonly introspection: {
    readonly endpoint: string;
    /** With the secret it authenticates the authorizer to the endpoint. */
    readonly clientId: string;
    /** ARN of the secret. */
    readonly clientSecret: string;
    /** Seconds that a response is cached. */
    readonly cacheSeconds: number;
  };
}

/** A public key as issuers publish it (RFC 7517, section 4). */
export type PublicJwk = Readonly<Record<string, unknown>> & { readonly kty: string };

/** Keys of an issuer, read before they are needed: the members of a JWK Set, and when they were read. */
export interface WarmKeys {
  /** ISO 8601. */
  readonly readAt: string;
  readonly keys: readonly PublicJwk[];
}

/** How the authorizer reads the deny list, as the construct writes it to `SECURE_API_REVOCATIONS`. */
export interface RevocationSettings {
  readonly table: string;
  /** Seconds that a result of the table is cached. */
  readonly cacheSeconds: number;
  /** Whether tokens are rejected (500) or accepted while the table cannot be read. */
  readonly whenUnreachable: 'reject' | 'accept';
}
