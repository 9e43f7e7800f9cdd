import type { ReportGap } from '../emulationGaps.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { flag, isRecord, type Json, list, number, record, string } from '../values.ts';

/**
 * Translates an API's `AWS::ApiGateway::Resource`, `Method`, `Model`, `RequestValidator` and `Authorizer` to one OpenAPI 3.0
 * body, so that the gateway reads one form.
 * @returns `undefined` when the API has no methods.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export function translateMethods(api: Resource, stack: StackTemplate, report: ReportGap): Json | undefined {
  const parts = partsOf(api, stack);
  if (parts.methods.length === 0) return undefined;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const method of parts.methods) {
    const path = pathOf(string(method.properties['ResourceId']) ?? '', parts, api);
    paths[path] = { ...paths[path], [verbOf(method)]: operation(method, path, parts, report) };
  }
  return {
    openapi: '3.0.1',
    info: { title: string(api.properties['Name']) ?? api.logicalId, version: '1' },
    paths,
    components: { schemas: schemas(parts), securitySchemes: securitySchemes(parts, report) },
    'x-amazon-apigateway-request-validators': Object.fromEntries(parts.validators.map((it) => [it.ref, validator(it)])),
  };
}

interface ApiParts {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly methods: readonly Resource[];
  readonly models: readonly Resource[];
  readonly validators: readonly Resource[];
  readonly authorizers: readonly Resource[];
}

function partsOf(api: Resource, stack: StackTemplate): ApiParts {
  const own = (kind: string): readonly Resource[] =>
    stack.ofType(`AWS::ApiGateway::${kind}`).filter(({ properties }) => properties['RestApiId'] === api.ref);
  return {
    resources: new Map(own('Resource').map((resource) => [resource.ref, resource])),
    methods: own('Method'),
    models: own('Model'),
    validators: own('RequestValidator'),
    authorizers: own('Authorizer'),
  };
}

/** Follows the parents up to the root, which is no resource in the template. */
function pathOf(resourceId: string, parts: ApiParts, api: Resource): string {
  const resource = parts.resources.get(resourceId);
  if (resource === undefined) return '/';
  const parent = pathOf(string(resource.properties['ParentId']) ?? '', parts, api);
  return `${parent === '/' ? '' : parent}/${string(resource.properties['PathPart']) ?? ''}`;
}

function verbOf(method: Resource): string {
  const verb = string(method.properties['HttpMethod']) ?? 'ANY';
  return verb === 'ANY' ? 'x-amazon-apigateway-any-method' : verb.toLowerCase();
}

function operation(method: Resource, path: string, parts: ApiParts, report: ReportGap): Json {
  const { properties } = method;
  const validatorId = string(properties['RequestValidatorId']);
  const body = requestBody(record(properties['RequestModels']), parts);
  return {
    ...(string(properties['OperationName']) === undefined ? {} : { operationId: string(properties['OperationName']) }),
    parameters: parameters(record(properties['RequestParameters']), path),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: responses(list(properties['MethodResponses']).map(record)),
    security: security(method, parts, report),
    ...(validatorId === undefined ? {} : { 'x-amazon-apigateway-request-validator': validatorId }),
    'x-amazon-apigateway-integration': integration(record(properties['Integration'])),
  };
}

/** `method.request.querystring.q: true` makes `q` required; path parameters always are. */
function parameters(declared: Json, path: string): Json[] {
  const locations: Readonly<Record<string, string>> = { querystring: 'query', header: 'header', path: 'path' };
  const found = new Map<string, Json>();
  for (const [, name = ''] of path.matchAll(/\{([^}+]+)\+?\}/g)) {
    found.set(`path.${name}`, { name, in: 'path', required: true, schema: { type: 'string' } });
  }
  for (const [key, required] of Object.entries(declared)) {
    const [, location = '', name = ''] = /^method\.request\.(\w+)\.(.+)$/.exec(key) ?? [];
    const openApiLocation = locations[location];
    if (openApiLocation === undefined) continue;
    found.set(`${openApiLocation}.${name}`, {
      name,
      in: openApiLocation,
      required: openApiLocation === 'path' || flag(required),
      schema: { type: 'string' },
    });
  }
  return [...found.values()];
}

/** Models are named by `Ref` or name; `Empty` and `Error` exist in every API. */
function requestBody(models: Json, parts: ApiParts): Json | undefined {
  const known = new Set(parts.models.map(({ ref }) => ref));
  const content = Object.entries(models).map(([type, name]) => {
    const schema = known.has(string(name) ?? '') ? { $ref: `#/components/schemas/${string(name)}` } : {};
    return [type, { schema }];
  });
  return content.length === 0 ? undefined : { content: Object.fromEntries(content) };
}

function responses(declared: readonly Json[]): Json {
  const entries = declared.map((response) => [string(response['StatusCode']) ?? 'default', { description: '' }]);
  return entries.length === 0 ? { default: { description: '' } } : Object.fromEntries(entries);
}

