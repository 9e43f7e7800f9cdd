import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { RoutesInput } from '../../lib/definition/api.ts';
import type { IdempotencyOf, OptionsOf, RequestOf, ResponseOf, RouteIdOf } from '../../lib/definition/handlers.ts';
import type { RawBodyOf } from '../../lib/definition/requestBody.ts';
import type { NameOf } from '../../lib/definition/suggestion.ts';
import type { CallerLimit } from './limit/callerLimits.ts';
import type { ProblemMaker } from './ownProblem.ts';

/** What a handler gets besides its request. */
export interface HandlerTools {
  /**
   * Every entry carries request id, route and subject; tokens, passwords and card numbers are hidden. What is set here, such as
   * keys and level, ends with the request. A call that fails is logged, and changes no response.
   *
   * Use it instead of `console.log`, whose output reaches the log of the function as it is, secrets included.
   */
  readonly log: Logger;
  /**
   * Namespace `SecureApi/Handlers`, dimensions `{ api, route }` and those that the handler adds. They are written after the
   * response, without secrets. A call that fails, for example with an unknown unit, is logged and changes no response.
   */
  readonly metrics: Metrics;
  /** The limits of the caller on this route; for exact ones with what remains. */
  readonly limits: readonly CallerLimit[];
  /**
   * Aborted 250 ms before Lambda ends the function (`timeoutSeconds` of the route). Pass it to `fetch` and to clients of the AWS
   * SDK (`abortSignal`): work that goes on after the response is continued by Lambda with a later event.
   */
  readonly signal: AbortSignal;
}

/** A handler with the name of its route, as `serve` takes it. */
export interface RouteHandler {
  readonly route: string;
  readonly fn: (request: never) => unknown;
}

/** The functions that can serve the routes of an API, by route. */
export type HandlersOf<A extends { readonly spec: RoutesInput }> = {
  readonly [Id in RouteIdOf<A>]: (
    request: RequestOf<A, Id> &
      IdempotencyOf<OptionsOf<A, Id>> &
      RawBodyOf<OptionsOf<A, Id>> &
      HandlerTools & { readonly problem: ProblemMaker<OptionsOf<A, Id>> },
  ) => ResponseOf<A, Id> | Promise<ResponseOf<A, Id>>;
};

/** A handler whose request and response are typed by its route. */
export interface SecureHandler<A extends { readonly spec: RoutesInput }, Id extends RouteIdOf<A>> {
  readonly route: Id;
  readonly fn: HandlersOf<A>[Id];
}

/**
 * Returns `secure` for the routes of an API, of which only the type is needed. `secure(route, fn)` names a handler and
 * types its request and response; the generated function adds the checks around it. A handler throws `problem(404)` to
 * reject.
 *
 * @example
 * ```ts
 * import type { notes } from './notes.ts';
 *
 * const secure = handlersOf<typeof notes>();
 * export const handler = secure('getNote', async ({ path, log }) => {
 *   log.info('reading');
 *   return { status: 200, body: { id: path.id, text: 'Hello' } };
 * });
 * ```
 */
export function handlersOf<A extends { readonly spec: RoutesInput }>() {
  return <const Id extends RouteIdOf<A> | (string & {})>(
    route: NameOf<'route', Id, RouteIdOf<A>>,
    fn: HandlerOf<A, Id>,
  ): SecureHandler<A, Extract<Id, RouteIdOf<A>>> => {
    const handler: { readonly route: string; readonly fn: unknown } = { route, fn };
    return handler as SecureHandler<A, Extract<Id, RouteIdOf<A>>>;
  };
}

/** The handler of a route; of a name that is no route nothing, so that the compiler reports the name alone. */
type HandlerOf<A extends { readonly spec: RoutesInput }, Id> = Id extends RouteIdOf<A> ? HandlersOf<A>[Id] : unknown;
