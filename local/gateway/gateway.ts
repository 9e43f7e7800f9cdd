/** All stages of one API, in the services' order, and what is kept of each request. */
import type { RestApiModel, StackModel } from '../assembly/model.ts';
import type { ApiKeys, Clock, LambdaRunner, Telemetry, UsageRecords } from '../contracts.ts';
import { createAccessLog } from './accessLog.ts';
import { createAuthorizer } from './authorizer/authorizer.ts';
import { createGatewayResponses } from './gatewayResponse.ts';
import { createIntegration } from './integration/integration.ts';
import { createApiKeyCheck } from './limits/apiKeys.ts';
import { createMethodThrottles } from './limits/methodThrottles.ts';
import { createUsagePlans } from './limits/usagePlans.ts';
import { createMetrics } from './metrics.ts';
import { createRouting } from './router.ts';
import type { HttpResponse, IncomingRequest, Outcome, Rejection, RequestState, Step } from './step.ts';
import { createValidation } from './validation/validation.ts';
import { createWebAcl } from './waf/webAcl.ts';

/** What a gateway is run with. */
export interface GatewayOptions {
  readonly lambda: LambdaRunner;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** API keys that exist now. */
  readonly keys: ApiKeys;
  readonly usageRecords: UsageRecords;
  /** Gets one line for each fault of the gateway itself. */
  readonly print: (line: string) => void;
}

/** Answers every request; `rejected` ends one that was decided on before, such as a body that is too large to read. */
export type Gateway = (request: IncomingRequest, rejected?: Rejection) => Promise<HttpResponse>;

const FAULT: Rejection = { kind: 'rejection', type: 'DEFAULT_5XX', message: 'Internal server error' };

/**
 * Makes the gateway of an API: WAF, route, authorizer, API key, usage plan, method and stage throttle, validation,
 * integration. Whoever refuses, the API's gateway response is the answer; every request has its line in the access log.
 */
export function createGateway(api: RestApiModel, model: StackModel, options: GatewayOptions): Gateway {
  const { account } = model;
  const run = chain(stagesOf(api, model, options), options.print);
  const respond = createGatewayResponses(api, account);
  const record = createAccessLog(api, account, options.telemetry);
  const meter = createMetrics(api, options.telemetry);
  return async (request, rejected) => {
    const started = performance.now();
    const state: RequestState = { request, pathParameters: {} };
    const outcome = rejected ?? (await run(state)) ?? FAULT;
    const rejection = outcome.kind === 'rejection' ? outcome : undefined;
    const reply = outcome.kind === 'rejection' ? respond({ state, rejection: outcome }) : outcome;
    const latencyMs = Math.round(performance.now() - started);
    const ending = { status: reply.status, bytes: Buffer.byteLength(reply.body), latencyMs };
    record({ state, ending, ...(rejection && { rejection }) });
    meter(state, ending);
    return reply;
  };
}

function stagesOf(api: RestApiModel, model: StackModel, options: GatewayOptions): readonly Step[] {
  const { lambda, telemetry, clock, keys, usageRecords } = options;
  const { region, account } = model;
  return [
    createWebAcl(api, { telemetry, region }),
    createRouting(api.body),
    createAuthorizer(api, { lambda, region, account }),
    createApiKeyCheck(model, api, keys),
    createUsagePlans(model, api, clock, { usageRecords }),
    createMethodThrottles(api),
    createValidation(api),
    createIntegration(api, { lambda, account }),
  ];
}

/** Runs stages until one ends the request. A stage that fails ends it too: nothing that was not decided goes on. */
function chain(stages: readonly Step[], print: (line: string) => void) {
  return async (state: RequestState): Promise<Outcome> => {
    try {
      for (const stage of stages) {
        const outcome = stage(state);
        const ended = outcome instanceof Promise ? await outcome : outcome;
        if (ended !== undefined) return ended;
      }
      return undefined;
    } catch (error) {
      print(
        `request ${state.request.requestId} failed in the gateway: ${error instanceof Error ? error.message : error}`,
      );
      return FAULT;
    }
  };
}
