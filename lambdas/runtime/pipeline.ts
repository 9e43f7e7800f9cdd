import middy from '@middy/core';
import { responseMode } from './checkResponse.ts';
import type { LambdaContext, ProxyEvent, ProxyResult } from './event.ts';
import { callerLimits } from './limit/callerLimits.ts';
import type { KnownLimits } from './limit/rateLimitHeaders.ts';
import { routeLimiter } from './limit/routeLimiter.ts';
import {
  advertiseLimits,
  type Call,
  type CallContext,
  countRequest,
  observe,
  readFiles,
  readRequest,
  rejectFaults,
  respondToErrors,
  validateInput,
} from './middleware.ts';
import { withOwner } from './ownership.ts';
import { HttpProblem } from './problem.ts';
import { responseOf } from './response.ts';
import type { PipelineOptions, ServedRoute } from './servedRoute.ts';

/** Time to respond `timeout` before Lambda ends the function. */
const TIMEOUT_MARGIN_MS = 250;
const NO_LIMITS: KnownLimits = { policies: [] };

/**
 * Builds the Middy pipeline of a route: telemetry, method override, sizes, permission and expiry, accepted media types,
 * body, parameters, validator, files, handler, response. Everything that is thrown becomes a problem document.
 */
export function buildPipeline(
  route: ServedRoute,
  options: PipelineOptions,
): (event: ProxyEvent, context: LambdaContext) => Promise<ProxyResult> {
  const { telemetry } = options;
  const limiter = routeLimiter(options.api, route.limits, options.limiter);
  const pipeline = middy<unknown, unknown, Error, CallContext>({
    timeoutEarlyInMillis: TIMEOUT_MARGIN_MS,
    timeoutEarlyResponse: () => {
      throw new HttpProblem('timeout');
    },
  })
    .use(observe(route, options))
    .use(advertiseLimits(limiter, route.contract))
    .use(respondToErrors(options))
    .use(readRequest(route, options))
    .use(validateInput(route.validate))
    .use(rejectFaults())
    .use(readFiles(route))
    .use(countRequest(limiter))
    .handler((request, context) => respond(route, request as object, (context as CallContext).call));
  const mode = responseMode();
  const respond = async (served: ServedRoute, request: object, call: Call) => {
    const { fn } = served.handler as unknown as { readonly fn: (request: unknown) => unknown };
    const { files, caller, requestId, limits = NO_LIMITS } = call;
    const tools = { files, requestId, limits: callerLimits(limits), ...telemetry };
    const returned = await withOwner(served.contract, caller, (seen) => fn({ ...request, caller: seen, ...tools }));
    const differs = (locations: readonly string[]) => {
      call.differs = true;
      telemetry.log.error('the response is not as declared', { locations });
    };
    return responseOf(returned, { contract: served.contract, validate: served.validateResponse, mode, differs });
  };

  return async (event, context) => {
    const requestId = event.requestContext.requestId ?? context.awsRequestId ?? '';
    const call: Call = {
      event,
      requestId,
      startedMs: performance.now(),
      address: event.requestContext.identity?.sourceIp ?? '',
      limits: undefined,
      caller: undefined,
      files: undefined,
      code: undefined,
      faults: [],
      differs: false,
    };
    return (await pipeline(event, { ...context, call } as unknown as CallContext)) as ProxyResult;
  };
}
