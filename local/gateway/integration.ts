/** What answers a request that passed all checks: a Lambda function, or a mock. */
import type { RestApiModel } from '../assembly/model.ts';
import { number, record, text } from '../assembly/values.ts';
import type { InvokeResult, LambdaRunner } from '../contracts.ts';
import { functionArnOf } from './authorizer/scheme.ts';
import type { CompiledRoute, Exchange, GatewayResponseType, Outcome, Rejection, Stage } from './exchange.ts';
import { createMock } from './mock.ts';
import { proxyEvent } from './proxyEvent.ts';
import { readProxyAnswer } from './proxyResponse.ts';
import { perOperation } from './security.ts';

/** What integrations are run with. */
export interface IntegrationOptions {
  readonly lambda: LambdaRunner;
  readonly account: string;
}

/** An integration may last 29 s unless it says less (API Gateway quotas). */
const LONGEST_MS = 29_000;

const INTERNAL = 'Internal server error';
/** The function failed, or answered what is no proxy answer; API Gateway's own status for both is 502. */
const FAILED = rejection('INTEGRATION_FAILURE', INTERNAL);
const TIMED_OUT = rejection('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
/** The event has more bytes than Lambda takes: a body of six megabytes, or of four and a half that goes in base64. */
const TOO_LARGE = rejection('REQUEST_TOO_LARGE', 'Request Too Long');
/** The function has no free concurrency, or none that can be run here. */
const UNAVAILABLE = rejection('DEFAULT_5XX', INTERNAL);
const NOT_CONFIGURED = rejection('API_CONFIGURATION_ERROR', INTERNAL);

/** Makes the last stage, which always ends the request. Sets `integrationLatencyMs`, `integrationStatus`, `integrationError`. */
export function createIntegration(api: RestApiModel, options: IntegrationOptions): Stage {
  const stageOf = perOperation((operation) => compile(operation, api, options));
  return (exchange) => (exchange.route === undefined ? NOT_CONFIGURED : stageOf(exchange.route)(exchange));
}

function compile(operation: CompiledRoute['operation'], api: RestApiModel, options: IntegrationOptions): Stage {
  const integration = record(operation['x-amazon-apigateway-integration']);
  const type = (text(integration['type']) ?? '').toLowerCase();
  if (type === 'mock') return createMock(integration, { api, account: options.account });
  const functionArn = functionArnOf(text(integration['uri']) ?? '');
  if (type !== 'aws_proxy' || functionArn === undefined) return () => NOT_CONFIGURED;
  const timeoutMs = Math.min(number(integration['timeoutInMillis']) ?? LONGEST_MS, LONGEST_MS);
  return async (exchange) => {
    const started = performance.now();
    const event = proxyEvent(exchange, api, options.account);
    const invocation = options.lambda.invoke(functionArn, event, exchange.call.requestId);
    const result = await within(timeoutMs, invocation);
    exchange.integrationLatencyMs = Math.round(performance.now() - started);
    return outcomeOf(result, exchange);
  };
}

/** The result, or `late` when it takes longer; an invocation that cannot be made at all is an error. */
async function within(limitMs: number, invocation: Promise<InvokeResult>): Promise<InvokeResult | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((done) => {
    timer = setTimeout(() => done('late'), limitMs);
  });
  const failed = (error: unknown): InvokeResult => ({ kind: 'error', errorType: 'Error', message: String(error) });
  try {
    return await Promise.race([invocation.catch(failed), late]);
  } finally {
    clearTimeout(timer);
  }
}

function outcomeOf(result: InvokeResult | 'late', exchange: Exchange): Outcome {
  if (result === 'late') return failedWith(exchange, 504, 'Execution failed: the integration took too long', TIMED_OUT);
  if (result.kind === 'too-large') return failedWith(exchange, 413, 'Lambda error: RequestTooLarge', TOO_LARGE);
  if (result.kind === 'throttled') return failedWith(exchange, 429, 'Rate Exceeded', UNAVAILABLE);
  if (result.kind === 'timeout') return failedWith(exchange, 200, 'Lambda function timed out', FAILED);
  // The message of a function's error may hold what it worked on, so the access log gets its type alone.
  if (result.kind === 'error') return failedWith(exchange, 200, `Lambda error: ${result.errorType}`, FAILED);
  const reply = readProxyAnswer(result.payload);
  if (reply === undefined) return failedWith(exchange, 200, 'Malformed Lambda proxy response', FAILED);
  exchange.integrationStatus = reply.status;
  return reply;
}

/** `status` is what the Lambda API answered: 200 also where the function itself failed. */
function failedWith(exchange: Exchange, status: number, error: string, ending: Rejection): Rejection {
  exchange.integrationStatus = status;
  exchange.integrationError = error;
  return ending;
}

function rejection(type: GatewayResponseType, message: string): Rejection {
  return { kind: 'refusal', type, message };
}
