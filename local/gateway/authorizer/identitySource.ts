/**
 * Identity sources of a Lambda authorizer: what must be there before it is called, and what its answers are cached by.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
 */
import type { RestApiModel } from '../../assembly/model.ts';
import type { Exchange } from '../exchange.ts';

/** Reads one source; `undefined` or empty text means that it is missing. */
export type IdentityReader = (exchange: Exchange) => string | undefined;

const HEADER = 'method.request.header.';
const QUERY = 'method.request.querystring.';
const STAGE_VARIABLE = 'stageVariables.';
const CONTEXT = 'context.';

/** What `context.*` sources may name. */
const CONTEXT_READERS: Readonly<Record<string, (exchange: Exchange, api: RestApiModel) => string | undefined>> = {
  apiId: (_, api) => api.id,
  stage: (_, api) => api.stage.name,
  httpMethod: ({ call }) => call.method,
  path: ({ call }, api) => `/${api.stage.name}${call.path}`,
  protocol: ({ call }) => call.protocol,
  requestId: ({ call }) => call.requestId,
  resourcePath: ({ route }) => route?.resourcePath,
  'identity.sourceIp': ({ call }) => call.sourceIp,
  'identity.userAgent': ({ call }) => call.headers['user-agent']?.[0],
};

/**
 * Compiles an `identitySource`: expressions separated by commas.
 *
 * @returns one reader an expression; an expression that is not known reads as missing, so the request is refused.
 */
export function compileIdentitySources(identitySource: string, api: RestApiModel): IdentityReader[] {
  return expressionsOf(identitySource).map((expression) => compileOne(expression, api) ?? (() => undefined));
}

/** The expressions that `compileIdentitySources` does not know. */
export function unknownIdentitySources(identitySource: string, api: RestApiModel): string[] {
  return expressionsOf(identitySource).filter((expression) => compileOne(expression, api) === undefined);
}

function expressionsOf(identitySource: string): string[] {
  const expressions = identitySource.split(',').map((expression) => expression.trim());
  return expressions.filter((expression) => expression !== '');
}

function compileOne(expression: string, api: RestApiModel): IdentityReader | undefined {
  if (expression.startsWith(HEADER)) {
    const name = expression.slice(HEADER.length).toLowerCase();
    return ({ call }) => call.headers[name]?.[0];
  }
  if (expression.startsWith(QUERY)) {
    const name = expression.slice(QUERY.length);
    return ({ call }) => call.query[name]?.[0];
  }
  if (expression.startsWith(STAGE_VARIABLE)) {
    const value = api.stage.variables[expression.slice(STAGE_VARIABLE.length)];
    return () => value;
  }
  const name = expression.startsWith(CONTEXT) ? expression.slice(CONTEXT.length) : '';
  const read = Object.hasOwn(CONTEXT_READERS, name) ? CONTEXT_READERS[name] : undefined;
  return read && ((exchange) => read(exchange, api));
}
