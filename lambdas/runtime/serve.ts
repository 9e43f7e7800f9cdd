import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { metricsName } from '../shared/metricsName.ts';
import { monotonicMs } from '../shared/monotonicMs.ts';
import { loggedUserAgent } from '../shared/redact.ts';
import { routeMethod } from '../shared/servedMethods.ts';
import { currentTrace } from '../shared/trace/measure.ts';
import { traceKeys } from '../shared/trace/requestTrace.ts';
import type { MakeTracer } from '../shared/trace/tracer.ts';
import { callerReader } from './caller.ts';
import type { AddCors } from './cors.ts';
import type { LambdaHandler } from './event.ts';
import type { RunOnce } from './idempotency/runOnce.ts';
import type { Limiter } from './limit/limiter.ts';
import { serveRoute } from './pipeline.ts';
import { HttpProblem } from './problem.ts';
import { problemResponse } from './problemResponse.ts';
import type { RouteHandler } from './secure.ts';
import type { PipelineOptions, ServedRoute } from './servedRoute.ts';
import { closeRequest, makeTelemetry } from './telemetry.ts';
import { tracedHandler } from './tracedHandler.ts';
import type { WebhookReceiver } from './webhook/steps.ts';

/** What the generated entry of a function passes. */
export interface ServeOptions {
  /** Name of the API. */
  readonly api: string;
  /** Name of the group of routes. Default: requests are not counted by group. */
  readonly group?: string;
  readonly roles: AccessPolicy['roles'];
  readonly exclusive: AccessPolicy['exclusive'];
  /** Default: the API declares no claims. */
  readonly claims?: AccessPolicy['claims'];
  readonly routes: readonly ServedRoute[];
  /** The base URL of problem types. Default: that of this project. */
  readonly problemTypeBase?: string;
  /** Makes the limiter of exact limits; only functions with such a route have it in their bundle. */
  readonly limiter?: (environment: NodeJS.ProcessEnv) => Limiter;
  /** Reads the policy for pages of other origins; only functions of APIs with the prop `cors` have it in their bundle. */
  readonly cors?: (environment: NodeJS.ProcessEnv) => AddCors;
  /** Makes what runs a repeated request once; only functions with such a route have it in their bundle. */
  readonly runOnce?: (environment: NodeJS.ProcessEnv) => RunOnce;
  /** Makes what verifies the messages of webhooks; only functions with such a route have it in their bundle. */
  readonly webhooks?: (environment: NodeJS.ProcessEnv) => WebhookReceiver;
  /** Makes what takes the spans of requests; only functions of APIs with the prop `tracing` have it in their bundle. */
  readonly tracer?: MakeTracer;
}

/**
 * Makes the Lambda function that serves a group of routes. Each route has its own pipeline; a request goes only to that of its method and path
 * template. A handler that is made for another route, or not by `secure`, is logged when the function starts, and not called: its route
 * responds with 500, and the others work.
 */
export function serve(options: ServeOptions): LambdaHandler {
  const { roles, exclusive, claims, routes, problemTypeBase, limiter: makeLimiter } = options;
  const api = metricsName(options.api);
  const telemetry = makeTelemetry(
    api,
    routes.flatMap(({ contract }) => contract.sensitive),
  );
  const limiter = makeLimiter?.(process.env);
  const runOnce = options.runOnce?.(process.env);
  const webhooks = options.webhooks?.(process.env);
  const readCaller = callerReader({ roles, exclusive, claims });
  const ofRoutes: PipelineOptions = {
    api,
    group: options.group,
    policy: { claims },
    readCaller,
    telemetry,
    problemTypeBase,
    limiter,
    runOnce,
    webhooks,
  };
  const responders = new Map(
    routes.map((route) => {
      const { contract, handler } = route;
      if ((contract.upload === undefined) !== (route.readUpload === undefined)) {
        throw new Error(`the function of ${contract.id} must have a reader of files exactly if the route takes files`);
      }
      if (contract.idempotency !== undefined && runOnce === undefined) {
        throw new Error(`the function of ${contract.id} must have the store of idempotency keys`);
      }
      if (contract.access.kind === 'webhook' && (contract.webhook === undefined || webhooks === undefined)) {
        throw new Error(`the function of ${contract.id} must verify the messages of its webhook`);
      }
      const fault = handlerFault(contract.id, handler);
      if (fault !== undefined) telemetry.log.error(fault);
      const served = fault === undefined ? route : { ...route, handler: failing(contract.id, fault) };
      return [`${contract.method} ${contract.path}`, serveRoute(served, ofRoutes)] as const;
    }),
  );
  const addCors = options.cors?.(process.env);
  const respond: LambdaHandler = (event, context) => {
    const respondAsRoute = responders.get(`${routeMethod(event.httpMethod)} ${event.resource}`) ?? respondToUnknown;
    return respondAsRoute(event, context);
  };
  const respondToUnknown: LambdaHandler = async (event, context) => {
    const startedMs = monotonicMs();
    const trace = currentTrace();
    telemetry.log.error('no such route in this function', { method: event.httpMethod, resource: event.resource });
    const requestId = event.requestContext.requestId ?? '';
    const userAgent = loggedUserAgent(event.headers);
    const response = problemResponse(new HttpProblem('not-found'), requestId, problemTypeBase);
    const latencyMs = Math.round(monotonicMs() - startedMs);
    const entry = { ...UNKNOWN_ROUTE, ...(trace && traceKeys(trace)), requestId, latencyMs, userAgent };
    const { functionName } = context;
    closeRequest(telemetry, entry, { api, group: options.group, differs: false, functionName });
    return response;
  };
  const traced = tracedHandler(respond, options.tracer?.(process.env));
  return addCors === undefined ? traced : async (event, context) => addCors(event, await traced(event, context));
}

/** The end of a request that API Gateway sent to a function without its route: the deployment is not complete. */
const UNKNOWN_ROUTE = { route: 'unknown', status: 404, code: 'not-found' };

function handlerFault(route: string, handler: RouteHandler | undefined): string | undefined {
  if (typeof handler?.fn !== 'function') {
    return `the handler of ${route} is not made by secure: write export const handler = secure('${route}', …)`;
  }
  return handler.route === route ? undefined : `the handler of ${route} is made for ${handler.route}`;
}

function failing(route: string, fault: string): RouteHandler {
  return {
    route,
    fn: () => {
      throw new Error(fault);
    },
  };
}