function security(method: Resource, parts: ApiParts, report: ReportGap): Json[] {
  const { properties } = method;
  const type = string(properties['AuthorizationType']) ?? 'NONE';
  const authorizer = parts.authorizers.find(({ ref }) => ref === properties['AuthorizerId']);
  const requirement: Record<string, unknown> = flag(properties['ApiKeyRequired']) ? { api_key: [] } : {};
  if (authorizer !== undefined) requirement[schemeName(authorizer)] = list(properties['AuthorizationScopes']);
  else if (type !== 'NONE') report(method, `AuthorizationType ${type} is not enforced`);
  return Object.keys(requirement).length === 0 ? [] : [requirement];
}

/** `IntegrationResponses` is a list in a template and, in a body, an object by the pattern that selects the response. */
function integration(value: Json): Json {
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const renamed = RENAMED[key] ?? key.charAt(0).toLowerCase() + key.slice(1);
    result[renamed] = key === 'Type' || key === 'ConnectionType' ? string(member)?.toLowerCase() : member;
  }
  const integrationResponses = list(value['IntegrationResponses']).map(record);
  if (integrationResponses.length === 0) return result;
  delete result['integrationResponses'];
  const entries = integrationResponses.map((response) => [
    string(response['SelectionPattern']) ?? 'default',
    lowerKeys(response),
  ]);
  return { ...result, responses: Object.fromEntries(entries) };
}

const RENAMED: Readonly<Record<string, string>> = {
  IntegrationHttpMethod: 'httpMethod',
  TimeoutInMillis: 'timeoutInMillis',
};

function lowerKeys(value: Json): Json {
  const kept = Object.entries(value).filter(([key]) => key !== 'SelectionPattern');
  return Object.fromEntries(kept.map(([key, member]) => [key.charAt(0).toLowerCase() + key.slice(1), member]));
}

function validator({ properties }: Resource): Json {
  return {
    validateRequestBody: flag(properties['ValidateRequestBody']),
    validateRequestParameters: flag(properties['ValidateRequestParameters']),
  };
}

function schemas(parts: ApiParts): Json {
  return Object.fromEntries(parts.models.map((model) => [model.ref, relocate(model.properties['Schema'], model.ref)]));
}

/** Changes a model's references, to another model by URL or into itself, to references into `components`. */
function relocate(schema: unknown, name: string): unknown {
  if (Array.isArray(schema)) return schema.map((item) => relocate(item, name));
  if (!isRecord(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, member]) => {
      if (key !== '$ref' || typeof member !== 'string') return [key, relocate(member, name)];
      const other = /\/restapis\/[^/]+\/models\/([^/]+)$/.exec(member)?.[1];
      if (other !== undefined) return [key, `#/components/schemas/${other}`];
      return [key, member.replace(/^#(?=\/|$)/, `#/components/schemas/${name}`)];
    }),
  );
}

function schemeName(authorizer: Resource): string {
  return string(authorizer.properties['Name']) ?? authorizer.logicalId;
}

function securitySchemes(parts: ApiParts, report: ReportGap): Json {
  const schemes: Record<string, Json> = { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } };
  for (const authorizer of parts.authorizers) schemes[schemeName(authorizer)] = scheme(authorizer, report);
  return schemes;
}

/** A TOKEN authorizer has one header as its identity source; a REQUEST authorizer has any number of request parts. */
function scheme(authorizer: Resource, report: ReportGap): Json {
  const { properties } = authorizer;
  const type = (string(properties['Type']) ?? 'TOKEN').toLowerCase();
  const authorizerIdentitySource = string(properties['IdentitySource']);
  const cognito = type === 'cognito_user_pools';
  if (cognito) report(authorizer, 'user pool authorizers are not run; operations that use them are rejected');
  const header = /^method\.request\.header\.(.+)$/.exec(authorizerIdentitySource ?? '')?.[1];
  const ttl = number(properties['AuthorizerResultTtlInSeconds']);
  return {
    type: 'apiKey',
    name: type === 'request' ? (header ?? 'Unused') : (header ?? 'Authorization'),
    in: 'header',
    'x-amazon-apigateway-authtype': cognito ? 'cognito_user_pools' : 'custom',
    'x-amazon-apigateway-authorizer': {
      type,
      ...(cognito
        ? { providerARNs: list(properties['ProviderARNs']) }
        : { authorizerUri: string(properties['AuthorizerUri']) }),
      ...(authorizerIdentitySource === undefined ? {} : { identitySource: authorizerIdentitySource }),
      ...(ttl === undefined ? {} : { authorizerResultTtlInSeconds: ttl }),
      ...(string(properties['IdentityValidationExpression']) === undefined
        ? {}
        : { identityValidationExpression: string(properties['IdentityValidationExpression']) }),
    },
  };
}
