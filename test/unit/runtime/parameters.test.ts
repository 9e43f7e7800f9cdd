import { describe, expect, it } from 'vitest';
import type { ProxyEvent } from '../../../lambdas/runtime/event.ts';
import { readParameters } from '../../../lambdas/runtime/parameters.ts';
import { routeContract } from '../../../lib/validators/index.ts';
import { expectRejected, list, outcome, plain, silenceTelemetry, things, write } from './support.ts';

silenceTelemetry();

describe('parameters are rejected', () => {
  it.each(['1e3', ' 1', '1 ', '0x10', '+1', '01', '1.0', '', 'ten', '９', '9007199254740993', '--1'])(
    'with the integer %j',
    async (limit) => {
      const { json } = await expectRejected({ ...list, query: { limit } }, 400, 'invalid-request');
      expect(json['errors']).toEqual([{ parameter: 'limit', code: 'type', message: 'must be integer' }]);
    },
  );

  it.each([
    [{ limit: '0' }, 'limit', 'minimum'],
    [{ limit: '101' }, 'limit', 'maximum'],
    [{ ratio: '1e1' }, 'ratio', 'type'],
    [{ ratio: 'Infinity' }, 'ratio', 'type'],
    [{ deep: 'TRUE' }, 'deep', 'type'],
    [{ deep: '1' }, 'deep', 'type'],
    [{ limit: ['1', '2'] }, 'limit', 'repeated'],
    [{ other: '1' }, 'other', 'unknown'],
    [{ Limit: '1' }, 'Limit', 'unknown'],
    [{ constructor: '1' }, 'constructor', 'unknown'],
    [{ tag: ['a', 'toolong'] }, 'tag', 'too-long'],
    [{ tag: ['a', 'b', 'c', 'd'] }, 'tag', 'too-many'],
  ])('with the query %j', async (query, parameter, code) => {
    const { json } = await expectRejected({ ...list, query }, 400, 'invalid-request');
    expect(json['errors']).toEqual([{ parameter, code, message: expect.any(String) }]);
  });

  it('when a header is repeated or too long, or a path parameter is too long or not UTF-8', async () => {
    const twice = await expectRejected({ ...list, headers: { 'X-Mode': ['a', 'b'] } }, 400, 'invalid-request');
    expect(twice.json['errors']).toMatchObject([{ header: 'x-mode', code: 'repeated' }]);
    const long = await expectRejected({ ...list, headers: { 'X-Mode': 'too long' } }, 400, 'invalid-request');
    expect(long.json['errors']).toMatchObject([{ header: 'x-mode', code: 'too-long' }]);
    const path = await expectRejected({ ...list, path: { name: 'a'.repeat(10) } }, 400, 'invalid-request');
    expect(path.json['errors']).toMatchObject([{ parameter: 'name', code: 'too-long' }]);
    await expectRejected({ ...list, path: { name: '%ff' } }, 400, 'invalid-request');
  });

  it('and the response lists at most twenty faults', async () => {
    const many = Object.fromEntries(Array.from({ length: 19 }, (_, index) => [`u${index}`, 1]));
    const query = Object.fromEntries(Object.keys({ ...many, a: 1, b: 1, c: 1 }).map((name) => [name, '1']));
    const { json } = await expectRejected({ ...list, query }, 400, 'invalid-request');
    expect(json['errors']).toHaveLength(20);
  });

  it('and the response lists the faults of parameters, headers and body together, each location once', async () => {
    const request = {
      ...write({ t: 'long', more: 1 }),
      query: { q: ['a', 'b'], other: '1' },
      headers: { Cookie: 'a=b' },
    };
    expect((await outcome(request)).slice(2).sort()).toEqual(
      ['/more unknown', '/t too-long', 'cookie unexpected', 'other unknown', 'q repeated'].sort(),
    );
    const bad = { ...plain, query: { size: '1e3' }, headers: {} };
    expect(await outcome(bad)).toEqual([400, 'invalid-request', 'size type', 'x-mode required']);
  });
});

const kinds = {
  path: { id: { type: 'string', list: false } },
  query: { n: { type: 'number', list: false }, yes: { type: 'boolean', list: false } },
  headers: { 'x-mode': { type: 'string', list: false }, 'x-other': { type: 'string', list: false } },
} as const;
/** What is read of an event, as the gateway sends it. */
const read = (change: Partial<ProxyEvent>) => {
  const route = things.routes['list'];
  if (route === undefined) throw new Error('no route');
  const event: ProxyEvent = { resource: '/a', httpMethod: 'GET', requestContext: {}, ...change };
  return readParameters(event, { ...routeContract(route), parameters: kinds });
};

describe('parameters are read', () => {
  it.each([
    ['0', 0],
    ['12', 12],
    ['120', 120],
    ['-7', -7],
    ['19.99', 19.99],
    ['0.125', 0.125],
    ['-0', 0],
  ])('as the number %s', (text, value) => {
    const { parameters, faults } = read({ queryStringParameters: { n: text } });
    expect(faults).toEqual([]);
    expect(Object.is(parameters.query['n'], value)).toBe(true);
  });

  it.each(['1x', '01', '1.', '.5', '1.2.3', '1e400', `1${'0'.repeat(400)}`])('not as the number %s', (text) => {
    const { parameters, faults } = read({ queryStringParameters: { n: text } });
    expect([parameters.query['n'], faults]).toEqual([
      undefined,
      [{ parameter: 'n', code: 'type', message: 'must be number' }],
    ]);
  });

  it.each([
    ['true', true],
    ['false', false],
  ])('as the boolean %s', (text, value) => {
    expect(read({ queryStringParameters: { yes: text } })).toMatchObject({ parameters: { query: { yes: value } } });
  });

  it('from the query with each value once, if the event has no list of them', () => {
    const { parameters, faults } = read({ queryStringParameters: { yes: 'true', n: undefined } });
    expect(parameters.query).toEqual({ yes: true, n: undefined });
    expect(faults).toEqual([{ parameter: 'n', code: 'type', message: 'must be number' }]);
  });

  it('only if they are declared', () => {
    const { parameters, faults } = read({
      pathParameters: { id: 'a%2Fb', proxy: 'x' },
      multiValueQueryStringParameters: { yes: ['true'], other: ['1'] },
      multiValueHeaders: { 'X-Mode': ['fast'], 'X-Unknown': ['x'] },
    });
    expect(parameters).toStrictEqual({
      path: { id: 'a/b', proxy: undefined },
      query: { yes: true },
      headers: { 'x-mode': 'fast' },
    });
    expect(faults).toEqual([{ parameter: 'other', code: 'unknown', message: 'is not a parameter of this route' }]);
  });

  it('once: each fault says where and why', () => {
    const { faults } = read({
      pathParameters: { id: '%ff' },
      multiValueQueryStringParameters: { n: ['1', '2'] },
      multiValueHeaders: { 'X-Mode': ['a', 'b'] },
    });
    expect(faults).toEqual([
      { parameter: 'id', code: 'encoding', message: 'must be percent-encoded UTF-8' },
      { parameter: 'n', code: 'repeated', message: 'must be given once' },
      { header: 'x-mode', code: 'repeated', message: 'must be given once' },
    ]);
  });
});
