import { describe, expect, it } from 'vitest';
import type { ProxyEvent } from '../../../lambdas/runtime/event.ts';
import { HttpProblem } from '../../../lambdas/runtime/problem.ts';
import { checkRequestSize } from '../../../lambdas/runtime/requestSize.ts';
import type { RouteContract } from '../../../lib/definition/bundledTypes.ts';
import { routeContract } from '../../../lib/validators/index.ts';
import { create, expectRejected, inputs, outcome, plain, silenceTelemetry } from './support.ts';

silenceTelemetry();

describe('the size of a request', () => {
  it('is limited for the URL and the headers, before anything else is checked', async () => {
    expect(await outcome({ ...plain, query: { name: 'x'.repeat(80) } })).toEqual([414, 'uri-too-long']);
    const headers = { ...plain.headers, 'X-Other': 'x'.repeat(600) };
    expect(await outcome({ ...plain, headers, authorizer: null })).toEqual([431, 'headers-too-large']);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-${i}`, 'abcdef']));
    expect(await outcome({ ...plain, headers: { ...plain.headers, ...many } })).toEqual([431, 'headers-too-large']);
  });

  it('is limited for the body, in bytes', async () => {
    await expectRejected({ ...create, raw: `"${'ä'.repeat(100)}"` }, 413, 'payload-too-large');
  });
});

const event: ProxyEvent = { resource: '/a/{id}', httpMethod: 'GET', path: '/a/b', requestContext: {} };
const plainRoute = inputs.routes['plain'];
/** Whether a request fits, or the detail of the problem. */
function sizeOf(change: Partial<ProxyEvent>, input: Partial<RouteContract['input']>): string {
  if (plainRoute === undefined) throw new Error('no route');
  const contract = routeContract(plainRoute);
  try {
    checkRequestSize({ ...event, ...change }, { ...contract, input: { ...contract.input, ...input } });
    return 'fits';
  } catch (error) {
    return error instanceof HttpProblem ? `${error.code}: ${error.detail}` : String(error);
  }
}

describe('the bytes of a URL are those of its path and its query, each parameter with two separators', () => {
  it.each<[string, Partial<ProxyEvent>, number]>([
    ['a path alone', { path: '/a/b' }, 4],
    ['a path in UTF-8', { path: '/ä' }, 3],
    ['a template and its values, without a path', { path: undefined, pathParameters: { id: 'xyz' } }, 10],
    ['a template alone, without a path', { path: undefined }, 7],
    ['a query', { queryStringParameters: { ab: 'cde' } }, 4 + 2 + 3 + 2],
    ['a query without a value', { queryStringParameters: { ab: undefined } }, 4 + 2 + 2],
    ['a query in UTF-8', { queryStringParameters: { ü: 'ß' } }, 4 + 2 + 2 + 2],
    ['a repeated parameter', { multiValueQueryStringParameters: { a: ['b', 'cd'] } }, 4 + 4 + 5],
    [
      'a repeated parameter, which also stands once',
      { multiValueQueryStringParameters: { a: ['b', 'cd'] }, queryStringParameters: { a: 'cd' } },
      4 + 4 + 5,
    ],
    ['a parameter without values', { multiValueQueryStringParameters: { a: undefined } }, 4],
  ])('%s', (_, change, bytes) => {
    expect(sizeOf(change, { maxUrlBytes: bytes })).toBe('fits');
    const detail = `uri-too-long: Path and query have more than ${bytes - 1} bytes.`;
    expect(sizeOf(change, { maxUrlBytes: bytes - 1 })).toBe(detail);
  });
});

describe('the bytes of headers are those of their lines', () => {
  it.each<[string, Partial<ProxyEvent>, number]>([
    ['a header', { headers: { abc: 'de' } }, 3 + 2 + 4],
    ['a header without a value', { headers: { abc: undefined } }, 3 + 4],
    ['a repeated header', { multiValueHeaders: { a: ['b', 'cd'] }, headers: { a: 'cd' } }, 6 + 7],
  ])('%s', (_, change, bytes) => {
    expect(sizeOf(change, { maxHeaderBytes: bytes })).toBe('fits');
    const detail = `headers-too-large: The headers have more than ${bytes - 1} bytes.`;
    expect(sizeOf(change, { maxHeaderBytes: bytes - 1 })).toBe(detail);
  });

  it('none, without headers', () => {
    expect(sizeOf({ headers: null, multiValueHeaders: null }, { maxHeaderBytes: 0 })).toBe('fits');
  });
});
