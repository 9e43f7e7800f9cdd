/** All steps of one API, in the order of the AWS services, and the records of each request. */
import type { RestApiModel, StackModel } from '../assembly/model.ts';
import type { ApiKeys, Clock, LambdaRunner, Telemetry, TraceSpan, UsageRecords } from '../contracts.ts';
import { createAuthorizer } from './authorizer/authorizer.ts';
import type { Ending } from './contextVariables.ts';
import { createGatewayResponses } from './gatewayResponse.ts';
import type { IncomingRequest } from './incomingRequest.ts';
import { createIntegration } from './integration/integration.ts';
import { createKeptState, type KeptState } from './keptState.ts';
import { createApiKeyCheck } from './limits/apiKeys.ts';
import { createMethodThrottles } from './limits/methodThrottles.ts';
import { createUsagePlans } from './limits/usagePlans.ts';
import type { RequestState } from './requestState.ts';
import { createRouting } from './router.ts';
import { ABANDONED, type HttpResponse, type Outcome, type Rejection, rejection, type Step } from './step.ts';
import { createAccessLog, createMetrics } from './telemetry.ts';
import { createValidation } from './validation/validation.ts';
import { createWebAcl } from './waf/webAcl.ts';
import { createSegments, requestXRayTrace } from './xrayTrace.ts';

/** What a gateway runs with. */
export interface GatewayOptions {
  readonly lambda: LambdaRunner;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** API keys that exist now. */
  readonly keys: ApiKeys;
  readonly usageRecords: UsageRecords;
  /** Regular expressions of a pattern set of the web ACL as they are now. */
  readonly patternsOf?: (arn: string) => readonly string[] | undefined;
  /** Counters and caches of an earlier gateway. */
  readonly kept?: KeptState;
  /** Changes whenever a function does. */
  readonly versionOf?: (functionArn: string) => string;
  /** Whether a debugger can stop functions: integrations have no timeout then. */
  readonly isDebugged?: boolean;
  /** Receives the segment of each request, where the stage records traces. */
  readonly span?: (span: TraceSpan) => void;
  /** Receives each request that has ended. */
  readonly ended?: (state: RequestState, ending: Ending, rejection: Rejection | undefined) => void;
  /** Receives one line for each fault of the gateway itself. */
  readonly print: (line: string) => void;
}

/** Responds to every request. With `rejected`, no step runs: the request was rejected while it was read. */
export type Gateway = (request: IncomingRequest, rejected?: Rejection) => Promise<HttpResponse>;

const FAULT = rejection('DEFAULT_5XX', 'Internal server error');

/**
 * Makes the gateway of an API: web ACL, route, authorizer, API key, usage plan, method throttle, validation, integration.
 * Whichever step rejects a request, the API's gateway response is sent. Every request has its line in the access log.
 */
export function createGateway(api: RestApiModel, model: StackModel, options: GatewayOptions): Gateway {
  const { account } = model;
  const run = runInOrder(stepsOf(api, model, options), options.print);
  const gatewayResponse = createGatewayResponses(api, account);
  const writeLine = createAccessLog(api, account, options.telemetry);
  const countRequest = createMetrics(api, options.telemetry);
  const recordSegment = createSegments(api, options.span);
  return async (incoming, rejected) => {
    const started = performance.now();
    const trace = requestXRayTrace(incoming.headers['x-amzn-trace-id']?.[0], incoming.receivedAt, api.stage.tracing);
    const state: RequestState = { request: { ...incoming, trace }, pathParameters: {} };
    const outcome = rejected ?? (await run(state)) ?? FAULT;
    const response = outcome.kind === 'rejection' ? gatewayResponse({ state, rejection: outcome }) : outcome;
    const latencyMs = Math.round(performance.now() - started);
    const status = response === ABANDONED ? undefined : response.status;
    const ending = { status, bytes: Buffer.byteLength(response.body), latencyMs };
    writeLine({ state, ending, ...(outcome.kind === 'rejection' && { rejection: outcome }) });
    countRequest(state, ending);
    recordSegment(state, ending);
    options.ended?.(state, ending, outcome.kind === 'rejection' ? outcome : undefined);
    return response;
  };
}

function stepsOf(api: RestApiModel, model: StackModel, options: GatewayOptions): readonly Step[] {
  const { lambda, telemetry, clock, keys, usageRecords, kept = createKeptState(), versionOf, patternsOf } = options;
  const { region, account } = model;
  const source = { name: 'APIGW', id: `${account}:${api.id}:${api.stage.name}` } as const;
  return [
    createWebAcl(api, { telemetry, region, source, kept, patternsOf }),
    createRouting(api.body),
    createAuthorizer(api, { lambda, region, account, kept, versionOf }),
    createApiKeyCheck(model, api, keys),
    createUsagePlans(model, api, clock, { usageRecords, kept }),
    createMethodThrottles(api, undefined, kept),
    createValidation(api),
    createIntegration(api, { lambda, account, isDebugged: options.isDebugged }),
  ];
}

/** Runs steps until one ends the request. A step that throws ends it too, so that no unchecked request goes on. */
function runInOrder(steps: readonly Step[], print: (line: string) => void) {
  return async (state: RequestState): Promise<Outcome> => {
    try {
      for (const step of steps) {
        const outcome = step(state);
        const ended = outcome instanceof Promise ? await outcome : outcome;
        if (ended !== undefined) return ended;
      }
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      print(`request ${state.request.requestId} failed in the gateway: ${reason}`);
      return FAULT;
    }
  };
}
