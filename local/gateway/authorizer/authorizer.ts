/**
 * Lambda authorizers, with the cache of their results.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
import { createHash } from 'node:crypto';
import type { RestApiModel } from '../../assembly/model.ts';
import type { InvokeResult, LambdaRunner } from '../../contracts.ts';
import { createKeptState, type KeptState } from '../keptState.ts';
import { lambdaEvent } from '../lambdaEvent.ts';
import { perOperation, securitySchemes } from '../openApi.ts';
import { requestContext } from '../requestContext.ts';
import type { RequestState } from '../requestState.ts';
import { ABANDONED, type Outcome, rejection, type Step } from '../step.ts';
import { type AuthorizerCache, cacheKey, createAuthorizerCache } from './cache.ts';
import { type AuthorizerResult, readAuthorizerResult } from './result.ts';
import { authorizerSchemeOf, type LambdaAuthorizer, readAuthorizer } from './securityScheme.ts';

/** What authorizers run with. */
export interface AuthorizerOptions {
  readonly lambda: LambdaRunner;
  readonly region: string;
  readonly account: string;
  /** Real monotonic milliseconds; `performance.now` by default. */
  readonly time?: () => number;
  /** Caches of an earlier gateway. One goes on while neither its function nor the API changes. */
  readonly kept?: KeptState;
  /** Changes whenever a function does. */
  readonly versionOf?: (functionArn: string) => string;
}

interface RunningAuthorizer extends AuthorizerOptions {
  readonly api: RestApiModel;
  readonly time: () => number;
  readonly authorizer: LambdaAuthorizer;
  readonly cache: AuthorizerCache<AuthorizerResult>;
}

const UNAUTHORIZED = rejection('UNAUTHORIZED', 'Unauthorized');
const FAILURE = rejection('AUTHORIZER_FAILURE', 'Internal server error');
const CONFIGURATION = rejection('AUTHORIZER_CONFIGURATION_ERROR', 'Internal server error');
const DENIED = rejection('ACCESS_DENIED', 'User is not authorized to access this resource');
const EXPLICITLY_DENIED = rejection(
  'ACCESS_DENIED',
  'User is not authorized to access this resource with an explicit deny',
);

/**
 * Makes the step that invokes each operation's Lambda authorizer, `request` or `token`.
 *
 * A missing identity source is `UNAUTHORIZED`, and the function is not invoked. Results are cached by the values of the
 * identity sources for `authorizerResultTtlInSeconds` of real time; a cached policy is evaluated for each request. Concurrent
 * requests that miss the cache may each invoke the function. An operation whose scheme is not emulated is always rejected.
 * Sets `state.grant` and `authorizerLatencyMs` (0 from the cache).
 */
export function createAuthorizer(api: RestApiModel, options: AuthorizerOptions): Step {
  const { time = () => performance.now(), kept = createKeptState(), versionOf = () => '' } = options;
  const { id, body, stage } = api;
  // A cached result is a decision about the previous routes.
  const definition = createHash('sha256')
    .update(JSON.stringify([body, stage]))
    .digest('hex');
  const schemes = securitySchemes(api.body);
  const steps = new Map<string, Step>();
  for (const [name, scheme] of Object.entries(schemes)) {
    const authorizer = readAuthorizer(scheme, api);
    if (authorizer === undefined) continue;
    const version = [definition, versionOf(authorizer.functionArn)];
    const make = () => createAuthorizerCache<AuthorizerResult>(authorizer.ttlSeconds, time);
    const cache = kept.of(`authorizer ${id} ${name}`, version, make);
    const running = { ...options, api, time, authorizer, cache };
    steps.set(name, (state) => authorize(state, running));
  }
  const stepOf = perOperation((operation): Step | undefined => {
    const name = authorizerSchemeOf(operation, schemes);
    return name === undefined ? undefined : (steps.get(name) ?? (() => CONFIGURATION));
  });
  return (state) => (state.route === undefined ? undefined : stepOf(state.route)?.(state));
}

function authorize(state: RequestState, running: RunningAuthorizer): Outcome | Promise<Outcome> {
  const { authorizer, cache } = running;
  const values = authorizer.sources.map((read) => read(state) ?? '');
  if (values.includes('')) return UNAUTHORIZED;
  const token = values[0] ?? '';
  if (authorizer.validation?.test(token) === false) return UNAUTHORIZED;
  const key = cacheKey(values);
  const arn = methodArn(state, running);
  const cached = cache.get(key);
  if (cached === undefined) return invoke(state, running, { key, arn, token });
  state.authorizerLatencyMs = 0;
  return apply(state, cached, arn);
}

interface Invocation {
  /** Of the cache. */
  readonly key: string;
  readonly arn: string;
  readonly token: string;
}

async function invoke(state: RequestState, running: RunningAuthorizer, invocation: Invocation): Promise<Outcome> {
  const { authorizer, lambda, time, cache } = running;
  const started = time();
  const { requestId, trace, isAbandoned } = state.request;
  const result = await lambda
    .invoke(authorizer.functionArn, eventOf(state, running, invocation), requestId, { trace, isAbandoned })
    // When the runner cannot run the function at all, the authorizer failed, not the gateway.
    .catch((): InvokeResult => ({ kind: 'timeout' }));
  state.authorizerLatencyMs = Math.round(time() - started);
  if (result.kind === 'error' && result.message === 'Unauthorized') return UNAUTHORIZED;
  if (result.kind === 'abandoned') return ABANDONED;
  if (result.kind !== 'ok') return FAILURE;
  const authorizerResult = readAuthorizerResult(result.payload);
  if (authorizerResult === undefined) return CONFIGURATION;
  cache.set(invocation.key, authorizerResult);
  return apply(state, authorizerResult, invocation.arn);
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html */
function eventOf(state: RequestState, { api, account, authorizer }: RunningAuthorizer, { arn, token }: Invocation) {
  if (authorizer.type === 'token') return { type: 'TOKEN', methodArn: arn, authorizationToken: token };
  return {
    type: 'REQUEST',
    methodArn: arn,
    ...lambdaEvent(state, api),
    requestContext: requestContext(state, api, account),
  };
}

function apply(state: RequestState, { grant, decide }: AuthorizerResult, arn: string): Outcome {
  // Set before the decision: the access log also shows who was denied.
  state.grant = grant;
  const decision = decide(arn);
  if (decision === 'allow') return undefined;
  return decision === 'deny' ? EXPLICITLY_DENIED : DENIED;
}

function methodArn({ request }: RequestState, { api, region, account, authorizer }: RunningAuthorizer): string {
  const partition = authorizer.functionArn.split(':')[1] ?? 'aws';
  const method = `${request.method}${request.path}`;
  return `arn:${partition}:execute-api:${region}:${account}:${api.id}/${api.stage.name}/${method}`;
}
