/** All stages of one API, in the services' order, and what is kept of each request. */
import type { RestApiModel, StackModel } from '../assembly/model.ts';
import type { ApiKeys, Clock, LambdaRunner, Telemetry, UsageBook } from '../contracts.ts';
import { createAccessLog } from './accessLog.ts';
import { createApiKeys } from './apiKey.ts';
import { createAuthorizer } from './authorizer/authorizer.ts';
import type { Exchange, IncomingCall, Outcome, Rejection, Reply, Stage } from './exchange.ts';
import { createResponder } from './gatewayResponse.ts';
import { createIntegration } from './integration.ts';
import { createMeter } from './metrics.ts';
import { createRouting } from './router.ts';
import { createThrottle } from './throttle.ts';
import { createUsage } from './usage.ts';
import { createValidation } from './validate.ts';
import { createWaf } from './waf/waf.ts';

/** What a gateway is run with. */
export interface GatewayOptions {
  readonly lambda: LambdaRunner;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** API keys that exist now. */
  readonly keys: ApiKeys;
  readonly book: UsageBook;
  /** Gets one line for each fault of the gateway itself. */
  readonly print: (line: string) => void;
}

/** Answers every request; `rejected` ends one that was decided on before, such as a body that is too large to read. */
export type Gateway = (call: IncomingCall, rejected?: Rejection) => Promise<Reply>;

const FAULT: Rejection = { kind: 'refusal', type: 'DEFAULT_5XX', message: 'Internal server error' };

/**
 * Makes the gateway of an API: WAF, route, authorizer, API key, usage plan, method and stage throttle, validation,
 * integration. Whoever refuses, the API's gateway response is the answer; every request has its line in the access log.
 */
export function createGateway(api: RestApiModel, model: StackModel, options: GatewayOptions): Gateway {
  const { account } = model;
  const run = chain(stagesOf(api, model, options), options.print);
  const respond = createResponder(api, account);
  const record = createAccessLog(api, account, options.telemetry);
  const meter = createMeter(api, options.telemetry);
  return async (call, rejected) => {
    const started = performance.now();
    const exchange: Exchange = { call, pathParameters: {} };
    const outcome = rejected ?? (await run(exchange)) ?? FAULT;
    const rejection = outcome.kind === 'refusal' ? outcome : undefined;
    const reply = outcome.kind === 'refusal' ? respond({ exchange, rejection: outcome }) : outcome;
    const latencyMs = Math.round(performance.now() - started);
    const ending = { status: reply.status, bytes: Buffer.byteLength(reply.body), latencyMs };
    record({ exchange, ending, ...(rejection && { rejection }) });
    meter(exchange, ending);
    return reply;
  };
}

function stagesOf(api: RestApiModel, model: StackModel, options: GatewayOptions): readonly Stage[] {
  const { lambda, telemetry, clock, keys, book } = options;
  const { region, account } = model;
  return [
    createWaf(api, { telemetry, region }),
    createRouting(api.body),
    createAuthorizer(api, { lambda, region, account }),
    createApiKeys(model, api, keys),
    createUsage(model, api, clock, { book }),
    createThrottle(api),
    createValidation(api),
    createIntegration(api, { lambda, account }),
  ];
}

/** Runs stages until one ends the request. A stage that fails ends it too: nothing that was not decided goes on. */
function chain(stages: readonly Stage[], print: (line: string) => void) {
  return async (exchange: Exchange): Promise<Outcome> => {
    try {
      for (const stage of stages) {
        const outcome = stage(exchange);
        const ended = outcome instanceof Promise ? await outcome : outcome;
        if (ended !== undefined) return ended;
      }
      return undefined;
    } catch (error) {
      print(
        `request ${exchange.call.requestId} failed in the gateway: ${error instanceof Error ? error.message : error}`,
      );
      return FAULT;
    }
  };
}
