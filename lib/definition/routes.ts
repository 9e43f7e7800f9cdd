import type { OwnershipInput } from './access.ts';
import type { InputRules } from './input.ts';
import type { JsonSchema } from './schema.ts';
import type { FloodLimit, RateLimitInput } from './tiers.ts';
import type { UploadInput, UploadType } from './upload.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One declared answer of a route. */
export interface ResponseInput {
  readonly description: string;
  /** Schema of the JSON body; without it the answer has no body. */
  readonly body?: JsonSchema;
  /** Header names that the answer may carry, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The problems a handler may answer with by throwing; those of the gateway and the checks are always documented. */
export type ProblemStatus = 404 | 409 | 410 | 412 | 422 | 423 | 424 | 428 | 503;

/**
 * What a route says. Exactly one of `permission` (or `scopes`, or both), `public` and `authenticated` is needed. `path`,
 * `query`, `headers` and `cookies` are closed object schemas with scalar properties (arrays of scalars in `query`); header
 * names are in lower case. Limits and the Unicode policy of its requests ({@link InputRules}) stand beside the rest.
 */
export interface RouteInput extends Partial<InputRules> {
  /** Callers need this permission, by any of their roles. */
  readonly permission?: string;
  /** Tokens need all of these OAuth scopes; beside a permission both are needed. */
  readonly scopes?: readonly string[];
  /**
   * Callers may use the route only for what is their own: the field that holds its maker's `caller.id`, such as
   * `createdBy`, or the field and the permission by which others may. The handler asks `caller.owns(resource)`.
   * Default: no rule.
   */
  readonly ownership?: OwnershipInput;
  /** No token is needed; the text says why. */
  readonly public?: string;
  /** Any caller with a valid token, whatever the roles; the text says why. */
  readonly authenticated?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly path?: JsonSchema;
  readonly query?: JsonSchema;
  readonly headers?: JsonSchema;
  /** Without it, every request that carries a cookie is refused; with it, one that carries another cookie is. */
  readonly cookies?: JsonSchema;
  /** Schema of the JSON body; without it a body is refused. */
  readonly body?: JsonSchema;
  /** Files as `multipart/form-data`, instead of a JSON body. */
  readonly upload?: UploadInput;
  /** Declared answers by status, 200–299 (at least one). */
  readonly responses: Readonly<Record<number, ResponseInput>>;
  readonly problems?: readonly ProblemStatus[];
  /** Limits of this route by tier, beside those of the tier itself. */
  readonly limits?: Readonly<Record<string, RateLimitInput>>;
  /**
   * For routes that are guessed at, such as a login: requests of one address to this route alone, whoever sends them. At
   * most five routes. Default: the limits by address of all routes.
   */
  readonly flood?: FloodLimit;
  /** A function of its own instead of the group's. Default: false. */
  readonly isolate?: boolean;
  /** Seconds, a whole number from 1 to 29 (the integration limit of API Gateway). Default: 10. A group takes its largest. */
  readonly timeoutSeconds?: number;
  /** MB, 128–10,240. Default: 256. A group takes its largest. */
  readonly memoryMb?: number;
  /**
   * Requests that the function of the route works on at once, 1–1,000: kept free for it, and no more, so that it neither
   * starves nor is starved. A group takes its largest; with `isolate` it is the route's own. Default: what the account has
   * free.
   */
  readonly concurrency?: number;
}

/** A route before it has a name: what `get`, `post`, … give. */
export interface RouteSpec<
  O extends RouteInput = RouteInput,
  M extends HttpMethod = HttpMethod,
  P extends string = string,
> {
  readonly method: M;
  readonly path: P;
  readonly options: O;
}

/** Makes a misspelt option, or a media type that nobody judges, an error although `O` is inferred. */
type NoOther<O> = { readonly [Key in Exclude<keyof O, keyof RouteInput>]: never } & (O extends {
  readonly upload: infer U extends UploadInput;
}
  ? {
      readonly upload: { readonly [Key in Exclude<keyof U, keyof UploadInput>]: never } & {
        readonly types: { readonly [Key in Exclude<keyof U['types'], UploadType>]: never };
      };
    }
  : unknown);

type RouteMaker<M extends HttpMethod> = <const P extends `/${string}`, const O extends RouteInput>(
  path: P,
  options: O & NoOther<O>,
) => RouteSpec<O, M, P>;

function maker<M extends HttpMethod>(method: M): RouteMaker<M> {
  return (path, options) => ({ method, path, options });
}

/**
 * Defines a `GET` route.
 *
 * @example
 * ```ts
 * get('/documents', { permission: 'document:read', responses: { 200: { description: 'A page', body: Page } } });
 * ```
 */
export const get: RouteMaker<'GET'> = maker('GET');
/** Defines a `POST` route. */
export const post: RouteMaker<'POST'> = maker('POST');
/** Defines a `PUT` route. */
export const put: RouteMaker<'PUT'> = maker('PUT');
/** Defines a `PATCH` route. */
export const patch: RouteMaker<'PATCH'> = maker('PATCH');
/** Defines a `DELETE` route (`delete` is a reserved word). */
export const del: RouteMaker<'DELETE'> = maker('DELETE');
