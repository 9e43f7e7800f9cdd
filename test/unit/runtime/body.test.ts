import { describe, expect, it } from 'vitest';
import { readBody } from '../../../lambdas/runtime/body.ts';
import type { ProxyEvent } from '../../../lambdas/runtime/event.ts';
import { HttpProblem } from '../../../lambdas/runtime/problem.ts';
import type { RouteContract } from '../../../lib/definition/bundledTypes.ts';
import { routeContract } from '../../../lib/validators/index.ts';
import { create, expectRejected, list, send, silenceTelemetry, things } from './support.ts';

silenceTelemetry();

describe('a body is rejected', () => {
  it.each([
    'text/plain',
    'application/json; charset=iso-8859-1',
    'application/xml',
    'application/json, text/plain',
    'application/jsonp',
    '',
  ])('with the content type %j', async (type) => {
    await expectRejected({ ...create, headers: { 'Content-Type': type } }, 415, 'unsupported-media-type');
  });

  it('with two content types, or a content encoding', async () => {
    const both = { 'Content-Type': ['application/json', 'application/json'] };
    await expectRejected({ ...create, headers: both }, 415, 'unsupported-media-type');
    await expectRejected({ ...create, headers: { 'Content-Encoding': 'gzip' } }, 415, 'unsupported-media-type');
  });

  it.each([
    '{"title":"A","title":"B"}',
    '{"title":"A","\\u0074itle":"B"}',
    '{"__proto__":{"a":1},"title":"A"}',
    '{"tags":[{"constructor":1}]}',
    '\ufeff{"title":"A"}',
    '{"title":"A"} x',
    '{"title":"A"}{}',
    '{title:"A"}',
    "{'title':'A'}",
    '{"title":"A",}',
    '{"title":NaN}',
    '{"title":1e999}',
    '{"title":"\\ud800"}',
    '// {"title":"A"}',
    '[',
    `${'['.repeat(33)}${']'.repeat(33)}`,
  ])('with the JSON %s', async (raw) => {
    await expectRejected({ ...create, raw }, 400, 'malformed-json');
  });

  it('when it is not UTF-8, or starts with a byte order mark', async () => {
    const raw = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]).toString('base64');
    await expectRejected({ ...create, raw, base64: true }, 400, 'malformed-json');
    const bom = Buffer.from('\ufeff{"title":"A"}').toString('base64');
    await expectRejected({ ...create, raw: bom, base64: true }, 400, 'malformed-json');
  });

  it.each<readonly [unknown, readonly (readonly [string, string])[]]>([
    [{}, [['/title', 'required']]],
    [{ title: '' }, [['/title', 'too-short']]],
    [{ title: 'too long' }, [['/title', 'too-long']]],
    [{ title: 7 }, [['/title', 'type']]],
    [{ title: 'A', owner: 'me' }, [['/owner', 'unknown']]],
    [{ title: 'A', 'a/b~c': 1 }, [['/a~1b~0c', 'unknown']]],
    [{ title: 'A', tags: ['ok', 'long'] }, [['/tags/1', 'too-long']]],
    [{ title: 'A', tags: ['a', 'b', 'c'] }, [['/tags', 'too-many']]],
    [[], [['', 'type']]],
  ])('with the value %j, and the response names the field', async (body, faults) => {
    const { json } = await expectRejected({ ...create, body }, 400, 'invalid-request');
    expect(json['errors']).toEqual(faults.map(([pointer, code]) => ({ pointer, code, message: expect.any(String) })));
  });

  it('when it is missing but required, or sent to a route without one', async () => {
    await expectRejected({ ...create, body: undefined }, 400, 'invalid-request');
    await expectRejected({ ...list, raw: '{}' }, 400, 'invalid-request');
  });

  it('and the response contains none of its values', async () => {
    const response = await send({ ...create, body: { title: 'S3CRETS3CRET' } });
    expect(response.body).not.toContain('S3CRET');
  });
});

describe('a body is read', () => {
  const contractOf = (id: 'create' | 'open', change: Partial<RouteContract['input']> = {}) => {
    const route = things.routes[id];
    if (route === undefined) throw new Error('no route');
    const contract = routeContract(route);
    return { ...contract, input: { ...contract.input, ...change } };
  };
  const eventOf = (change: Partial<ProxyEvent>): ProxyEvent => ({
    resource: '/things',
    httpMethod: 'POST',
    headers: { 'Content-Type': 'application/json' },
    requestContext: {},
    ...change,
  });
  const problemOf = (read: () => unknown) => {
    try {
      return read();
    } catch (error) {
      return error instanceof HttpProblem ? [error.code, error.detail, error.errors] : error;
    }
  };

  it.each([undefined, null, ''])('as none: %j, whatever its content type', (body) => {
    expect(readBody(eventOf({ body, headers: {} }), contractOf('create'))).toBeUndefined();
    expect(readBody(eventOf({ body, headers: {} }), contractOf('open'))).toBeUndefined();
  });

  it.each([
    'application/json',
    ' application/json ',
    'APPLICATION/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
  ])('with the content type %j', (type) => {
    const headers = { 'Content-Type': type, 'Content-Encoding': 'Identity' };
    expect(readBody(eventOf({ body: '{"a":1}', headers }), contractOf('create'))).toEqual({ a: 1 });
  });

  it('unless the route takes none', () => {
    const fault = { pointer: '', code: 'unexpected', message: 'This route takes no body.' };
    expect(problemOf(() => readBody(eventOf({ body: '1' }), contractOf('open')))).toEqual([
      'invalid-request',
      'The request is not valid.',
      [fault],
    ]);
  });

  it.each([
    ['as text', { body: '"äb"' }],
    ['in base64', { body: Buffer.from('"äb"').toString('base64'), isBase64Encoded: true }],
  ])('up to its limit of bytes, %s', (_, change) => {
    expect(readBody(eventOf(change), contractOf('create', { maxBodyBytes: 5 }))).toBe('äb');
    const detail = 'The body has more than 4 bytes.';
    expect(problemOf(() => readBody(eventOf(change), contractOf('create', { maxBodyBytes: 4 })))).toEqual([
      'payload-too-large',
      detail,
      [],
    ]);
  });

  it('only with a content type, and in UTF-8', () => {
    const wrong = ['unsupported-media-type', 'Send one Content-Type: application/json.', []];
    const body = '{}';
    expect(problemOf(() => readBody(eventOf({ body, headers: {} }), contractOf('create')))).toEqual(wrong);
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'br' };
    expect(problemOf(() => readBody(eventOf({ body, headers }), contractOf('create')))).toEqual([
      'unsupported-media-type',
      'Send the body without Content-Encoding.',
      [],
    ]);
    const damaged = ['malformed-json', 'The body is not UTF-8.', []];
    expect(problemOf(() => readBody(eventOf({ body: '"\ufffd"' }), contractOf('create')))).toEqual(damaged);
    const binary = { body: Buffer.from([0x22, 0xff, 0x22]).toString('base64'), isBase64Encoded: true };
    expect(problemOf(() => readBody(eventOf(binary), contractOf('create')))).toEqual(damaged);
  });
});
