import type { Ownership, RequiredAccess } from './access.ts';
import type { ClaimRules, Where } from './claims.ts';
import type { BodyFormat } from './contentType.ts';
import type { DeprecationHeaders } from './deprecation.ts';
import type { IdempotencyRules } from './idempotency.ts';
import type { InputRules, UnicodePolicy } from './input.ts';
import type { OwnProblem } from './ownProblems.ts';
import type { ResponseCookie } from './responseCookie.ts';
import type { ExactLimit } from './tiers.ts';
import type { UploadRules } from './upload.ts';
import type { WebhookRules } from './webhook.ts';

/**
 * The shapes of what is generated from a definition and bundled into the functions. The functions import these types
 * (never code) and receive the values from their generated entry module.
 */

/** Role → permission → route, as the authorizer decides by. */
export interface AccessPolicy {
  readonly api: string;
  /** Every role with all its permissions, inherited ones included, sorted. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Pairs of roles that nobody may hold together, those by inheritance included. */
  readonly exclusive: readonly (readonly [string, string])[];
  /** Role of every caller with a valid token. */
  readonly defaultRole?: string;
  readonly scopes: readonly string[];
  readonly tiers: readonly string[];
  readonly defaultTier: string;
  /** Tiers that are made for single clients: client → tier. Such a tier is nobody else's. Absent when there are none. */
  readonly clientTiers?: Readonly<Record<string, string>>;
  /** What claims of tokens must be. Absent when the API declares none. */
  readonly claims?: ClaimRules;
  readonly routes: readonly {
    readonly id: string;
    readonly method: string;
    /** Path template, such as `/documents/{id}`. */
    readonly path: string;
    readonly access: RequiredAccess;
    readonly ownership?: Ownership;
    readonly where?: Where;
  }[];
  /** How senders sign, by the name of the secret; for reviews. Absent when there are no webhooks. */
  readonly webhooks?: Readonly<Record<string, WebhookRules>>;
}

/** The access policy, and what synth finds in its routes so that no instance has to. */
export interface AuthorizerPolicy extends AccessPolicy {
  readonly patterns: CompiledPatterns;
}

/**
 * The patterns that policies of API Gateway can have for the routes of an API, and what each matches. Patterns and operations are numbered; an
 * operation is a route with one of the methods that it serves.
 */
export interface CompiledPatterns {
  /** Space-separated, with `=claim` where the caller's value stands: first wildcards, then the one of each operation, then those of other callers. */
  readonly list: string;
  /** The route of each operation, by its index in the access policy. */
  readonly routes: readonly number[];
  /** The group of each wildcard, or -1. */
  readonly groupOf: readonly number[];
  readonly reach: CompiledReach;
  /** Of {@link CompiledReach.touched}, the operations that a pattern covers. Words that are not listed are as in `touched`. */
  readonly covered: ChangedWords;
  readonly groups: CompiledReach;
}

/** What patterns match. */
export interface CompiledReach {
  /** Operations of which some request matches. */
  readonly touched: CompiledSets;
  /** Of these, the operations that compare claims, and of which some request of another caller matches. Words that are not listed are 0. */
  readonly foreign: ChangedWords;
}

/** Sets as words of 32 bits: where those of each set begin and the last one ends, the index of each word, and the words. */
export interface CompiledSets {
  readonly starts: readonly number[];
  readonly places: readonly number[];
  readonly words: readonly number[];
}

/** Parts of sets: the words in which they differ from what a reader begins with, by their position in {@link CompiledSets.words}. */
export interface ChangedWords {
  readonly at: readonly number[];
  readonly words: readonly number[];
}

export type { DeprecationHeaders } from './deprecation.ts';

/** How the string of a parameter becomes a value. Lists are repeated query parameters. */
export interface ParameterKind {
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  readonly list: boolean;
}

/** How the rows of CSV files are read, besides their validator. */
export interface RowRules {
  /** By the names in the header. */
  readonly columns: Readonly<Record<string, ParameterKind>>;
  readonly required: readonly string[];
  readonly maxRows: number;
  readonly unicode: UnicodePolicy;
}

/** How the strings of a form become values. */
export interface FormRules {
  /** By the names of the fields. */
  readonly fields: Readonly<Record<string, ParameterKind>>;
  /** Of fields with other names, where the schema allows them. */
  readonly others?: ParameterKind;
}

