import middy from '@middy/core';
import { locationWriter } from '../shared/basePath.ts';
import { loggedClaims } from '../shared/callerClaims.ts';
import { describeError } from '../shared/describeError.ts';
import { IDEMPOTENCY_KEY } from '../shared/httpHeaders.ts';
import { monotonicMs } from '../shared/monotonicMs.ts';
import { loggedUserAgent } from '../shared/redact.ts';
import { beginPhase } from '../shared/trace/measure.ts';
import { traceKeys } from '../shared/trace/requestTrace.ts';
import { Call, type CallContext } from './call.ts';
import { responseMode } from './checkResponse.ts';
import { announceDeprecation } from './deprecation.ts';
import { type LambdaContext, type ProxyEvent, type ProxyResult, remainingMs } from './event.ts';
import { handlerRequest } from './handlerRequest.ts';
import type { CheckedRequest } from './idempotency/operation.ts';
import { callerLimits } from './limit/callerLimits.ts';
import type { KnownLimits } from './limit/rateLimitHeaders.ts';
import { routeLimiter } from './limit/routeLimiter.ts';
import {
  advertiseLimits,
  countRequest,
  readFiles,
  readRequest,
  rejectFaults,
  respondToErrors,
  validateInput,
} from './middleware.ts';
import { withOwner } from './ownership.ts';
import { ownRejection, problemMaker } from './ownProblem.ts';
import { HttpProblem, isProblem } from './problem.ts';
import { problemResponse } from './problemResponse.ts';
import { responseOf } from './response.ts';
import { securityHeaders } from './securityHeaders.ts';
import type { PipelineOptions, ServedRoute } from './servedRoute.ts';
import { closeRequest, handlerTelemetry, logFailure, logLateHandler } from './telemetry.ts';
import type { RequestKeys } from './telemetryKeys.ts';

/** Time to respond `timeout` before Lambda ends the function. */
const TIMEOUT_MARGIN_MS = 250;
const NO_LIMITS: KnownLimits = { policies: [] };
/**
 * After a response, Lambda continues a handler that still runs with the next event. Where the next request must know that the
 * handler has ended, there is no early response: Lambda ends the function.
 */
const endedByLambda = new Promise<never>(() => undefined);

/**
 * Makes the function that serves a route. Its pipeline is built at its first request, because most instances serve few of their routes.
 * Everything that is thrown, also while the pipeline is built, becomes a problem document, and every request is logged and counted.
 */
export function serveRoute(
  route: ServedRoute,
  options: PipelineOptions,
): (event: ProxyEvent, context: LambdaContext) => Promise<ProxyResult> {
  const { api, telemetry, problemTypeBase } = options;
  const { contract } = route;
  const keysOf = ({ requestId, trace, caller, keys: kept }: Call): RequestKeys => {
    if (kept !== undefined) return kept;
    const keys = { requestId, ...(trace && traceKeys(trace)), route: contract.id };
    if (caller === undefined) return keys;
    const { subject } = caller;
    const claims = loggedClaims(options.policy.claims, caller.claims);
    return claims === undefined ? { ...keys, subject } : { ...keys, subject, claims };
  };
  let pipeline: ReturnType<typeof buildPipeline> | undefined;
  const run = (event: ProxyEvent, context: LambdaContext, call: Call): Promise<unknown> => {
    pipeline ??= buildPipeline(route, options, keysOf);
    return pipeline(event, { ...context, call } as unknown as CallContext);
  };

  return async (event, context) => {
    const call = new Call(event, context);
    beginPhase('validation');
    let response: ProxyResult;
    try {
      response = (await run(event, context, call)) as ProxyResult;
    } catch (error) {
      // A fault of the pipeline itself, such as an error that throws when it is read.
      logFailure(telemetry, keysOf(call), error);
      call.code = 'internal';
      response = problemResponse(new HttpProblem('internal'), call.requestId, problemTypeBase);
    }
    const result = announceDeprecation(response, contract.deprecation);
    const { code, differs, replayed, startedMs } = call;
    const latencyMs = Math.round(monotonicMs() - startedMs);
    const userAgent = loggedUserAgent(event.headers);
    const entry = { ...keysOf(call), status: result.statusCode, latencyMs, code, replayed, userAgent };
    closeRequest(telemetry, entry, { api, group: options.group, differs, functionName: context.functionName });
    call.telemetry?.publish();
    return result;
  };
}

