import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { acceptCheck } from '../../../lambdas/runtime/accept.ts';
import { cookieStrings } from '../../../lambdas/runtime/cookies.ts';
import type { ProxyEvent } from '../../../lambdas/runtime/event.ts';
import { parseStrictJson } from '../../../lambdas/runtime/json.ts';
import type { LimitResult } from '../../../lambdas/runtime/limit/limiter.ts';
import { LimitReached, routeLimiter } from '../../../lambdas/runtime/limit/routeLimiter.ts';
import { HttpProblem, type RequestFault } from '../../../lambdas/runtime/problem.ts';
import type { RouteContract } from '../../../lib/definition/bundledTypes.ts';
import type { Caller } from '../../../lib/definition/handlers.ts';
import { inputRules } from '../../../lib/definition/input.ts';
import { rule } from '../../support/exactLimits.ts';

const problemOf = (check: () => unknown) => {
  try {
    check();
    return 'accepted';
  } catch (error) {
    return error instanceof HttpProblem ? `${error.code}: ${error.detail}` : error;
  }
};
const eventWith = (headers: ProxyEvent['multiValueHeaders']): ProxyEvent => ({
  resource: '/',
  httpMethod: 'GET',
  multiValueHeaders: headers,
  requestContext: {},
});

describe('a rejection says what is wrong', () => {
  it.each([
    ['[[]]', 'The body has more than 1 levels.'],
    ['1e999', 'A number is out of range.'],
    ['"\\ud800"', 'A string is not well-formed Unicode.'],
    ['{"__proto__":1}', 'A name is not allowed.'],
    ['{"a":1,"a":2}', 'A name is repeated.'],
    ['{', 'The body is not JSON.'],
  ])('with the JSON %s', (text, detail) => {
    expect(problemOf(() => parseStrictJson(text, 1))).toBe(`malformed-json: ${detail}`);
  });

  it.each<[string, readonly string[], readonly string[], readonly RequestFault[]]>([
    ['other=1; other', [], [], [{ header: 'cookie', code: 'unexpected', message: 'is not taken by this route' }]],
    [
      'a=1; b=2',
      ['a'],
      ['a'],
      [{ header: 'cookie', code: 'unknown', message: 'holds a cookie that this API does not take' }],
    ],
    [
      'a=1; =2; b',
      ['a'],
      ['a'],
      Array(2).fill({ header: 'cookie', code: 'malformed', message: 'must be a list of name=value pairs' }),
    ],
    ['a="1"; a=', ['a'], ['a'], []],
  ])('with the cookies %s', (sent, declared, names, expected) => {
    const faults: RequestFault[] = [];
    const kind = { type: 'string', list: false } as const;
    const cookies = Object.fromEntries(declared.map((name) => [name, kind]));
    const parameters = { path: {}, query: {}, headers: {}, cookies };
    const rules = { parameters, ignoredCookies: ['other'], input: inputRules({}) };
    const found = cookieStrings(eventWith({ Cookie: [sent] }), rules, faults);
    expect([found.map(([name]) => name), faults]).toEqual([names, expected]);
  });

  const JSON_BODY = { type: 'application/json', format: 'json' };
  const contract = (...bodies: readonly boolean[]) =>
    ({
      responses: bodies.map((has) => ({ status: 200, headers: [], ...(has && { body: JSON_BODY }) })),
    }) as unknown as RouteContract;
  const NOT_JSON = 'not-acceptable: This route responds with application/json.';
  it.each([
    [['text/html'], [true], NOT_JSON],
    [['text/html'], [false, true], NOT_JSON],
    [['text/html'], [false], 'accepted'],
    [['text/html', 'application/json'], [true], 'accepted'],
    [[' '], [true], 'accepted'],
    [['application/json;q=0'], [true], NOT_JSON],
    [['application/json; q =0'], [true], NOT_JSON],
    [['application/json; q \t= 0.5'], [true], 'accepted'],
    [['application/json;xq=0'], [true], 'accepted'],
    [['application/json;q=2'], [true], NOT_JSON],
    [['*/*;q=0, application/json'], [true], 'accepted'],
    [['application/json;q=0, */*'], [true], NOT_JSON],
  ])('with the accepted types %j', (accept, bodies, expected) => {
    expect(problemOf(() => acceptCheck(contract(...bodies))(eventWith({ Accept: accept })))).toBe(expected);
  });
});

describe('the limiter of a route', () => {
  const caller = (change: object = {}) => ({ tier: 'free', client: 'acme', subject: 'u1', ...change }) as Caller;
  const rejected: LimitResult = { outcome: 'rejected', remaining: 0, resetSeconds: 7 };
  const counting = (result: LimitResult = { ...rejected, outcome: 'taken' }) => {
    const ids: string[] = [];
    const take = async (id: string) => {
      ids.push(id);
      return result;
    };
    const peek = (id: string) => {
      ids.push(id);
      return undefined;
    };
    return { ids, limiter: { take, peek } };
  };
  const counter = (who: string) => `free#${createHash('sha256').update(`api\n${who}`).digest('base64url')}`;

  it.each([
    ['client', caller(), 'client:acme'],
    ['client', caller({ client: '' }), 'user:u1'],
    ['user', caller(), 'user:u1'],
    ['address', caller(), 'address:192.0.2.1'],
  ] as const)('counts by %s, as a hash', async (by, who, expected) => {
    const { ids, limiter } = counting();
    const limits = { exact: { free: rule({ by }) }, policies: {} };
    const known = await routeLimiter('api', limits, limiter).take({ caller: who, address: '192.0.2.1' });
    expect(ids).toEqual([counter(expected)]);
    expect(known).toMatchObject({ policies: [], exact: { rule: { by }, result: { outcome: 'taken' } } });
    routeLimiter('api', limits, limiter).peek({ caller: who, address: '192.0.2.1' });
    expect(ids).toEqual([counter(expected), counter(expected)]);
  });

  it('counts nothing without a limit for the tier, or without a limiter', async () => {
    const { ids, limiter } = counting();
    const policies = [{ name: 'rate', requests: 1, perSeconds: 1 }];
    const limits = { exact: { other: rule(), anonymous: rule({ by: 'address' }) }, policies: { free: policies } };
    const who = { caller: caller(), address: '192.0.2.1' };
    for (const one of [
      routeLimiter('api', limits, limiter),
      routeLimiter('api', { exact: { free: rule() }, policies: { free: policies } }),
    ]) {
      expect([one.peek(who), await one.take(who)]).toEqual([{ policies }, { policies }]);
    }
    expect(ids).toEqual([]);
    await routeLimiter('api', limits, limiter).take({ caller: undefined, address: '192.0.2.1' });
    expect(ids).toEqual([counter('address:192.0.2.1')]);
    expect(routeLimiter('api').peek(who)).toEqual({ policies: [] });
  });

  it('rejects with the seconds to wait, or says that it cannot count', () => {
    const exact = { rule: rule(), result: rejected };
    expect(new LimitReached({ policies: [], exact })).toMatchObject({
      name: 'LimitReached',
      code: 'throttled',
      detail: 'The limit of requests is reached.',
      retryAfterSeconds: 7,
    });
    for (const limits of [{ policies: [] }, { policies: [], exact: { rule: rule() } }]) {
      expect(new LimitReached(limits)).toMatchObject({
        code: 'service-unavailable',
        detail: 'Requests cannot be counted at the moment.',
        retryAfterSeconds: 1,
      });
    }
  });
});
