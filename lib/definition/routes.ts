import type { Ownership, OwnershipInput } from './access.ts';
import type { WhereInput, WhereParameters } from './claims.ts';
import type { Deprecation } from './deprecation.ts';
import type { IdempotencyInput } from './idempotency.ts';
import type { InputRules } from './input.ts';
import type { BodyType, RawBodyType } from './requestBody.ts';
import type { ResponseCookieInput } from './responseCookie.ts';
import type { Inside, NoOtherNames, Of } from './roles.ts';
import type { JsonSchema } from './schema.ts';
import type { FloodLimit, NoOtherLimits, RateLimitInput } from './tiers.ts';
import type { UploadInput, UploadType } from './upload.ts';
import type { HmacWebhookOptions, WebhookInput } from './webhook.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One declared response of a route. */
export interface ResponseInput {
  readonly description: string;
  /** Schema of the JSON body; without it, and without another `contentType`, the response has no body. */
  readonly body?: JsonSchema;
  /**
   * Media type of the body, such as `text/csv`, without parameters. For text a handler returns a string, sent in UTF-8; for
   * binary types such as `application/pdf` the bytes. Types that end in `+json` need a schema in `body`.
   * Default: `application/json` with a schema, else no body.
   */
  readonly contentType?: string;
  /**
   * Headers that the response can have, each with its description. A handler returns a string for a header, or a list of
   * strings to send it once for each, such as two `Link`; an empty list or undefined sends none. Values are printable
   * ASCII.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Cookies that the response can set, by name. */
  readonly cookies?: Readonly<Record<string, ResponseCookieInput>>;
  /**
   * Of a redirect (301, 302, 303, 307, 308): origins that `Location` can lead to besides paths of this API, such as
   * `https://pay.example.com`. Default: none.
   */
  readonly redirectTo?: readonly string[];
}

/** Problems that a handler can throw; those of the gateway and the checks are always documented. */
export type ProblemStatus = (typeof PROBLEM_STATUSES)[number];

export const PROBLEM_STATUSES = [404, 409, 410, 412, 422, 423, 424, 428, 503] as const;

/**
 * The options of a route. Exactly one of `permission` (or `scopes`, or both), `public`, `authenticated` and `webhook` is needed.
 * `path`, `query`, `headers` and `cookies` are closed object schemas with scalar properties (arrays of scalars in `query`); header
 * names are in lower case. Limits and the Unicode policy of its requests ({@link InputRules}) stand beside the rest.
 */
export interface RouteInput extends Partial<InputRules> {
  /** Callers need this permission from any of their roles. */
  readonly permission?: string;
  /** Tokens need all of these OAuth scopes; with a permission, both are needed. */
  readonly scopes?: readonly string[];
  /**
   * Callers are allowed to use the route only for their own resources: the field that holds the owner's `caller.id`, such as
   * `createdBy`, or the field and a permission that exempts callers. The handler calls `caller.owns(resource)`.
   * Default: no rule.
   */
  readonly ownership?: OwnershipInput;
  /**
   * Path parameters that have to equal claims of the caller, such as `{ 'path.tenantId': 'claims.tenant' }`. Values are compared
   * exactly, as the client spells them in the path. Default: no rule.
   */
  readonly where?: WhereInput;
  /** No token is needed; the string is the reason. */
  readonly public?: string;
  /** Any valid token is enough, whatever the roles; the string is the reason. */
  readonly authenticated?: string;
  /** No token is needed, but a valid signature of this sender; of `POST` routes only. */
  readonly webhook?: WebhookInput;
  readonly summary?: string;
  readonly description?: string;
  readonly path?: JsonSchema;
  readonly query?: JsonSchema;
  readonly headers?: JsonSchema;
  /** Cookies of the request; one that carries any other cookie is rejected. */
  readonly cookies?: JsonSchema;
  /** Schema of the body; without it a body is rejected. */
  readonly body?: JsonSchema;
  /**
   * Media types that the body can have: JSON, types of JSON such as `application/merge-patch+json`, and
   * `application/x-www-form-urlencoded`, all validated by the one schema; of `rawBody` without a schema any type. Any other type
   * is rejected with 415. Default: `application/json`; of `rawBody` without a schema none.
   */
  readonly bodyType?: BodyType | RawBodyType | readonly (BodyType | RawBodyType)[];
  /** Whether a request needs a body. Without one the handler's `body` and `rawBody` are undefined. Default: true. */
  readonly bodyRequired?: boolean;
  /**
   * The handler gets the bytes of the body as `rawBody`, beside `body` where the route has a schema, else alone: then `bodyType`
   * lists the media types that are accepted. At most `maxBodyBytes`. Default: it gets no bytes.
   */
  readonly rawBody?: true;
  /**
   * A request with an `Idempotency-Key` has its effect once: the response to the first is returned again to those that repeat it.
   * For `POST`, `PUT`, `PATCH` and `DELETE` with a verified caller. Default: keys are not known.
   */
  readonly idempotency?: true | IdempotencyInput;
  /** Files as `multipart/form-data`, instead of a JSON body. */
  readonly upload?: UploadInput;
  /** Declared responses by status, 200–299, a redirect (301, 302, 303, 307, 308) or 304 (at least one). */
  readonly responses: Readonly<Record<number, ResponseInput>>;
  /** What handlers throw: statuses, and codes that the API declares in `problems`. */
  readonly problems?: readonly (ProblemStatus | (string & {}))[];
  /** Since when the route is deprecated, and until when it responds. Default: it is not. */
  readonly deprecated?: Deprecation;
  /** Limits of this route by tier; each replaces the rate of its tier. */
  readonly limits?: Readonly<Record<string, RateLimitInput>>;
  /**
   * For routes that attackers try to guess, such as a login: requests of one address to this route alone. At most five routes. Default: the limits by address of all routes.
   */
  readonly flood?: FloodLimit;
  /**
   * The route gets its own function instead of the group's. The function has the name of the route, or the name with `-isolated`
   * where a shared function has it already. Default: false; true for a webhook, whose function reads a secret.
   */
  readonly isolate?: boolean;
  /** Seconds, a whole number from 1 to 29 (the integration limit of API Gateway). Default: 10. A group takes its largest. */
  readonly timeoutSeconds?: number;
  /** MB, 128–10,240. Default: 256. A group takes its largest. */
  readonly memoryMb?: number;
  /**
   * Reserved concurrency of the route's function, 1–1,000: both its guaranteed capacity and its maximum. A group takes its
   * largest; with `isolate` it is the route's own. Default: what the account has free.
   */
  readonly concurrency?: number;
}

