import type { MiddlewareObj } from '@middy/core';
import validator from '@middy/validator';
import type { RouteContract, SchemaFault, Validate } from '../../lib/definition/bundledTypes.ts';
import { isPending } from '../shared/valueOrPromise.ts';
import { acceptCheck } from './accept.ts';
import { checkAccess } from './access.ts';
import { readBody } from './body.ts';
import type { Call, CallContext } from './call.ts';
import type { ProxyEvent, ProxyResult } from './event.ts';
import { type KnownLimits, rateLimitHeaders } from './limit/rateLimitHeaders.ts';
import { LimitReached, type RouteLimiter } from './limit/routeLimiter.ts';
import { rejectMethodOverride } from './methodOverride.ts';
import { ownRejection } from './ownProblem.ts';
import { readParameters } from './parameters.ts';
import { HttpProblem, isProblem, type RequestFault } from './problem.ts';
import { problemResponse } from './problemResponse.ts';
import { readRawBody } from './rawBody.ts';
import { checkRequestSize } from './requestSize.ts';
import { requestFaults } from './schemaFaults.ts';
import type { PipelineOptions, ServedRoute } from './servedRoute.ts';
import { normalizeStrings } from './unicode.ts';

type Middleware = MiddlewareObj<unknown, unknown, Error, CallContext>;

/** Turns what was thrown into a problem document. `log` gets what is a fault of the API. */
export function respondToErrors(
  log: (call: Call, error: unknown) => void,
  contract: RouteContract,
  problemTypeBase?: string,
): Middleware {
  return {
    onError: (request) => {
      const { call } = request.context;
      const rejection = ownRejection(request.error, contract) ?? problemOf(request.error, call);
      if (rejection.status >= 500) log(call, request.error);
      call.code = rejection.code;
      request.response = problemResponse(rejection, call.requestId, problemTypeBase);
    },
  };
}

/** Counts a valid request; a request that is rejected before is not counted. */
export function countRequest(limits: RouteLimiter): Middleware {
  return {
    before: ({ context: { call } }) => {
      const taken = limits.take(call);
      if (isPending(taken)) return keepLimits(call, taken);
      call.limits = taken;
      return undefined;
    },
  };
}

async function keepLimits(call: Call, taken: Promise<KnownLimits>): Promise<void> {
  call.limits = await taken;
}

/** Adds the limits of the caller to every response, and when to retry to a response that a limit rejects. */
export function advertiseLimits(limits: RouteLimiter, { access }: RouteContract): Middleware {
  const advertise: Middleware['after'] = (request) => {
    const { call } = request.context;
    // The limits of an unknown caller are unknown.
    if (call.caller === undefined && access.kind !== 'public' && access.kind !== 'webhook') return;
    const { error } = request;
    const reached = error instanceof LimitReached ? error : undefined;
    const headers = rateLimitHeaders(reached?.limits ?? call.limits ?? limits.peek(call));
    const response = request.response as ProxyResult;
    const advertised = { ...response.headers, ...headers };
    if (reached !== undefined) advertised['retry-after'] = String(reached.retryAfterSeconds);
    request.response = { ...response, headers: advertised };
  };
  return { after: advertise, onError: advertise };
}

export function readRequest({ contract }: ServedRoute, { readCaller }: PipelineOptions): Middleware {
  const checkAccept = acceptCheck(contract);
  return {
    before: (request) => {
      const event = request.event as ProxyEvent;
      const { call } = request.context;
      rejectMethodOverride(event);
      checkRequestSize(event, contract);
      call.caller = checkAccess(event, contract, readCaller, Date.now());
      // Without the step that verifies the signature, nothing is accepted.
      if (contract.access.kind === 'webhook' && call.webhook === undefined) throw new HttpProblem('webhook-rejected');
      // A sender reads no body, and some send odd headers.
      if (contract.access.kind !== 'webhook') checkAccept(event);
      const fieldFaults: RequestFault[] = [];
      const body = readBody(event, contract, fieldFaults);
      call.rawBody = readRawBody(event, contract);
      const { parameters, faults } = readParameters(event, contract);
      call.faults = fieldFaults.length === 0 ? faults : [...faults, ...fieldFaults];
      const read = { ...parameters, body };
      request.event = contract.input.unicode === 'normalize' ? normalizeStrings(read) : read;
    },
  };
}

/** Files are inspected last, because that is the most expensive check. A route without files has no such step. */
export function readFiles({ contract: { upload }, readUpload }: ServedRoute): Middleware[] {
  if (upload === undefined) return [];
  return [
    {
      before: async ({ context: { call } }) => {
        call.files = await readUpload?.(call.event, upload);
      },
    },
  ];
}

/**
 * The types of @middy/validator say `Ajv`, but its code takes what Ajv compiles to: a function that sets its `errors`.
 */
export function validateInput(validate: Validate): Middleware {
  return validator({ eventSchema: validate as never }) as Middleware;
}

/** Rejects values that could not be read: the validator reports no fault for optional ones. */
export function rejectFaults(): Middleware {
  return {
    before: ({ context }) => {
      if (context.call.faults.length > 0) throw invalid(context.call.faults);
      context.call.isValid = true;
    },
  };
}

function invalid(faults: readonly RequestFault[]): HttpProblem {
  return new HttpProblem('invalid-request', 'The request is not valid.', faults);
}

function problemOf(error: unknown, { faults, isValid }: Call): HttpProblem {
  if (isProblem(error)) return error;
  const cause = error instanceof Error ? (error.cause as { readonly package?: unknown; readonly data?: unknown }) : {};
  if (!isValid && cause?.package === '@middy/validator' && Array.isArray(cause.data)) {
    return invalid(requestFaults(cause.data as readonly SchemaFault[], faults));
  }
  return new HttpProblem('internal');
}
