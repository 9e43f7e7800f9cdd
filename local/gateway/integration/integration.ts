/** The integration of an operation: a Lambda function, or a mock. */
import type { RestApiModel } from '../../assembly/model.ts';
import { number, record, string } from '../../assembly/values.ts';
import type { InvokeResult, LambdaRunner } from '../../contracts.ts';
import { functionArnOf, perOperation } from '../openApi.ts';
import type { CompiledRoute, RequestState } from '../requestState.ts';
import { ABANDONED, type Outcome, type Rejection, rejection, type Step } from '../step.ts';
import { acceptsBinary } from './binaryMedia.ts';
import { createMockIntegration } from './mockIntegration.ts';
import { proxyEvent } from './proxyEvent.ts';
import { readProxyResponse } from './proxyResponse.ts';

/** What integrations run with. */
export interface IntegrationOptions {
  readonly lambda: LambdaRunner;
  readonly account: string;
  /** Whether a debugger can stop functions: there is no timeout then. */
  readonly isDebugged?: boolean | undefined;
}

/** The maximum, and the default, timeout of an integration (API Gateway quotas). */
const MAX_TIMEOUT_MS = 29_000;

const INTERNAL = 'Internal server error';
/** The function failed, or returned no proxy response; API Gateway's status for both is 502. */
const FAILED = rejection('INTEGRATION_FAILURE', INTERNAL);
const TIMED_OUT = rejection('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
/** The event is larger than Lambda accepts: a body of six megabytes, or of four and a half when sent in base64. */
const TOO_LARGE = rejection('REQUEST_TOO_LARGE', 'Request Too Long');
/** The function has no free concurrency. */
const UNAVAILABLE = rejection('DEFAULT_5XX', INTERNAL);
const NOT_CONFIGURED = rejection('API_CONFIGURATION_ERROR', INTERNAL);

/** Makes the last step, which always ends the request. Sets `integrationLatencyMs`, `integrationStatus`, `integrationError`. */
export function createIntegration(api: RestApiModel, options: IntegrationOptions): Step {
  const stepOf = perOperation((operation) => compile(operation, api, options));
  return (state) => (state.route === undefined ? NOT_CONFIGURED : stepOf(state.route)(state));
}

function compile(operation: CompiledRoute['operation'], api: RestApiModel, options: IntegrationOptions): Step {
  const integration = record(operation['x-amazon-apigateway-integration']);
  const type = (string(integration['type']) ?? '').toLowerCase();
  if (type === 'mock') return createMockIntegration(integration, { api, account: options.account });
  const functionArn = functionArnOf(string(integration['uri']) ?? '');
  if (type !== 'aws_proxy' || functionArn === undefined) return () => NOT_CONFIGURED;
  const limitMs = Math.min(number(integration['timeoutInMillis']) ?? MAX_TIMEOUT_MS, MAX_TIMEOUT_MS);
  const timeoutMs = options.isDebugged ? undefined : limitMs;
  return async (state) => {
    const started = performance.now();
    const event = proxyEvent(state, api, options.account);
    const { requestId, trace, isAbandoned: isClientGone } = state.request;
    let isLate = false;
    // Nobody waits for the event of a request that has its 504. If it has not begun, others that wait need its turn.
    const isAbandoned = () => isLate || isClientGone?.() === true;
    const invocation = options.lambda.invoke(functionArn, event, requestId, { trace, isAbandoned });
    const result = await resultWithin(timeoutMs, invocation);
    isLate = result === 'late';
    if (result !== 'late' && result.kind === 'abandoned') return ABANDONED;
    state.integrationLatencyMs = Math.round(performance.now() - started);
    return outcomeOf(result, state, api);
  };
}

/** The result, or `late` after the limit, if there is one. A failed invocation becomes an error result. */
function resultWithin(limitMs: number | undefined, invocation: Promise<InvokeResult>): Promise<InvokeResult | 'late'> {
  return new Promise((done) => {
    const timer = limitMs === undefined ? undefined : setTimeout(() => done('late'), limitMs);
    const ended = (result: InvokeResult) => {
      clearTimeout(timer);
      done(result);
    };
    invocation.then(ended, (error: unknown) => ended({ kind: 'error', errorType: 'Error', message: String(error) }));
  });
}

function outcomeOf(
  result: Exclude<InvokeResult, { kind: 'abandoned' }> | 'late',
  state: RequestState,
  api: RestApiModel,
): Outcome {
  if (result === 'late') return reject(state, 504, 'Execution failed: the integration took too long', TIMED_OUT);
  if (result.kind === 'too-large') return reject(state, 413, 'Lambda error: RequestTooLarge', TOO_LARGE);
  if (result.kind === 'throttled') return reject(state, 429, 'Rate Exceeded', UNAVAILABLE);
  if (result.kind === 'timeout') return reject(state, 200, 'Lambda function timed out', FAILED);
  // The error message of a function may hold user data, so the access log shows the type alone.
  if (result.kind === 'error') return reject(state, 200, `Lambda error: ${result.errorType}`, FAILED);
  const response = readProxyResponse(result.payload, acceptsBinary(state.request, api));
  if (response === undefined) return reject(state, 200, 'Malformed Lambda proxy response', FAILED);
  state.integrationStatus = response.status;
  return response;
}

/** `status` is the status of the Lambda API, which is 200 also when the function itself failed. */
function reject(state: RequestState, status: number, error: string, ending: Rejection): Rejection {
  state.integrationStatus = status;
  state.integrationError = error;
  return ending;
}
