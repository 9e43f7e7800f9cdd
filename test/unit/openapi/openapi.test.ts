import { Validator } from '@seriousme/openapi-schema-validator';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { type Api, defineApi, defineRoles, get, object, post } from '../../../lib/definition/index.ts';
import { gatewayResponses, throttleSeconds } from '../../../lib/openapi/gatewayResponses.ts';
import { gatewayGaps, gatewayOpenApi, publicOpenApi, renderOpenApi } from '../../../lib/openapi/index.ts';
import { generatedApi } from '../../support/generated.ts';

type Tree = { readonly [key: string]: Tree } & { readonly [Symbol.iterator]: () => Iterator<Tree> };

const bindings = {
  authorizerUri: 'arn:authorizer',
  authorizerCredentials: 'arn:role/authorizer',
  authorizerTtlSeconds: 60,
  integrationUri: (group: string) => `arn:${group}`,
  integrationCredentials: 'arn:role/integration',
};
const gatewayOf = (api: Api) => gatewayOpenApi(api, bindings) as unknown as Tree;
const sample = gatewayOf(documents);
const ok = { responses: { 200: { description: 'Fine' } } } as const;

/** A definition of one route with these options. */
function one(options: object): Api {
  return defineApi(
    {
      name: 'one',
      version: '1.0.0',
      roles: defineRoles({ user: { can: ['thing:write'] } }, { reviewed: '2026-11-01' }),
      tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
      routes: { add: post('/things', { permission: 'thing:write', ...ok, ...options } as never) },
    },
    { today: new Date('2026-11-10') },
  ) as Api;
}

const modelOf = (body: object) => gatewayOf(one({ body })).components?.schemas?.AddBody;
const gapsOf = (body: object) => gatewayGaps(one({ body })).map(({ location, keyword }) => `${location} ${keyword}`);

async function inspect(document: unknown) {
  return new Validator().validate(JSON.parse(JSON.stringify(document)));
}

