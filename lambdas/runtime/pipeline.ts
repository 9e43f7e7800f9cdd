import middy, { type MiddlewareObj } from '@middy/core';
import validator from '@middy/validator';
import type { Context } from 'aws-lambda';
import type { Caller } from '../../lib/definition/handlers.ts';
import type { RouteContract, RouteLimits, SchemaFault, Validate } from '../../lib/definition/projected.ts';
import type { UploadedFile } from '../../lib/definition/upload.ts';
import { checkAccept } from './accept.ts';
import { admit } from './access.ts';
import { readBody } from './body.ts';
import type { RolePolicy } from './caller.ts';
import { responseMode } from './conform.ts';
import { checkEnvelope } from './envelope.ts';
import type { LambdaContext, ProxyEvent, ProxyResult } from './event.ts';
import { callerLimits } from './limit/callerLimits.ts';
import { type LimitGuard, LimitReached, limitGuard } from './limit/guard.ts';
import { type KnownLimits, limitHeaders } from './limit/headers.ts';
import type { Limiter } from './limit/limiter.ts';
import { rejectMethodOverride } from './override.ts';
import { withOwner } from './ownership.ts';
import { readParameters } from './parameters.ts';
import { HttpProblem, type RequestFault } from './problem.ts';
import { answerOf, problemAnswer } from './response.ts';
import { requestFaults } from './schemaFaults.ts';
import type { RouteHandler } from './secure.ts';
import { closeRequest, openRequest, type Telemetry } from './telemetry.ts';
import { normalizeStrings } from './unicode.ts';
import type { UploadReader } from './upload/read.ts';

/** A route with all that serves it. */
export interface ServedRoute {
  readonly contract: RouteContract;
  readonly validate: Validate;
  /** The validator of `{ [status]: body }`. */
  readonly validateResponse: Validate;
  readonly handler: RouteHandler;
  /** Given exactly where the route takes files. */
  readonly readUpload?: UploadReader;
  readonly limits?: RouteLimits;
}

/** What a stack needs beside its route. */
export interface StackOptions {
  readonly api: string;
  readonly policy: RolePolicy;
  readonly telemetry: Telemetry;
  readonly limiter?: Limiter;
}

/** A request on its way through the stack. Middy hands the context to every part, so the request travels there. */
interface Call {
  readonly event: ProxyEvent;
  readonly requestId: string;
  readonly startedMs: number;
  readonly address: string;
  limits: KnownLimits | undefined;
  caller: Caller | undefined;
  files: readonly UploadedFile[] | undefined;
  code: string | undefined;
  /** What was found while the request was read; told together with what the validator finds. */
  faults: readonly RequestFault[];
  differs: boolean;
}

type CallContext = Context & { readonly call: Call };
type Part = MiddlewareObj<unknown, unknown, Error, CallContext>;

/** Left for answering `timeout` before Lambda ends the function. */
const TIMEOUT_MARGIN_MS = 250;
const NO_LIMITS: KnownLimits = { policies: [] };

/**
 * Builds the Middy stack of a route: telemetry, method override, sizes, permission and expiry, accepted answers, body,
 * parameters, validator, files, handler, answer. Whatever is thrown becomes a problem document.
 */
export function buildStack(
  route: ServedRoute,
  options: StackOptions,
): (event: ProxyEvent, context: LambdaContext) => Promise<ProxyResult> {
  const { telemetry } = options;
  const guard = limitGuard(options.api, route.limits, options.limiter);
  const stack = middy<unknown, unknown, Error, CallContext>({
    timeoutEarlyInMillis: TIMEOUT_MARGIN_MS,
    timeoutEarlyResponse: () => {
      throw new HttpProblem('timeout');
    },
  })
    .use(observe(route, options))
    .use(tellLimits(guard, route.contract))
    .use(answerProblems(telemetry))
    .use(readRequest(route, options))
    .use(validated(route.validate))
    .use(rejectFaults())
    .use(readFiles(route))
    .use(limited(guard))
    .handler((request, context) => answer(route, request as object, (context as CallContext).call));
  const mode = responseMode();
  const answer = async (served: ServedRoute, request: object, call: Call) => {
    const { fn } = served.handler as unknown as { readonly fn: (request: unknown) => unknown };
    const { files, caller, requestId, limits = NO_LIMITS } = call;
    const told = { files, requestId, limits: callerLimits(limits), ...telemetry };
    const given = await withOwner(served.contract, caller, (seen) => fn({ ...request, caller: seen, ...told }));
    const differs = (locations: readonly string[]) => {
      call.differs = true;
      telemetry.log.error('the answer is not as declared', { locations });
    };
    return answerOf(given, { contract: served.contract, validate: served.validateResponse, mode, differs });
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
    return (await stack(event, { ...context, call } as unknown as CallContext)) as ProxyResult;
  };
}

