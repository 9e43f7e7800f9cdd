/**
 * Identity sources of a Lambda authorizer: the request parts that it requires, and the key of its cached results.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
 */
import type { RestApiModel } from '../../assembly/model.ts';
import { stagePath } from '../requestContext.ts';
import type { RequestState } from '../requestState.ts';

/** Reads one identity source; `undefined` or an empty string means that it is missing. */
export type AuthorizerIdentitySource = (state: RequestState) => string | undefined;

const HEADER = 'method.request.header.';
const QUERY = 'method.request.querystring.';
const STAGE_VARIABLE = 'stageVariables.';
const CONTEXT = 'context.';

/** The `context.*` sources that are emulated. */
const CONTEXT_READERS: Readonly<Record<string, (state: RequestState, api: RestApiModel) => string | undefined>> = {
  apiId: (_, api) => api.id,
  stage: (_, api) => api.stage.name,
  httpMethod: ({ request }) => request.method,
  path: ({ request }, api) => stagePath(request, api),
  protocol: ({ request }) => request.protocol,
  requestId: ({ request }) => request.requestId,
  resourcePath: ({ route }) => route?.resourcePath,
  'identity.sourceIp': ({ request }) => request.sourceIp,
  'identity.userAgent': ({ request }) => request.headers['user-agent']?.[0],
};

/**
 * Compiles an `identitySource`: expressions separated by commas.
 *
 * @returns one reader for each expression. An unknown expression always reads as missing, so the request is rejected.
 */
export function compileAuthorizerIdentitySources(
  identitySource: string,
  api: RestApiModel,
): AuthorizerIdentitySource[] {
  return expressionsOf(identitySource).map((expression) => compileOne(expression, api) ?? (() => undefined));
}

/** The expressions that are not emulated. */
export function unknownAuthorizerIdentitySources(identitySource: string, api: RestApiModel): string[] {
  return expressionsOf(identitySource).filter((expression) => compileOne(expression, api) === undefined);
}

function expressionsOf(identitySource: string): string[] {
  const expressions = identitySource.split(',').map((expression) => expression.trim());
  return expressions.filter((expression) => expression !== '');
}

function compileOne(expression: string, api: RestApiModel): AuthorizerIdentitySource | undefined {
  if (expression.startsWith(HEADER)) {
    const name = expression.slice(HEADER.length).toLowerCase();
    return ({ request }) => request.headers[name]?.[0];
  }
  if (expression.startsWith(QUERY)) {
    const name = expression.slice(QUERY.length);
    return ({ request }) => request.query[name]?.[0];
  }
  if (expression.startsWith(STAGE_VARIABLE)) {
    const value = api.stage.variables[expression.slice(STAGE_VARIABLE.length)];
    return () => value;
  }
  const name = expression.startsWith(CONTEXT) ? expression.slice(CONTEXT.length) : '';
  const read = Object.hasOwn(CONTEXT_READERS, name) ? CONTEXT_READERS[name] : undefined;
  return read && ((state) => read(state, api));
}