/**
 * Builds the Middy pipeline of a route: signature of a webhook, method override, sizes, permission and expiry, accepted media types,
 * body, parameters, validator, files, exact limits, run once, handler, response.
 */
function buildPipeline(route: ServedRoute, options: PipelineOptions, keysOf: (call: Call) => RequestKeys) {
  const { api, telemetry, problemTypeBase } = options;
  const { contract } = route;
  const limiter = routeLimiter(api, route.limits, options.limiter);
  const ofResponses = {
    contract,
    validate: route.validateResponse,
    mode: responseMode(),
    security: securityHeaders(),
    locationOf: locationWriter(),
  };
  const problem = problemMaker(contract);
  const runsOnce = contract.idempotency !== undefined || contract.webhook !== undefined;
  const webhook = contract.webhook && options.webhooks?.(contract, contract.webhook, telemetry, api);
  const respond = async (request: object, call: Call, signal: AbortSignal) => {
    const { fn } = route.handler as unknown as { readonly fn: (request: unknown) => unknown };
    const { files, caller, requestId, webhook, limits = NO_LIMITS } = call;
    const keys = keysOf(call);
    call.keys = keys;
    const tools = handlerTelemetry(telemetry, api, keys);
    call.telemetry = tools;
    beginPhase('handler');
    const returned = await withOwner(contract, caller, (seen) => {
      const message = webhook?.message;
      const parts = { caller: seen, files, webhook: message, requestId, limits: callerLimits(limits), signal, problem };
      return fn(handlerRequest(request, parts, tools));
    });
    beginPhase(undefined);
    return responseOf(returned, {
      ...ofResponses,
      differs(locations) {
        call.differs = true;
        telemetry.log.error('the response is not as declared', { ...keys, locations });
      },
    });
  };
  /** Runs the handler; of requests with the same idempotency key, one. A request without a key just runs. */
  const respondOnce = async (
    request: CheckedRequest,
    context: CallContext,
    signal: AbortSignal,
  ): Promise<ProxyResult> => {
    const { call } = context;
    const hasKey = contract.idempotency !== undefined && Object.hasOwn(request.headers ?? {}, IDEMPOTENCY_KEY);
    if (!hasKey || options.runOnce === undefined) return respond(request, call, signal);
    const { response, code, replayed } = await options.runOnce({
      api,
      contract,
      request,
      caller: call.caller,
      files: call.files,
      remainingMs: remainingMs(context),
      respond(keyed) {
        return respond(keyed, call, signal);
      },
      rejection(error) {
        const rejection = ownRejection(error, contract) ?? (isProblem(error) ? error : undefined);
        if (rejection === undefined) return undefined;
        return { response: problemResponse(rejection, call.requestId, problemTypeBase), code: rejection.code };
      },
      report(message, error) {
        telemetry.log.error(message, {
          ...keysOf(call),
          ...(error === undefined ? {} : { error: describeError(error) }),
        });
      },
    });
    call.code = code;
    call.replayed = replayed;
    return response;
  };
  return middy<unknown, unknown, Error, CallContext>({
    timeoutEarlyInMillis: TIMEOUT_MARGIN_MS,
    timeoutEarlyResponse: () => {
      if (runsOnce) return endedByLambda;
      throw new HttpProblem('timeout');
    },
  })
    .use(advertiseLimits(limiter, contract))
    .use(respondToErrors((call, error) => logFailure(telemetry, keysOf(call), error), contract, problemTypeBase))
    .use(webhook?.verify ?? [])
    .use(readRequest(route, options))
    .use(validateInput(route.validate))
    .use(rejectFaults())
    .use(readFiles(route))
    .use(countRequest(limiter))
    .use(webhook?.handleOnce ?? [])
    .handler(async (request, context, { signal }) => {
      const { call } = context as CallContext;
      if (runsOnce) signal.addEventListener('abort', () => logLateHandler(telemetry, keysOf(call)));
      try {
        return await respondOnce(withBytes(request as CheckedRequest, call), context as CallContext, signal);
      } catch (error) {
        throw signal.aborted && isAbort(error) ? new HttpProblem('timeout') : error;
      }
    });
}

/** What `fetch`, the AWS SDK and `signal.throwIfAborted()` throw. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The bytes belong to the request, so that an idempotency key is valid for them alone. */
function withBytes(request: CheckedRequest, { rawBody }: Call): CheckedRequest {
  return rawBody === undefined ? request : { ...request, rawBody };
}
