import { describe, expect, it } from 'vitest';
import { apiGaps } from '../../gateway/gaps/api.ts';
import { createModelCompiler } from '../../gateway/validation/models.ts';
import { createValidation } from '../../gateway/validation/validation.ts';
import { anApi, aRequestState, type RequestParts } from '../support/gateway.ts';

const DOCUMENT = {
  type: 'object',
  required: ['title'],
  additionalProperties: false,
  properties: {
    title: { type: 'string', minLength: 1 },
    tags: { type: 'array', maxItems: 1, items: { $ref: '#/components/schemas/Tag' } },
    size: { type: 'number', minimum: 0 },
    id: { type: 'string' },
  },
};
const MODEL = { schema: { $ref: '#/components/schemas/Document' } };

function validation(
  operation: object = {},
  validator: object = { validateRequestBody: true, validateRequestParameters: true },
) {
  const put = {
    parameters: [
      { name: 'q', in: 'query', required: true },
      { $ref: '#/components/parameters/H' },
      { name: 'free', in: 'query' },
    ],
    requestBody: { required: true, content: { 'application/json': MODEL, $default: MODEL } },
    ...operation,
  };
  const body = {
    paths: { '/documents/{id}': { put } },
    components: {
      schemas: { Document: DOCUMENT, Tag: { type: 'string', pattern: '^[a-z]+$' } },
      parameters: { H: { name: 'If-Match', in: 'header', required: true } },
    },
    'x-amazon-apigateway-request-validator': 'all',
    'x-amazon-apigateway-request-validators': { all: validator },
  };
  const step = createValidation(anApi(body));
  const route = { method: 'PUT', resourcePath: '/documents/{id}', resourceId: '3a4b5c', operation: put };
  return (request: RequestParts) => step(aRequestState(request, route));
}

const WHOLE: RequestParts = { query: { q: ['1'] }, headers: { 'if-match': '1' }, body: '{"title":"t"}' };

describe('required parameters', () => {
  it.each([
    ['both', {}, '[q, If-Match]'],
    ['an empty query parameter', { ...WHOLE, query: { q: [''] } }, '[q]'],
    ['a header', { ...WHOLE, headers: {} }, '[If-Match]'],
  ])('name what is missing: %s', (_, request, names) => {
    const message = `Missing required request parameters: ${names}`;
    expect(validation()(request)).toMatchObject({ type: 'BAD_REQUEST_PARAMETERS', message });
  });

  it('pass when present, and when the validator does not require them', () => {
    expect(validation()(WHOLE)).toBeUndefined();
    expect(validation({}, { validateRequestBody: true })({ body: '{"title":"t"}' })).toBeUndefined();
  });
});

describe('a body', () => {
  it.each([
    ['{}', '[object has missing required properties (["title"])]'],
    [
      '{"title":1}',
      '[/title: instance type (integer) does not match any allowed primitive type (allowed: ["string"])]',
    ],
    ['{"title":"t","x":1}', '[object instance has properties which are not allowed by the schema: ["x"]]'],
    [
      '{"title":"","size":-1}',
      '[/title: string is too short (required minimum: 1), /size: numeric instance is lower than the required minimum (minimum: 0)]',
    ],
    ['{"title":"t","tags":["A"]}', '[/tags/0: ECMA 262 regex "^[a-z]+$" does not match input string]'],
    ['[]', '[instance type (array) does not match any allowed primitive type (allowed: ["object"])]'],
    ['{', 'Can not parse body as JSON'],
    ['', 'Request body is required'],
  ])('%s is rejected with its faults', (body, validationError) => {
    const rejection = { kind: 'rejection', type: 'BAD_REQUEST_BODY', message: 'Invalid request body', validationError };
    expect(validation()({ ...WHOLE, body })).toEqual(rejection);
  });

  it('can have more items than the model allows, as on AWS', () => {
    expect(validation()({ ...WHOLE, body: '{"title":"t","tags":["a","b"]}' })).toBeUndefined();
  });

  it('of another media type is checked against the default model, or none', () => {
    const request = { ...WHOLE, headers: { 'if-match': '1', 'content-type': 'text/plain; charset=utf-8' }, body: 'x' };
    expect(validation()(request)).toMatchObject({ type: 'BAD_REQUEST_BODY' });
    expect(validation({ requestBody: { content: { 'application/json': MODEL } } })(request)).toBeUndefined();
  });

  it('that is large is rejected with its first fault only', () => {
    const body = JSON.stringify({ size: -1, title: '', tags: Array(20_000).fill('A') });
    const rejection = validation()({ ...WHOLE, body });
    expect(rejection).toMatchObject({ validationError: expect.stringMatching(/^\[\/[^,]+\]$/) });
  });

  it('is not validated unless the validator requires it', () => {
    expect(validation({}, {})({ body: '{' })).toBeUndefined();
  });
});

describe('unique items', () => {
  const check = createModelCompiler({})({ type: 'array', uniqueItems: true });
  const faultsOf = (items: readonly unknown[]) => check(items, true).map(({ keyword }) => keyword);

  it.each<readonly [readonly unknown[]]>([
    [[1, '1', true, null, [], {}, [1], ['[]', 1], { a: 1 }, [['a', 1]]]],
    [[{ toString: 1 }, { toString: 2 }]],
    [[{ valueOf: 1 }, { hasOwnProperty: 1 }]],
  ])('accept different values: %j', (items) => {
    expect(faultsOf(items)).toEqual([]);
  });

  it.each<readonly [readonly unknown[]]>([
    [[0, -0]],
    [
      [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
    ],
    [[{ toString: 1 }, { toString: 1 }]],
    [[null, 1, null]],
  ])('reject equal values: %j', (items) => {
    expect(faultsOf(items)).toEqual(['uniqueItems']);
  });
});

describe('the gaps of an API', () => {
  it('reports what is not emulated, and nothing else', () => {
    const integration = {
      type: 'aws_proxy',
      uri: 'arn:aws:apigateway:r:lambda:path/2015-03-31/functions/arn:f/invocations',
    };
    const good = { security: [], 'x-amazon-apigateway-integration': integration };
    const http = {
      security: [{ ghost: [] }],
      'x-amazon-apigateway-integration': { type: 'http', uri: 'https://a.test' },
    };
    const api = anApi({
      paths: { '/a': { get: good, put: http } },
      components: { securitySchemes: { pool: { 'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools' } } } },
      'x-amazon-apigateway-policy': {},
      'x-amazon-apigateway-request-validators': {},
    });
    expect(apiGaps(api).map(({ detail }) => detail)).toEqual([
      'x-amazon-apigateway-policy is not emulated',
      expect.stringContaining('security scheme pool: authorizers of type cognito_user_pools'),
      'PUT /a: integrations of type http are not run',
      'PUT /a: security scheme ghost does not exist; the operation is rejected',
    ]);
  });
});
