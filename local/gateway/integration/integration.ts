/** What answers a request that passed all checks: a Lambda function, or a mock. */
import type { RestApiModel } from '../../assembly/model.ts';
import { number, record, string } from '../../assembly/values.ts';
import type { InvokeResult, LambdaRunner } from '../../contracts.ts';
import { functionArnOf } from '../authorizer/securityScheme.ts';
import { perOperation } from '../openApi.ts';
import type { CompiledRoute, GatewayResponseType, Outcome, Rejection, RequestState, Step } from '../step.ts';
import { createMockIntegration } from './mockIntegration.ts';
import { proxyEvent } from './proxyEvent.ts';
import { readProxyResponse } from './proxyResponse.ts';

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
export function createIntegration(api: RestApiModel, options: IntegrationOptions): Step {
  const stageOf = perOperation((operation) => compile(operation, api, options));
  return (state) => (state.route === undefined ? NOT_CONFIGURED : stageOf(state.route)(state));
}

function compile(operation: CompiledRoute['operation'], api: RestApiModel, options: IntegrationOptions): Step {
  const integration = record(operation['x-amazon-apigateway-integration']);
  const type = (string(integration['type']) ?? '').toLowerCase();
  if (type === 'mock') return createMockIntegration(integration, { api, account: options.account });
  const functionArn = functionArnOf(string(integration['uri']) ?? '');
  if (type !== 'aws_proxy' || functionArn === undefined) return () => NOT_CONFIGURED;
  const timeoutMs = Math.min(number(integration['timeoutInMillis']) ?? LONGEST_MS, LONGEST_MS);
  return async (state) => {
    const started = performance.now();
    const event = proxyEvent(state, api, options.account);
    const invocation = options.lambda.invoke(functionArn, event, state.request.requestId);
    const result = await within(timeoutMs, invocation);
    state.integrationLatencyMs = Math.round(performance.now() - started);
    return outcomeOf(result, state);
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

function outcomeOf(result: InvokeResult | 'late', state: RequestState): Outcome {
  if (result === 'late') return failedWith(state, 504, 'Execution failed: the integration took too long', TIMED_OUT);
  if (result.kind === 'too-large') return failedWith(state, 413, 'Lambda error: RequestTooLarge', TOO_LARGE);
  if (result.kind === 'throttled') return failedWith(state, 429, 'Rate Exceeded', UNAVAILABLE);
  if (result.kind === 'timeout') return failedWith(state, 200, 'Lambda function timed out', FAILED);
  // The message of a function's error may hold what it worked on, so the access log gets its type alone.
  if (result.kind === 'error') return failedWith(state, 200, `Lambda error: ${result.errorType}`, FAILED);
  const reply = readProxyResponse(result.payload);
  if (reply === undefined) return failedWith(state, 200, 'Malformed Lambda proxy response', FAILED);
  state.integrationStatus = reply.status;
  return reply;
}

/** `status` is what the Lambda API answered: 200 also where the function itself failed. */
function failedWith(state: RequestState, status: number, error: string, ending: Rejection): Rejection {
  state.integrationStatus = status;
  state.integrationError = error;
  return ending;
}

function rejection(type: GatewayResponseType, message: string): Rejection {
  return { kind: 'rejection', type, message };
}
