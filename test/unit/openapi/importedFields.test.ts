import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { type Api, defineApi, defineRoles, object, post } from '../../../lib/definition/index.ts';
import { gatewayOpenApi } from '../../../lib/openapi/index.ts';
import { KEYWORD_SAMPLES } from '../../property/keywordSamples.ts';

/**
 * Fields that API Gateway imports without a warning, by what has them. Names of your own are `*`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
const EXTENSIONS =
  'api-key-source binary-media-types request-validators gateway-responses security-policy endpoint-access-mode';
const FIELDS: Readonly<Record<string, string>> = {
  body: `openapi info paths components ${EXTENSIONS.replaceAll(/\S+/g, 'x-amazon-apigateway-$&')}`,
  info: 'title version',
  path: 'get post put patch delete head options parameters',
  operation:
    'operationId parameters requestBody responses security x-amazon-apigateway-request-validator x-amazon-apigateway-integration',
  parameter: 'name in required schema',
  requestBody: 'required content',
  media: 'schema',
  response: 'description headers',
  integration:
    'type httpMethod uri credentials passthroughBehavior timeoutInMillis requestTemplates responses contentHandling',
  scheme: 'type name in x-amazon-apigateway-authtype x-amazon-apigateway-authorizer',
  authorizer: 'type identitySource authorizerResultTtlInSeconds authorizerUri authorizerCredentials',
  validator: 'validateRequestBody validateRequestParameters',
  gatewayResponse: 'statusCode responseParameters responseTemplates',
  components: 'schemas securitySchemes',
};
/** JSON Schema draft 4 without `$schema`, `nullable`, `discriminator`, `exclusiveMinimum` and inline `allOf`. */
const SCHEMA = new Set(
  `$ref type required properties additionalProperties items enum minLength maxLength pattern minimum maximum multipleOf
  minItems maxItems uniqueItems minProperties maxProperties anyOf oneOf allOf not format description`.split(/\s+/),
);

type Json = Readonly<Record<string, unknown>>;

function bodyOf(api: Api): Json {
  return gatewayOpenApi(api, {
    authorizerUri: 'uri',
    authorizerCredentials: 'role',
    authorizerTtlSeconds: 60,
    integrationUri: () => 'uri',
    integrationCredentials: 'role',
    securityPolicy: 'policy',
    endpointAccessMode: 'STRICT',
  }) as unknown as Json;
}

/** `<what>.<field>` for each field that is not in the list. */
function unknownFields(body: Json): readonly string[] {
  const found: string[] = [];
  const check = (what: string, value: unknown) => {
    const known = FIELDS[what]?.split(' ') ?? [];
    for (const name of Object.keys(record(value))) if (!known.includes(name)) found.push(`${what}.${name}`);
    return record(value);
  };
  const { info, paths, components, ...extensions } = check('body', body);
  check('info', info);
  for (const path of Object.values(record(paths))) {
    for (const operation of Object.values(check('path', path))) {
      const { parameters, requestBody, responses, ...rest } = check('operation', operation);
      for (const parameter of Array.isArray(parameters) ? parameters : []) {
        found.push(...unknownKeywords(check('parameter', parameter)['schema']));
      }
      const { content } = check('requestBody', requestBody);
      for (const media of Object.values(record(content))) {
        found.push(...unknownKeywords(check('media', media)['schema']));
      }
      for (const response of Object.values(record(responses))) check('response', response);
      check('integration', rest['x-amazon-apigateway-integration']);
    }
  }
  const { schemas, securitySchemes } = check('components', components);
  for (const schema of Object.values(record(schemas))) found.push(...unknownKeywords(schema));
  for (const scheme of Object.values(record(securitySchemes))) {
    check('authorizer', check('scheme', scheme)['x-amazon-apigateway-authorizer']);
  }
  for (const one of Object.values(record(extensions['x-amazon-apigateway-request-validators'])))
    check('validator', one);
  for (const one of Object.values(record(extensions['x-amazon-apigateway-gateway-responses']))) {
    check('gatewayResponse', one);
  }
  return [...new Set(found)];
}

function unknownKeywords(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = record(schema);
  const own = Object.keys(node).filter((name) => !SCHEMA.has(name));
  const { properties, items, additionalProperties, anyOf, oneOf, allOf, not } = node;
  const inner = [...Object.values(record(properties)), items, additionalProperties, not, anyOf, oneOf, allOf].flat();
  return [...own.map((name) => `schema.${name}`), ...inner.flatMap(unknownKeywords)];
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** A definition whose body has a property with this schema; undefined where a definition rejects it. */
function apiOf(schema: unknown): Api | undefined {
  const body = object({ value: Type.Optional(Type.Unsafe(schema as object)) });
  try {
    return defineApi(
      {
        name: 'odd',
        version: '1.0.0',
        roles: defineRoles({ reader: { can: ['thing:add'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
        tiers: { free: { rate: 10, burst: 20, quota: { requests: 1000, per: 'DAY' } } },
        routes: {
          add: post('/things', { permission: 'thing:add', body, responses: { 204: { description: 'Done' } } }),
        },
      } as never,
      { today: new Date('2026-11-10') },
    ) as unknown as Api;
  } catch {
    return undefined;
  }
}

describe('the body that API Gateway imports', () => {
  it('has only fields that import without a warning: the sample', () => {
    expect(unknownFields(bodyOf(documents as unknown as Api))).toEqual([]);
  });

  it.each(Object.entries(KEYWORD_SAMPLES))('has only such fields where a schema uses %s', (_, samples) => {
    const apis = samples.flatMap(({ schema }) => apiOf(schema) ?? []);
    expect(apis.flatMap((api) => unknownFields(bodyOf(api)))).toEqual([]);
  });

  it('is really looked at', () => {
    const definitions = Object.values(KEYWORD_SAMPLES).flat();
    expect(definitions.filter(({ schema }) => apiOf(schema) !== undefined).length).toBeGreaterThan(20);
    const body = { openapi: '3.0.1', servers: [], components: { schemas: { A: { items: { nullable: true } } } } };
    expect(unknownFields(body)).toEqual(['body.servers', 'schema.nullable']);
  });
});
