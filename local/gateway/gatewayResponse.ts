/**
 * Gateway responses: what API Gateway itself sends for a rejected request.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
import type { RestApiModel } from '../assembly/model.ts';
import { type Json, number, record, string } from '../assembly/values.ts';
import type { ContextSource } from './contextVariables.ts';
import type { GatewayResponseType, HttpResponse, Rejection } from './step.ts';
import { compileBody, compileHeader, type Template, type TemplateScope } from './template.ts';

/** Makes the response to a rejected request. */
export type GatewayResponses = (source: ContextSource & { readonly rejection: Rejection }) => HttpResponse;

/**
 * Default statuses.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const STATUS: Readonly<Record<GatewayResponseType, number>> = {
  ACCESS_DENIED: 403,
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_BODY: 400,
  BAD_REQUEST_PARAMETERS: 400,
  DEFAULT_4XX: 400,
  DEFAULT_5XX: 500,
  // The page says 504; when a function fails, API Gateway sends 502.
  INTEGRATION_FAILURE: 502,
  INTEGRATION_TIMEOUT: 504,
  INVALID_API_KEY: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  QUOTA_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  RESOURCE_NOT_FOUND: 404,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
  UNSUPPORTED_MEDIA_TYPE: 415,
  WAF_FILTERED: 403,
};

const JSON_TYPE = 'application/json';
const DEFAULT_TEMPLATES = { [JSON_TYPE]: '{"message":$context.error.messageString}' };
const HEADER = 'gatewayresponse.header.';

interface CompiledResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, Template])[];
  /** By media type in lower case. */
  readonly templates: ReadonlyMap<string, Template>;
}

/** Compiles the responses of an API. A type that the API does not define takes `DEFAULT_4XX` or `DEFAULT_5XX`. */
export function createGatewayResponses(api: RestApiModel, account: string): GatewayResponses {
  const defined = record(api.body['x-amazon-apigateway-gateway-responses']);
  const entries = Object.entries(STATUS).map(([type, status]) => {
    const response = record(defined[type] ?? defined[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX']);
    return [type, compile(response, status, { api, account })] as const;
  });
  const responses = new Map<string, CompiledResponse>(entries);
  return (source) => {
    const response = responses.get(source.rejection.type);
    if (response === undefined) throw new Error(`no gateway response of type ${source.rejection.type}`);
    return fill(response, source);
  };
}

function compile(response: Json, status: number, scope: TemplateScope): CompiledResponse {
  const headers = Object.entries(record(response['responseParameters'])).filter(([name]) => name.startsWith(HEADER));
  const templates = Object.entries(record(response['responseTemplates'] ?? DEFAULT_TEMPLATES));
  return {
    status: number(response['statusCode']) ?? status,
    headers: headers.map(([name, value]) => [name.slice(HEADER.length), compileHeader(string(value) ?? '', scope)]),
    templates: new Map(
      templates.map(([type, template]) => [type.toLowerCase(), compileBody(string(template) ?? '', scope)]),
    ),
  };
}

function fill({ status, headers, templates }: CompiledResponse, source: ContextSource): HttpResponse {
  const type = chooseType([...templates.keys()], source.state.request.headers['accept']?.[0] ?? '');
  const filled = headers.map(([name, write]) => [name, write(source)] as const);
  const typed = filled.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    kind: 'response',
    status,
    headers: typed ? filled : [['Content-Type', type], ...filled],
    body: templates.get(type)?.(source) ?? '',
  };
}

/** The first media type that the client accepts and the response has; else JSON, or the first that the response has. */
function chooseType(types: readonly string[], accept: string): string {
  const accepted = accept.split(',').map((each) => (each.split(';')[0] ?? '').trim().toLowerCase());
  const found = accepted.find((type) => types.includes(type));
  return found ?? (types.includes(JSON_TYPE) ? JSON_TYPE : (types[0] ?? JSON_TYPE));
}
