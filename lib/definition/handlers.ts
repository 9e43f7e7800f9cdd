import type { Api, RoutesInput } from './api.ts';
import type { ClaimsOf, ClaimValue } from './claims.ts';
import type { DeclaredBody } from './contentType.ts';
import type { RequiredHeaders } from './redirect.ts';
import type { CookieValue } from './responseCookie.ts';
import type { PermissionOf, RolesInput } from './roles.ts';
import type { ResponseInput, RouteInput } from './routes.ts';
import type { InferRequest } from './schema.ts';
import type { TiersInput } from './tiers.ts';
import type { FileRows, UploadedFile, UploadInput } from './upload.ts';
import type { WebhookMessage } from './webhook.ts';

/** The caller: verified by the authorizer, checked again by the runtime. */
export interface Caller<
  Role extends string = string,
  Permission extends string = string,
  TierName extends string = string,
  Scope extends string = string,
  Claims = Readonly<Record<string, ClaimValue | undefined>>,
> {
  /**
   * Issuer and subject as one string, unique to the caller: a subject is unique only within its issuer (OpenID Connect Core,
   * section 2). Resources store it as their owner.
   */
  readonly id: string;
  /** The `sub` of the token. */
  readonly subject: string;
  /** The `iss` of the token. */
  readonly issuer: string;
  /** The OAuth client that holds the token. */
  readonly client: string;
  readonly roles: readonly Role[];
  /** Sorted. */
  readonly permissions: readonly Permission[];
  /** Scopes of the token that the API declares. */
  readonly scopes: readonly Scope[];
  readonly tier: TierName;
  /** The claims of the token that the API declares, each as its schema says. */
  readonly claims: Claims;
  /**
   * When access ends; from then on, requests of this caller are rejected. It is the end of the token plus the clock tolerance of its issuer, or the end of
   * a temporary role if that is earlier.
   */
  readonly expires: Date;
  can(permission: Permission): boolean;
  hasScope(scope: Scope): boolean;
}

/** What the caller of a route with an ownership rule has in addition. */
export interface Owner<Field extends string = string> {
  /**
   * Whether the caller may use the route for this resource: it is the caller's own, or the caller has the permission of
   * the rule's exception. A handler that returns without calling it fails with 500.
   */
  owns(resource: { readonly [Name in Field]: string | undefined }): boolean;
  /** The same check; throws 403 where the result is false. */
  assertOwner(resource: { readonly [Name in Field]: string | undefined }): void;
}

type Part<O, Key extends 'path' | 'query' | 'headers' | 'cookies' | 'body'> = O extends {
  readonly [K in Key]: infer S extends object;
}
  ? InferRequest<S>
  : undefined;

/** What an optional body can be besides its schema. */
type MissingBody<O> = O extends { readonly bodyRequired: infer Required }
  ? Required extends true
    ? never
    : undefined
  : never;

/** What the handler of a route with `idempotency` receives in addition. */
export type IdempotencyOf<O> = O extends { readonly idempotency: infer Rule extends true | object }
  ? {
      /**
       * Identifies the operation: a digest of API, route, caller and the `Idempotency-Key` of the request, so that the same key
       * of another caller is another one. Use it in conditional writes, and as the key of calls to other services: a function that
       * was killed half-way runs again with the same value. On routes that do not require a key it can be undefined.
       */
      readonly idempotencyKey: Rule extends { readonly required: true } ? string : string | undefined;
    }
  : unknown;

/** The files of an upload: one where it takes one, else one or more. */
type FilesOf<O> = O extends { readonly upload: infer U extends UploadInput }
  ? FileList<U extends { readonly maxFiles: infer Max } ? Max : 1, FileOf<U>>
  : undefined;
type FileOf<U extends UploadInput> = UploadedFile<Extract<keyof U['types'], string>> &
  (U extends { readonly rows: infer S extends object } ? FileRows<InferRequest<S>> : unknown);
type FileList<Max, File> = [Max] extends [1] ? readonly [File] : readonly [File, ...File[]];

type RolesOf<A> = A extends Api<infer R, TiersInput, RoutesInput> ? R : RolesInput;
type TiersOf<A> = A extends Api<RolesInput, infer T, RoutesInput> ? T : TiersInput;
type ScopeOf<A> = A extends { readonly scopes: infer S } ? Extract<keyof S, string> : string;