/** A route before it has a name: what `get`, `post`, … return. */
export interface RouteSpec<
  O extends RouteInput = RouteInput,
  M extends HttpMethod = HttpMethod,
  P extends string = string,
> {
  readonly method: M;
  readonly path: P;
  readonly options: O;
}

/** Makes a misspelt option, also one inside another, or a media type that cannot be inspected, an error although `O` is inferred. */
type NoOther<O> = NoOtherNames<O, RouteInput> &
  Inside<
    O,
    'responses',
    { readonly [Status in keyof Of<O, 'responses'>]: NoOtherNames<Of<O, 'responses'>[Status], ResponseInput> }
  > &
  Inside<
    O,
    'limits',
    { readonly [Tier in keyof Of<O, 'limits'>]: NoOtherLimits<Of<O, 'limits'>[Tier], RateLimitInput> }
  > &
  (O extends { readonly rawBody: true; readonly body?: undefined }
    ? unknown
    : { readonly bodyType?: BodyType | readonly BodyType[] }) &
  Inside<O, 'ownership', NoOtherNames<Of<O, 'ownership'>, Ownership>> &
  Inside<O, 'idempotency', NoOtherNames<Of<O, 'idempotency'>, IdempotencyInput>> &
  Inside<O, 'deprecated', NoOtherNames<Of<O, 'deprecated'>, Deprecation>> &
  Inside<O, 'flood', NoOtherNames<Of<O, 'flood'>, FloodLimit>> &
  Inside<O, 'webhook', NoOtherNames<Of<O, 'webhook'>, HmacWebhookOptions & { readonly scheme: string }>> &
  Inside<
    O,
    'upload',
    NoOtherNames<Of<O, 'upload'>, UploadInput> &
      Inside<
        Of<O, 'upload'>,
        'types',
        NoOtherNames<Of<Of<O, 'upload'>, 'types'>, Record<TypeOf<Of<O, 'upload'>>, unknown>>
      >
  >;

/** The media types that an upload can have: one only where rows have a schema. */
type TypeOf<U> = U extends { readonly rows: object } ? 'text/csv' : UploadType;

type RouteMaker<M extends HttpMethod> = <const P extends `/${string}`, const O extends RouteInput>(
  path: P,
  options: O & NoOther<O> & Inside<O, 'where', NoOtherNames<Of<O, 'where'>, WhereParameters<P>>>,
) => RouteSpec<O, M, P>;

function maker<M extends HttpMethod>(method: M): RouteMaker<M> {
  return (path, options) => ({ method, path, options });
}

/**
 * Defines a `GET` route.
 *
 * @example
 * ```ts
 * const listNotes = get('/notes', { permission: 'note:read', responses: { 204: { description: 'No notes' } } });
 * ```
 */
export const get: RouteMaker<'GET'> = maker('GET');
/**
 * Defines a `POST` route.
 *
 * @example
 * ```ts
 * const ping = post('/pings', { public: 'needs no account', responses: { 204: { description: 'Received' } } });
 * ```
 */
export const post: RouteMaker<'POST'> = maker('POST');
/**
 * Defines a `PUT` route.
 *
 * @example
 * ```ts
 * const publish = put('/notes', { permission: 'note:write', responses: { 204: { description: 'Published' } } });
 * ```
 */
export const put: RouteMaker<'PUT'> = maker('PUT');
/**
 * Defines a `PATCH` route.
 *
 * @example
 * ```ts
 * const touch = patch('/notes', { permission: 'note:write', responses: { 204: { description: 'Touched' } } });
 * ```
 */
export const patch: RouteMaker<'PATCH'> = maker('PATCH');
/**
 * Defines a `DELETE` route (`delete` is a reserved word).
 *
 * @example
 * ```ts
 * const clear = del('/notes', { permission: 'note:delete', responses: { 204: { description: 'Deleted' } } });
 * ```
 */
export const del: RouteMaker<'DELETE'> = maker('DELETE');