/** What the handler runtime needs to know about a route besides its validator. */
export interface RouteContract {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly access: RequiredAccess;
  readonly ownership?: Ownership;
  readonly where?: Where;
  readonly parameters: {
    readonly path: Readonly<Record<string, ParameterKind>>;
    readonly query: Readonly<Record<string, ParameterKind>>;
    /** Declared headers, in lower case; no other header reaches the handler. */
    readonly headers: Readonly<Record<string, ParameterKind>>;
    /** Absent where the route takes no cookie. */
    readonly cookies?: Readonly<Record<string, ParameterKind>>;
  };
  /** Cookies that other routes of the API read or set. Absent where there is none. */
  readonly ignoredCookies?: readonly string[];
  readonly takesBody: boolean;
  /** Media types of the body; absent where it is `application/json`. */
  readonly bodyTypes?: readonly string[];
  /** Present where the handler gets the bytes of the body. */
  readonly rawBody?: { readonly required: boolean };
  /** How a form is read, where the body can be one. */
  readonly form?: FormRules;
  /** Absent where the route does not know idempotency keys. */
  readonly idempotency?: IdempotencyRules;
  readonly input: InputRules;
  /** Names of properties and parameters that are never logged. */
  readonly sensitive: readonly string[];
  /** Files that it takes, instead of a body. */
  readonly upload?: UploadRules;
  /** The sender whose signature a request needs; present exactly if the access is `webhook`. */
  readonly webhook?: WebhookRules;
  /** What announces its deprecation; absent where it is not deprecated. */
  readonly deprecation?: DeprecationHeaders;
  /** Problems of the API itself that its handler throws. */
  readonly problems?: readonly Omit<OwnProblem, 'description'>[];
  readonly responses: readonly ResponseContract[];
}

/** A declared response, as the runtime checks what a handler returns. */
export interface ResponseContract {
  readonly status: number;
  /** Absent where the response has no body. */
  readonly body?: {
    /** Media type, without parameters. */
    readonly type: string;
    /** JSON by its schema, a string, or bytes. */
    readonly format: BodyFormat;
    /** Present where a browser could run the body. */
    readonly active?: true;
  };
  readonly headers: readonly string[];
  readonly cookies?: readonly Omit<ResponseCookie, 'description'>[];
  /** Present for a redirect: origins that it can lead to besides this API. */
  readonly redirectTo?: readonly string[];
}

/**
 * The member of a body in the object that the validator of responses checks, such as `s201`. The status alone would be an index: V8 gives an object
 * room for all indexes below it, and enumerates them slowly.
 */
export type ResponseMember = `s${number}`;

/** An error as a compiled validator reports it; what the runtime turns into `errors[]`. */
export interface SchemaFault {
  /** JSON pointer into `{ path, query, headers, body }`, such as `/body/title`. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Present where the rule is inside `anyOf`, `oneOf`, `not`, `if`, `then` or `else`: it may belong to a branch that does not apply. */
  readonly isInChoice?: true;
  /** The name that a rule inside `propertyNames` is about. */
  readonly propertyName?: string;
}

/** A precompiled validator of `{ path, query, headers, body }` after coercion; the default export of its module. */
export interface Validate {
  (request: unknown): boolean;
  errors?: readonly SchemaFault[] | null;
}

/**
 * What happens to a response that its route does not declare.
 *
 * - `enforce`: it is a 500 (the local gateway, tests).
 * - `report`: it is counted and logged, undeclared parts are removed, and the rest is returned.
 */
export type ResponseMode = 'enforce' | 'report';

/** An exact limit as the runtime enforces it. */
export interface ExactRule extends ExactLimit {
  /** Names the policy in headers and the counters in the table: the tier, and the route where the limit is the route's own. */
  readonly name: string;
}

/** A limit as responses advertise it to clients. */
export interface AdvertisedPolicy {
  readonly name: string;
  readonly requests: number;
  /** Absent for a calendar month, whose length varies. */
  readonly perSeconds?: number;
}

/** Limits of a route by the caller's tier; `anonymous` for callers of public routes. */
export interface RouteLimits {
  readonly exact: Readonly<Record<string, ExactRule>>;
  readonly policies: Readonly<Record<string, readonly AdvertisedPolicy[]>>;
}

/** What the authorizer knows of client certificates. */
export interface CertificateSettings {
  /** The CA certificates of the trust store: DER in base64. */
  readonly trustStore: readonly string[];
  readonly mode: 'required' | 'optional';
  /** Which part of a certificate names the client, and the client by that name. */
  readonly client?: {
    readonly from: 'commonName' | 'dnsName' | 'uri' | 'email';
    readonly names?: Readonly<Record<string, string>>;
  };
}
