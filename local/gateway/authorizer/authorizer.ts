/**
 * Lambda authorizers, with the cache of their answers.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
import type { RestApiModel } from '../../assembly/model.ts';
import type { InvokeResult, LambdaRunner } from '../../contracts.ts';
import { perOperation, securitySchemes } from '../openApi.ts';
import type { GatewayResponseType, Outcome, Rejection, RequestState, Step } from '../step.ts';
import { type AuthorizerCache, cacheKey, createAuthorizerCache } from './cache.ts';
import { requestEvent } from './event.ts';
import { type AuthorizerResult, readAuthorizerResult } from './result.ts';
import { authorizerSchemeOf, type LambdaAuthorizer, readAuthorizer } from './securityScheme.ts';

/** What authorizers are run with. */
export interface AuthorizerOptions {
  readonly lambda: LambdaRunner;
  readonly region: string;
  readonly account: string;
  /** Real monotonic milliseconds; `performance.now` by default. */
  readonly time?: () => number;
}

interface Running extends AuthorizerOptions {
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
 * Makes the stage that asks each operation's Lambda authorizer, `request` or `token`.
 *
 * A missing identity source is `UNAUTHORIZED` without a call. Answers are kept by the sources' values for
 * `authorizerResultTtlInSeconds` of real time; a kept policy is evaluated anew for each request. Callers that miss at once
 * may each call. An operation whose scheme cannot be honoured is refused, never let through. Sets `exchange.grant` and
 * `authorizerLatencyMs` (0 from the cache).
 */
export function createAuthorizer(api: RestApiModel, options: AuthorizerOptions): Step {
  const time = options.time ?? (() => performance.now());
  const schemes = securitySchemes(api.body);
  const stages = new Map<string, Step>();
  for (const [name, scheme] of Object.entries(schemes)) {
    const authorizer = readAuthorizer(scheme, api);
    if (authorizer === undefined) continue;
    const cache = createAuthorizerCache<AuthorizerResult>(authorizer.ttlSeconds, time);
    const running = { ...options, api, time, authorizer, cache };
    stages.set(name, (state) => authorize(state, running));
  }
  const stageOf = perOperation((operation): Step | undefined => {
    const name = authorizerSchemeOf(operation, schemes);
    return name === undefined ? undefined : (stages.get(name) ?? (() => CONFIGURATION));
  });
  return (state) => (state.route === undefined ? undefined : stageOf(state.route)?.(state));
}

function authorize(state: RequestState, running: Running): Outcome | Promise<Outcome> {
  const { authorizer, cache } = running;
  const values = authorizer.sources.map((read) => read(state) ?? '');
  if (values.includes('')) return UNAUTHORIZED;
  if (authorizer.validation?.test(values[0] ?? '') === false) return UNAUTHORIZED;
  const key = cacheKey(values);
  const arn = methodArn(state, running);
  const known = cache.get(key);
  if (known === undefined) return ask(state, running, { key, arn, token: values[0] ?? '' });
  state.authorizerLatencyMs = 0;
  return apply(state, known, arn);
}

interface Question {
  readonly key: string;
  readonly arn: string;
  readonly token: string;
}

async function ask(state: RequestState, running: Running, { key, arn, token }: Question): Promise<Outcome> {
  const { authorizer, api, account, lambda, time, cache } = running;
  const event =
    authorizer.type === 'token'
      ? { type: 'TOKEN', methodArn: arn, authorizationToken: token }
      : requestEvent(state, api, account, arn);
  const started = time();
  const result = await lambda
    .invoke(authorizer.functionArn, event, state.request.requestId)
    // A runner that cannot run the function at all is a failed authorizer, not a failed gateway.
    .catch((): InvokeResult => ({ kind: 'timeout' }));
  state.authorizerLatencyMs = Math.round(time() - started);
  if (result.kind === 'error' && result.message === 'Unauthorized') return UNAUTHORIZED;
  if (result.kind !== 'ok') return FAILURE;
  const answer = readAuthorizerResult(result.payload);
  if (answer === undefined) return CONFIGURATION;
  cache.set(key, answer);
  return apply(state, answer, arn);
}

function apply(state: RequestState, { grant, decide }: AuthorizerResult, arn: string): Outcome {
  // The access log shows who was denied, too.
  state.grant = grant;
  const decision = decide(arn);
  if (decision === 'allow') return undefined;
  return decision === 'deny' ? EXPLICITLY_DENIED : DENIED;
}

function methodArn({ request }: RequestState, { api, region, account, authorizer }: Running): string {
  const partition = authorizer.functionArn.split(':')[1] ?? 'aws';
  return `arn:${partition}:execute-api:${region}:${account}:${api.id}/${api.stage.name}/${request.method}${request.path}`;
}

function rejection(type: GatewayResponseType, message: string): Rejection {
  return { kind: 'rejection', type, message };
}
