import type { Access, Ownership, OwnershipInput } from './access.ts';
import type { ClaimRules, ClaimsInput, LimitByClaim, Where, WhereInput } from './claims.ts';
import type { Deprecation } from './deprecation.ts';
import type { Fault } from './fault.ts';
import type { IdempotencyRules } from './idempotency.ts';
import type { InputRules } from './input.ts';
import type { OwnProblem, OwnProblemInput, OwnProblemsInput } from './ownProblems.ts';
import type { BodyRules } from './requestBody.ts';
import type { ResponseCookie } from './responseCookie.ts';
import type { NoOtherNames, Of, PermissionOf, Roles, RolesInput } from './roles.ts';
import type { HttpMethod, ProblemStatus, RouteInput, RouteSpec } from './routes.ts';
import type { SchemaNode } from './schema.ts';
import type { Slo, SloInput } from './slo.ts';
import type { UnknownName } from './suggestion.ts';
import type {
  AnonymousLimit,
  AnonymousLimitInput,
  FloodLimit,
  NoOtherLimits,
  RateLimit,
  RateLimitInput,
  Tier,
  TierInput,
  TiersInput,
} from './tiers.ts';
import type { UploadRules } from './upload.ts';

/**
 * The OAuth scopes of an API (RFC 6749, section 3.3), each with what a client may do by it, in words for the person who is
 * asked to consent. A route names those that it needs; a user pool offers them.
 */
export type ScopesInput = Readonly<Record<string, string>>;

export type RoutesInput = Readonly<Record<string, RouteSpec>>;

/** A declared response, its schema as data. */
export interface RouteResponse {
  readonly status: number;
  readonly description: string;
  /** Media type of the body; absent where there is none. */
  readonly contentType?: string;
  /** Of a JSON body. */
  readonly body?: SchemaNode;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly ResponseCookie[];
  /** Of a redirect: origins besides this API. */
  readonly redirectTo?: readonly string[];
}

/** A checked route: every default filled in, every schema plain data. All projections read this. */
export interface Route {
  readonly id: string;
  readonly method: HttpMethod;
  /** Path template, such as `/documents/{id}`. */
  readonly path: string;
  readonly access: Access;
  /** Absent where callers are allowed to use the route for any owner's resource. */
  readonly ownership?: Ownership;
  /** Absent where no path parameter has to equal a claim. */
  readonly where?: Where;
  readonly summary: string;
  readonly description?: string;
  /** Closed object schemas; absent for a part that the route does not accept. */
  readonly request: {
    readonly path?: SchemaNode;
    readonly query?: SchemaNode;
    readonly headers?: SchemaNode;
    readonly cookies?: SchemaNode;
    readonly body?: SchemaNode;
    /** One row of an uploaded CSV file. */
    readonly rows?: SchemaNode;
  };
  /** Cookies that other routes of the API read or set, which browsers send to this one, too. Sorted. */
  readonly ignoredCookies: readonly string[];
  /** How the body is sent; absent where the route takes none. */
  readonly body?: BodyRules;
  /** Absent where the route does not know idempotency keys. */
  readonly idempotency?: IdempotencyRules;
  /** Files that the route accepts instead of a body. */
  readonly upload?: UploadRules;
  readonly responses: readonly RouteResponse[];
  readonly problems: readonly ProblemStatus[];
  /** Problems of the API itself that its handler throws. */
  readonly ownProblems: readonly OwnProblem[];
  readonly limits: Readonly<Record<string, RateLimit>>;
  readonly flood?: FloodLimit;
  readonly deprecated?: Deprecation;
  /** Name of the function that serves it: the first path segment, or the route's own name when isolated (with `-isolated` where a path begins with this name). */
  readonly group: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly concurrency?: number;
  /** Limits and policies of its requests. */
  readonly input: InputRules;
}

/** An exemption from a check, with its reason; the access matrix lists it. */
export interface Exemption {
  readonly location: string;
  readonly kind: 'public' | 'authenticated' | 'webhook' | 'unbounded' | 'raw-text';
  readonly reason: string;
}

/**
 * A checked API: the one source of every projection. `spec` carries the types (roles, tiers, routes as written);
 * projections read `routes`.
 */
export interface Api<
  R extends RolesInput = RolesInput,
  T extends TiersInput = TiersInput,
  Rt extends RoutesInput = RoutesInput,
  S extends ScopesInput = ScopesInput,
  C extends ClaimsInput = ClaimsInput,
  P extends OwnProblemsInput = OwnProblemsInput,
> {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly description?: string;
  readonly roles: Roles<R>;
  readonly tiers: { readonly [Name in keyof T]: Tier };
  /** Tier of a caller whose token names none. */
  readonly defaultTier: Extract<keyof T, string>;
  /** Limits of each public route; absent where only those of all routes count. */
  readonly anonymous?: AnonymousLimit;
  /** Role of every caller with a valid token, beside those that the token names. */
  readonly defaultRole?: Extract<keyof R, string>;
  readonly scopes: S;
  /** Schemas of claims as written. Projections read `claimRules`. */
  readonly claims: C;
  readonly claimRules: ClaimRules;
  readonly problems: P;
  /** Absent where the definition has none; then alarms have the default for the API as a whole. */
  readonly slo?: Slo;
  readonly routes: { readonly [Id in keyof Rt]: Route };
  readonly spec: Rt;
  readonly exemptions: readonly Exemption[];
  /** Faults that do not stop a synthesis, such as an overdue review. */
  readonly warnings: readonly Fault[];
}

