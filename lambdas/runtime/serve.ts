import type { AccessPolicy } from '../../lib/definition/projected.ts';
import type { LambdaHandler } from './event.ts';
import type { Limiter } from './limit/limiter.ts';
import { buildStack, type ServedRoute } from './pipeline.ts';
import { HttpProblem } from './problem.ts';
import { problemAnswer } from './response.ts';
import { makeTelemetry } from './telemetry.ts';

/** What the generated entry of a function gives. */
export interface ServeOptions {
  /** Name of the API. */
  readonly api: string;
  readonly roles: AccessPolicy['roles'];
  readonly exclusive: AccessPolicy['exclusive'];
  readonly routes: readonly ServedRoute[];
  /** Makes what keeps exact limits; only functions with such a route have it in their bundle. */
  readonly limiter?: (environment: NodeJS.ProcessEnv) => Limiter;
}

/**
 * Makes the Lambda function that serves a group of routes. Each route has one stack, built once; a request goes to the stack
 * of its method and path template, and to no other.
 *
 * @throws {Error} when a handler stands under another route's name.
 */
export function serve({ api, roles, exclusive, routes, limiter: makeLimiter }: ServeOptions): LambdaHandler {
  const telemetry = makeTelemetry(routes.flatMap(({ contract }) => contract.sensitive));
  const limiter = makeLimiter?.(process.env);
  const stacks = new Map(
    routes.map((route) => {
      const { contract, handler } = route;
      if ((contract.upload === undefined) !== (route.readUpload === undefined)) {
        throw new Error(`the function of ${contract.id} must have a reader of files exactly if the route takes files`);
      }
      if (handler.route !== contract.id) throw new Error(`the handler of ${contract.id} is made for ${handler.route}`);
      return [
        `${contract.method} ${contract.path}`,
        buildStack(route, { api, policy: { roles, exclusive }, telemetry, limiter }),
      ] as const;
    }),
  );
  return async (event, context) => {
    const stack = stacks.get(`${event.httpMethod} ${event.resource}`);
    if (stack !== undefined) return stack(event, context);
    telemetry.log.error('no such route in this function', { method: event.httpMethod, resource: event.resource });
    return problemAnswer(new HttpProblem('not-found'), event.requestContext.requestId ?? '');
  };
}