describe('the gateway body', () => {
  it('is valid OpenAPI 3.0, for the sample and for 300 routes', async () => {
    expect(await inspect(sample)).toEqual({ valid: true });
    expect(await inspect(gatewayOf(generatedApi(300)))).toEqual({ valid: true });
  });

  it('protects every operation but the public ones with authorizer and key together', () => {
    for (const route of Object.values(documents.routes)) {
      const security = sample.paths?.[route.path]?.[route.method.toLowerCase()]?.security;
      expect(security).toEqual(route.access.kind === 'public' ? [] : [{ authorizer: [], api_key: [] }]);
    }
    expect(sample['x-amazon-apigateway-api-key-source']).toBe('AUTHORIZER');
  });

  it('validates bodies whatever their media type, and takes none where the route has none', () => {
    const create = sample.paths?.['/documents']?.post;
    const schema = { $ref: '#/components/schemas/CreateDocumentBody' };
    expect(create?.requestBody?.content).toEqual({ 'application/json': { schema }, $default: { schema } });
    expect(create?.['x-amazon-apigateway-request-validator']).toBe('everything');
    expect(sample.paths?.['/documents/{id}/publish']?.post).not.toHaveProperty('requestBody');
  });

  it('shares equal models', () => {
    expect(Object.keys(sample.components?.schemas ?? {})).toEqual(['CreateDocumentBody', 'PresignAttachmentBody']);
    expect(sample.paths?.['/documents/{id}']?.put?.requestBody?.content?.$default?.schema?.$ref).toContain(
      'CreateDocumentBody',
    );
  });

  it('lets an integration last as long as the slowest route of its group', () => {
    const slow = { timeoutSeconds: 29, ...ok } as const;
    const api = defineApi({
      name: 'slow',
      version: '1.0.0',
      roles: defineRoles({ user: { can: ['thing:read'] } }, { reviewed: '2026-11-01' }),
      tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
      routes: {
        fast: get('/things', { permission: 'thing:read', ...ok }),
        slow: get('/things/slow', { permission: 'thing:read', ...slow }),
        alone: get('/things/alone', { permission: 'thing:read', isolate: true, ...ok }),
      },
    });
    const timeouts = Object.values(gatewayOf(api as Api).paths ?? {}).map(
      (path) => path.get?.['x-amazon-apigateway-integration']?.timeoutInMillis,
    );
    expect(timeouts).toEqual([29_000, 29_000, 10_000]);
  });

  it('declares required parameters, but leaves those that may be blank to the Lambda', () => {
    const api = one({
      query: object({ size: Type.Integer(), text: Type.String({ maxLength: 9 }), free: Type.Optional(Type.Integer()) }),
      headers: object({ 'x-kind': Type.Enum(['a', 'b']) }),
    });
    const { parameters } = gatewayOf(api).paths?.['/things']?.post ?? ({} as Tree);
    expect([...(parameters ?? [])].map(({ name, in: where }) => `${where} ${name}`)).toEqual([
      'query size',
      'header x-kind',
    ]);
    const required = gatewayGaps(api).filter(({ keyword }) => keyword === 'required');
    expect(required).toMatchObject([{ location: 'routes.add.query.properties.text' }]);
  });

  it('names every rule of a parameter or cookie that the gateway cannot check', () => {
    const api = one({
      query: object({ size: Type.Optional(Type.Integer({ maximum: 5, description: 'no rule' })) }),
      cookies: object({ sid: Type.String({ minLength: 1, maxLength: 9, 'x-sensitive': true }) }),
    });
    expect(gatewayGaps(api).map(({ location, keyword }) => `${location} ${keyword}`)).toEqual([
      'routes.add.query.properties.size type',
      'routes.add.query.properties.size maximum',
      'routes.add.cookies.properties.sid required',
      'routes.add.cookies.properties.sid minLength',
      'routes.add.cookies.properties.sid maxLength',
    ]);
    expect(publicOpenApi(api).paths).toMatchObject({
      '/things': {
        post: {
          parameters: [
            { name: 'size', in: 'query' },
            { name: 'sid', in: 'cookie', required: true },
          ],
        },
      },
    });
  });

  it('stays small: under 1 KB a route beside what all share', () => {
    const size = (count: number) => JSON.stringify(gatewayOf(generatedApi(count))).length;
    expect((size(300) - size(10)) / 290).toBeLessThan(1000);
    expect(size(300)).toBeLessThan(300_000);
  });

  it('writes the TLS policy only when told', () => {
    const policy = { securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09', endpointAccessMode: 'STRICT' };
    expect(gatewayOpenApi(documents, { ...bindings, ...policy })).toMatchObject({
      'x-amazon-apigateway-security-policy': policy.securityPolicy,
      'x-amazon-apigateway-endpoint-access-mode': 'STRICT',
    });
    expect(JSON.stringify(sample)).not.toContain('security-policy');
  });
});

describe('the answer to a rejected caller', () => {
  it('names the problem that the authorizer found', () => {
    const { ACCESS_DENIED } = gatewayResponses(documents as unknown as Api) as Readonly<Record<string, Tree>>;
    expect(JSON.parse(String(ACCESS_DENIED?.['responseTemplates']?.['application/json']))).toEqual({
      type: 'https://secure-api.dev/errors/$context.authorizer.rejectionCode',
      title: 'Forbidden',
      status: 403,
      code: '$context.authorizer.rejectionCode',
      detail: '$context.authorizer.rejectionDetail',
      instance: '$context.requestId',
    });
  });
});

describe('the seconds of a throttle', () => {
  const api = documents as unknown as Api;

  it('are those after which the slowest bucket of all has a token again', () => {
    expect(throttleSeconds(api)).toBe(1);
    expect(throttleSeconds({ ...api, anonymous: { rate: 0.3, burst: 1, perAddress: 100 } })).toBe(4);
    const slow = { ...api.routes['me'], limits: { free: { rate: 0.1, burst: 1 } } } as Api['routes'][string];
    const responses = gatewayResponses({ ...api, routes: { ...api.routes, me: slow } });
    expect(JSON.stringify(responses['THROTTLED'])).toContain(`"gatewayresponse.header.Retry-After":"'10'"`);
  });
});

describe('gateway responses', () => {
  const responses = sample['x-amazon-apigateway-gateway-responses'] ?? ({} as Tree);
  /** What API Gateway makes of a template: variables replaced, nothing quoted but what its reference says. */
  const answered = (type: string) =>
    JSON.parse(
      String(responses[type]?.responseTemplates?.['application/json'])
        .replaceAll('$context.requestId', 'r-1')
        .replaceAll('$context.error.messageString', '"Missing required request parameters: [q]"')
        .replaceAll('$context.error.validationErrorString', '[object has missing required properties ([\\"title\\"])]'),
    );

  it.each(Object.keys(responses))('%s is a problem document with security headers', (type) => {
    const problem = answered(type);
    expect(problem).toMatchObject({ type: `https://secure-api.dev/errors/${problem.code}`, instance: 'r-1' });
    const { responseParameters, statusCode } = responses[type] ?? ({} as Tree);
    expect(responseParameters).toMatchObject({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
      'gatewayresponse.header.Cache-Control': "'no-store'",
      'gatewayresponse.header.X-Content-Type-Options': "'nosniff'",
    });
    if (statusCode !== undefined) expect(String(statusCode)).toBe(String(problem.status));
  });

  it('names the field at fault of a body and the parameters that are missing', () => {
    expect(answered('BAD_REQUEST_BODY')).toMatchObject({
      status: 400,
      code: 'invalid-request',
      errors: [{ pointer: '', message: '[object has missing required properties (["title"])]' }],
    });
    expect(answered('BAD_REQUEST_PARAMETERS').detail).toBe('Missing required request parameters: [q]');
  });

  it('asks for a token, says when to come back, and calls an unknown path 404', () => {
    const header = (type: string, name: string) =>
      responses[type]?.responseParameters?.[`gatewayresponse.header.${name}`];
    expect(header('UNAUTHORIZED', 'WWW-Authenticate')).toBe('\'Bearer realm="documents"\'');
    expect([header('THROTTLED', 'Retry-After'), header('QUOTA_EXCEEDED', 'Retry-After')]).toEqual(["'1'", "'3600'"]);
    expect(responses.MISSING_AUTHENTICATION_TOKEN?.statusCode).toBe('404');
    expect(responses.REQUEST_TOO_LARGE).not.toHaveProperty('statusCode');
  });
});

describe('models in draft 4', () => {
  const text = { type: 'string', maxLength: 9 } as const;

  it.each([
    ['const becomes a list of one', Type.Literal('a'), { type: 'string', enum: ['a'] }, []],
    ['an enum gets its type', Type.Enum(['a', 'b']), { type: 'string', enum: ['a', 'b'] }, []],
    [
      'an exclusive bound becomes inclusive',
      { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 9 },
      { type: 'integer', minimum: 0, maximum: 9 },
      ['exclusiveMinimum', 'exclusiveMaximum'],
    ],
    ['a format goes', { ...text, format: 'email' }, text, ['format']],
    ['annotations and x- keywords go', { ...text, title: 't', default: 'd', 'x-note': 1 }, text, []],
    ['null opens the value', { type: ['string', 'null'], maxLength: 9 }, { maxLength: 9 }, ['type']],
    ['a portable pattern stays', { ...text, pattern: '^[a-z0-9-]+$' }, { ...text, pattern: '^[a-z0-9-]+$' }, []],
    ['a pattern that takes half characters goes', { ...text, pattern: '^.{3}$' }, text, ['pattern']],
    ['a look-ahead goes', { ...text, pattern: '^(?!a)b$' }, text, ['pattern']],
  ])('%s', (_, body, model, dropped) => {
    expect(modelOf(body)).toEqual(model);
    expect(gapsOf(body)).toEqual(dropped.map((keyword) => `routes.add.body ${keyword}`));
  });

  it('lifts what is combined inside of a model, and weakens oneOf to anyOf', () => {
    const api = one({ body: object({ who: Type.Union([Type.Literal('a'), Type.Literal('b')]) }) });
    expect(gatewayOf(api).components?.schemas).toMatchObject({
      AddBodyPropertiesWho: { anyOf: [{ enum: ['a'] }, { enum: ['b'] }] },
      AddBody: { properties: { who: { $ref: '#/components/schemas/AddBodyPropertiesWho' } } },
    });
    expect(modelOf({ oneOf: [text, { type: 'integer' }] })).toEqual({ anyOf: [text, { type: 'integer' }] });
  });

  it('opens an object whose names only a pattern knows', () => {
    const body = { type: 'object', patternProperties: { '^x': text }, additionalProperties: false };
    expect(modelOf(body)).toEqual({ type: 'object' });
  });

  it('has names that API Gateway takes', () => {
    const names = Object.keys(
      gatewayOf(one({ body: object({ 'a-b': Type.Union([Type.Literal('a'), Type.Literal('b')]) }) })).components
        ?.schemas ?? {},
    );
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9]+$/);
  });
});