/** Today's date is an input, so that a synthesis can be repeated and a review's end can be tested. */
export interface DefineOptions {
  /** Default: the current time. */
  readonly today?: Date;
}

/** What `defineApi` takes. */
export interface ApiInput<
  R extends RolesInput,
  T extends TiersInput,
  Rt extends RoutesInput,
  S extends ScopesInput = ScopesInput,
  C extends ClaimsInput = ClaimsInput,
  P extends OwnProblemsInput = OwnProblemsInput,
> {
  /** Lower case letters, digits and `-`, 1–40 characters; it names resources, metrics and the token audience. */
  readonly name: string;
  /** Semantic version of the contract. */
  readonly version: string;
  /** Default: the name. */
  readonly title?: string;
  readonly description?: string;
  readonly roles: Roles<R>;
  readonly tiers: T & { readonly [Name in keyof T]: NoOtherLimits<T[Name], TierInput> & LimitByClaim<keyof C> };
  /** Default: the first tier. */
  readonly defaultTier?: Extract<keyof T, string>;
  /**
   * Limits of public routes: `rate` and `burst` of each, over all callers, and what one address may send to them. Default:
   * the limits of all routes.
   */
  readonly anonymous?: AnonymousLimitInput;
  /** Limits and policies of the requests of every route, which may set its own. Default: those of {@link InputRules}. */
  readonly input?: Partial<InputRules>;
  /** Role of every caller with a valid token, beside those that the token names. Default: none. */
  readonly defaultRole?: Extract<keyof R, string>;
  /** OAuth scopes that routes may ask for, each with its description, at most 100. Default: none. */
  readonly scopes?: S;
  /**
   * Claims of tokens that handlers read, routes compare and limits count by, each with the schema of its value: a string that can
   * stand in a URL as it is, an integer or a boolean. A token without a claim is rejected, unless its schema is optional. At most
   * ten. Default: none.
   */
  readonly claims?: C;
  /** The API's own problems, which handlers throw, by code, each with status and title. Default: none. */
  readonly problems?: P & { readonly [Code in keyof P]: NoOtherNames<P[Code], OwnProblemInput> };
  /**
   * Objectives: `{ availability: 99.9, p99: 300 }`. Alarms fire when the API or a group of its routes misses them too fast. Default: 99.9
   * percent and 3,000 ms, for the API as a whole.
   */
  readonly slo?: SloInput;
  readonly routes: Rt & {
    readonly [Id in keyof Rt]: Checked<Rt[Id], NamesOf<R, T, S, C, P>> &
      RouteSpec<Knowing<PermissionOf<R>, keyof T, keyof S, keyof C, keyof P>>;
  };
  /** Warnings, such as an overdue review, become errors. Default: false. */
  readonly strict?: boolean;
}

/** The names that a definition declares. */
interface KnownNames {
  readonly permission: string;
  readonly scope: string;
  readonly tier: string;
  readonly claim: string;
  readonly problem: string;
}

interface NamesOf<R extends RolesInput, T extends TiersInput, S extends ScopesInput, C extends ClaimsInput, P> {
  readonly permission: PermissionOf<R>;
  readonly scope: Extract<keyof S, string>;
  readonly tier: Extract<keyof T, string>;
  readonly claim: `claims.${Extract<keyof C, string>}`;
  readonly problem: Extract<keyof P, string>;
}

/** Anything for a route whose names exist. For any other one the compiler prints what is wrong. */
type Checked<Spec, Known extends KnownNames> = Spec extends { readonly options: infer Options extends object }
  ? [RouteFault<Options, Known>] extends [never]
    ? unknown
    : RouteFault<Options, Known>
  : unknown;

/** The messages about names of a route that do not exist. */
type RouteFault<Options, Known extends KnownNames> =
  | UnknownName<'permission', ValueOf<Options, 'permission'>, Known['permission']>
  | UnknownName<'permission', ValueOf<Of<Options, 'ownership'>, 'unless'>, Known['permission']>
  | UnknownName<'scope', ItemOf<Options, 'scopes'>, Known['scope']>
  | UnknownName<'tier', keyof Of<Options, 'limits'>, Known['tier']>
  | UnknownName<'claim', MemberOf<Options, 'where'>, Known['claim']>
  | UnknownName<'problem', ItemOf<Options, 'problems'>, Known['problem']>;

type ValueOf<Written, Name extends string> = Written extends { readonly [Key in Name]: infer Value } ? Value : never;
type MemberOf<Written, Name extends string> = Written extends { readonly [Key in Name]: infer Members }
  ? Members[keyof Members]
  : never;
type ItemOf<Written, Name extends string> = ValueOf<Written, Name> extends readonly (infer Item)[] ? Item : never;

/** The options of a route whose permission, scopes, tiers and claims are among those that exist; an editor completes them. */
type Knowing<Permission extends string, TierName extends PropertyKey, Scope, Claim, Problem> = RouteInput & {
  readonly permission?: Permission;
  readonly scopes?: readonly Scope[];
  readonly ownership?: OwnershipInput<Permission>;
  readonly where?: WhereInput<Claim>;
  readonly problems?: readonly (ProblemStatus | Problem)[];
  readonly limits?: { readonly [Name in TierName]?: RateLimitInput & LimitByClaim<Claim> };
};