type DeclaredClaimsOf<A> = A extends { readonly claims: infer C } ? ClaimsOf<C> : Record<never, never>;

type MessageOf<O> = O extends { readonly webhook: { readonly secret: infer Secret extends string } }
  ? WebhookMessage<Secret>
  : undefined;

/** The names of the webhooks of `A`, which the stack binds to secrets. */
export type WebhookNameOf<A> = A extends { readonly spec: infer Rt }
  ? string extends keyof Rt
    ? string
    : { [Id in keyof Rt]: SecretOf<Rt[Id]> }[keyof Rt]
  : string;
type SecretOf<Spec> = Spec extends {
  readonly options: { readonly webhook: { readonly secret: infer Secret extends string } };
}
  ? Secret
  : never;

/** The caller of a route of `A`; absent on public routes and those of webhooks. */
export type CallerOf<A> = Caller<
  Extract<keyof RolesOf<A>, string>,
  PermissionOf<RolesOf<A>>,
  Extract<keyof TiersOf<A>, string>,
  ScopeOf<A>,
  DeclaredClaimsOf<A>
>;

/** The part of the caller that a route's ownership rule adds. */
type OwnerOf<O> = O extends { readonly ownership: infer Rule }
  ? Rule extends string
    ? Owner<Rule>
    : Rule extends { readonly field: infer Field extends string }
      ? Owner<Field>
      : unknown
  : unknown;

/** Names of the routes of `A`. */
export type RouteIdOf<A extends { readonly spec: RoutesInput }> = Extract<keyof A['spec'], string>;

/** The options of a route, as written. */
export type OptionsOf<A extends { readonly spec: RoutesInput }, Id extends RouteIdOf<A>> = A['spec'][Id]['options'];

/** What the handler of a route receives, every part typed by its schema. */
export interface RequestOf<A extends { readonly spec: RoutesInput }, Id extends RouteIdOf<A>> {
  readonly path: Part<OptionsOf<A, Id>, 'path'>;
  readonly query: Part<OptionsOf<A, Id>, 'query'>;
  readonly headers: Part<OptionsOf<A, Id>, 'headers'>;
  readonly cookies: Part<OptionsOf<A, Id>, 'cookies'>;
  readonly body: Part<OptionsOf<A, Id>, 'body'> | MissingBody<OptionsOf<A, Id>>;
  readonly files: FilesOf<OptionsOf<A, Id>>;
  readonly caller: OptionsOf<A, Id> extends { readonly public: string } | { readonly webhook: object }
    ? undefined
    : CallerOf<A> & OwnerOf<OptionsOf<A, Id>>;
  /** The message of a webhook, whose signature is verified; undefined on other routes. */
  readonly webhook: MessageOf<OptionsOf<A, Id>>;
  /** The gateway's request id; the `instance` of every problem. */
  readonly requestId: string;
}

/** A list sends its header once for each value, such as two cookies. */
type HeadersOf<Rs> = Rs extends { readonly headers: infer H }
  ? { readonly [Name in keyof H]?: string | readonly string[] }
  : Record<never, never>;

type DeclaredResponse<Status extends PropertyKey, Response> = Response extends ResponseInput
  ? { readonly status: Status } & HeadersMember<Response, RequiredHeaders<Status>> &
      CookiesMember<Response> &
      BodyMember<DeclaredBody<Response>>
  : never;

type HeadersMember<Response, Required> = unknown extends Required
  ? { readonly headers?: HeadersOf<Response> }
  : { readonly headers: Omit<HeadersOf<Response>, keyof Required> & Required };

type CookiesMember<Response> = Response extends { readonly cookies: infer C }
  ? { readonly cookies?: { readonly [Name in keyof C]?: CookieValue } }
  : unknown;

type BodyMember<Body> = [Body] extends [undefined] ? { readonly body?: undefined } : { readonly body: Body };

/** What the handler of a route can return: one of its declared responses. */
export type ResponseOf<A extends { readonly spec: RoutesInput }, Id extends RouteIdOf<A>> =
  OptionsOf<A, Id> extends infer O extends RouteInput
    ? {
        readonly [Status in keyof O['responses']]: DeclaredResponse<Status, O['responses'][Status]>;
      }[keyof O['responses']]
    : never;