function observe({ contract }: ServedRoute, { api, telemetry }: StackOptions): Part {
  const end: Part['after'] = ({ response, context }) => {
    const { call } = context;
    const status = (response as ProxyResult).statusCode;
    const latencyMs = Math.round(performance.now() - call.startedMs);
    const { code, differs } = call;
    closeRequest(telemetry, { api, route: contract.id, status, latencyMs, code, differs }, context.functionName);
  };
  return {
    before: ({ context }) => openRequest(telemetry, contract.id, context.call.requestId),
    after: end,
    onError: end,
  };
}

function answerProblems({ log }: Telemetry): Part {
  return {
    onError: (request) => {
      const { call } = request.context;
      const rejection = problemOf(request.error, call.faults);
      if (rejection.status >= 500) log.error('request failed', { error: request.error });
      call.code = rejection.code;
      request.response = problemAnswer(rejection, call.requestId);
    },
  };
}

/** Counts a request that is valid: what is refused for its form costs its caller nothing of an exact limit. */
function limited(guard: LimitGuard): Part {
  return {
    before: async ({ context }) => {
      const { call } = context;
      call.limits = await guard.admit(call);
    },
  };
}

/** Tells every answer the limits of its caller, and a refused one when to come back. */
function tellLimits(guard: LimitGuard, { access }: RouteContract): Part {
  const tell: Part['after'] = (request) => {
    const { call } = request.context;
    // Nobody knows the limits of somebody whom nobody knows.
    if (call.caller === undefined && access.kind !== 'public') return;
    const { error } = request;
    const reached = error instanceof LimitReached ? error : undefined;
    const headers = limitHeaders(reached?.limits ?? call.limits ?? guard.known(call));
    const retry = reached === undefined ? {} : { 'retry-after': String(reached.retryAfterSeconds) };
    const answer = request.response as ProxyResult;
    request.response = { ...answer, headers: { ...answer.headers, ...headers, ...retry } };
  };
  return { after: tell, onError: tell };
}

function readRequest({ contract }: ServedRoute, { policy, telemetry }: StackOptions): Part {
  return {
    before: (request) => {
      const event = request.event as ProxyEvent;
      const { call } = request.context;
      rejectMethodOverride(event);
      checkEnvelope(event, contract);
      call.caller = admit(event, contract, policy, Date.now());
      if (call.caller !== undefined) telemetry.log.appendKeys({ subject: call.caller.subject });
      checkAccept(event, contract);
      const body = readBody(event, contract);
      const { parameters, faults } = readParameters(event, contract);
      call.faults = faults;
      const read = { ...parameters, body };
      request.event = contract.input.unicode === 'normalize' ? normalizeStrings(read) : read;
    },
  };
}

/** Files are judged last of all, because that is the dearest check. */
function readFiles({ contract, readUpload }: ServedRoute): Part {
  const { upload } = contract;
  return {
    before: async ({ context: { call } }) => {
      if (upload !== undefined) call.files = await readUpload?.(call.event, upload);
    },
  };
}

/** The types of @middy/validator say `Ajv`, its code takes what Ajv compiles to: a function that sets its `errors`. */
function validated(validate: Validate): Part {
  return validator({ eventSchema: validate as never }) as Part;
}

/** The validator knows nothing of what could not be read, and finds no fault where that was optional. */
function rejectFaults(): Part {
  return {
    before: ({ context }) => {
      if (context.call.faults.length > 0) throw invalid(context.call.faults);
    },
  };
}

function invalid(faults: readonly RequestFault[]): HttpProblem {
  return new HttpProblem('invalid-request', 'The request is not valid.', faults);
}

function problemOf(error: unknown, read: readonly RequestFault[]): HttpProblem {
  if (error instanceof HttpProblem) return error;
  const cause = error instanceof Error ? (error.cause as { readonly package?: unknown; readonly data?: unknown }) : {};
  if (cause?.package === '@middy/validator' && Array.isArray(cause.data)) {
    return invalid(requestFaults(cause.data as readonly SchemaFault[], read));
  }
  return new HttpProblem('internal');
}