describe('the public document', () => {
  const document = publicOpenApi(documents) as unknown as Tree;

  it('is valid OpenAPI 3.1 without AWS extensions, for the sample and for 300 routes', async () => {
    expect(await inspect(document)).toEqual({ valid: true });
    expect(await inspect(publicOpenApi(generatedApi(300)))).toEqual({ valid: true });
    expect(JSON.stringify(document)).not.toMatch(/amazon|aws/i);
  });

  it('tells every refusal that a client can meet', () => {
    const statusesOf = (path: string, method: string) => Object.keys(document.paths?.[path]?.[method]?.responses ?? {});
    expect(statusesOf('/health', 'get')).toEqual(['200', '400', '403', '406', '414', '429', '431', '500', '504']);
    expect(statusesOf('/documents/{id}', 'put')).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '406',
      '412',
      '413',
      '414',
      '415',
      '428',
      '429',
      '431',
      '500',
      '504',
    ]);
    expect(document.components?.responses?.TooManyRequests?.headers).toHaveProperty('Retry-After');
  });

  it('tells permissions, limits and public routes', () => {
    expect(document.paths?.['/documents']?.post).toMatchObject({
      'x-permission': 'document:create',
      security: [{ bearer: [] }],
    });
    expect(document.paths?.['/health']?.get?.security).toEqual([]);
    expect(document.info?.description).toContain('free (default): 10 requests a second, 20 at once, 10,000 a day');
  });

  it('keeps schemas as they were written, and equal ones once', () => {
    const { schemas } = document.components ?? ({} as Tree);
    expect(schemas?.CreateDocumentRequest).toEqual(documents.routes.createDocument.request.body);
    expect(document.paths?.['/documents/{id}']?.put?.requestBody?.content?.['application/json']?.schema?.$ref).toBe(
      '#/components/schemas/CreateDocumentRequest',
    );
  });

  it('is rendered as stable JSON text', () => {
    expect(renderOpenApi(publicOpenApi(documents))).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });
});
