import { describe, expect, it } from 'vitest';
import { headersNamed, readCredentials } from '../../../lambdas/authorizer/credentials.ts';
import type { AuthorizerEvent } from '../../../lambdas/authorizer/event.ts';
import { TokenRejected } from '../../../lambdas/authorizer/reasons.ts';
import { eventOf } from './support/authorizer.ts';

type Headers = Pick<AuthorizerEvent, 'headers' | 'multiValueHeaders'>;

/** An event with these headers and no others. */
function withHeaders(given: Headers): AuthorizerEvent {
  const { headers: _headers, multiValueHeaders: _many, ...rest } = eventOf(undefined);
  return { ...rest, ...given };
}

/** Why credentials are refused; undefined where they are read. */
function rejection(event: AuthorizerEvent): unknown {
  try {
    readCredentials(event);
    return undefined;
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    return error.reason;
  }
}

describe('an Authorization header', () => {
  it.each([
    ['Bearer abc', 'bearer', 'abc'],
    ['bEARER abc', 'bearer', 'abc'],
    ['DPoP abc', 'dpop', 'abc'],
    ['Bearer    a-._~+/Z9==', 'bearer', 'a-._~+/Z9=='],
  ])('is read: %s', (header, scheme, token) => {
    expect(readCredentials(eventOf(header))).toEqual({ scheme, token });
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'abc',
    ' Bearer abc',
    '(Bearer abc',
    'Bearer abc ',
    'Bearer abc, Bearer def',
    'Bearer a=b',
    'Bearer =',
    'Bearer\tabc',
    'Bearer abc\n',
    'Bearer aé',
  ])('is malformed: %j', (header) => {
    expect(rejection(eventOf(header))).toBe('authorization-malformed');
  });

  it.each(['Basic abc', 'Bearers abc', 'HMAC abc', 'token abc'])('has a scheme that nobody speaks: %s', (header) => {
    expect(rejection(eventOf(header))).toBe('scheme-unsupported');
  });

  it('has at most 8,192 characters', () => {
    const ofLength = (length: number) => eventOf(`Bearer ${'a'.repeat(length - 'Bearer '.length)}`);
    expect(rejection(ofLength(8192))).toBeUndefined();
    expect(rejection(ofLength(8193))).toBe('authorization-too-large');
  });

  it.each<Headers>([
    {},
    { headers: null, multiValueHeaders: null },
    { headers: {}, multiValueHeaders: {} },
    { headers: { Authorization: undefined } },
    { multiValueHeaders: { Authorization: [] } },
    { headers: { 'x-authorization': 'Bearer abc' } },
  ])('is missing: %j', (headers) => {
    expect(rejection(withHeaders(headers))).toBe('authorization-missing');
  });

  it.each<Headers>([
    { headers: { Authorization: 'Bearer abc', authorization: 'Bearer abc' } },
    { multiValueHeaders: { Authorization: ['Bearer abc', 'Bearer abc'] } },
    { multiValueHeaders: { Authorization: ['Bearer abc'], AUTHORIZATION: ['Bearer def'] } },
  ])('is there twice: %j', (headers) => {
    expect(rejection(withHeaders(headers))).toBe('authorization-duplicate');
  });
});

describe('the values of a header', () => {
  it.each<readonly [Headers, readonly string[]]>([
    [{}, []],
    [{ headers: null, multiValueHeaders: null }, []],
    [{ headers: { dpop: 'a', other: 'b' } }, ['a']],
    [{ headers: { DPoP: 'a', dpop: 'b' }, multiValueHeaders: {} }, ['a', 'b']],
    [{ headers: { dpop: 'a' }, multiValueHeaders: { other: ['b'] } }, ['a']],
    [{ headers: { dpop: 'b' }, multiValueHeaders: { dpop: ['a', 'b'], other: ['c'] } }, ['a', 'b']],
    [{ headers: { dpop: undefined } }, []],
    [{ headers: { dpop: 'a' }, multiValueHeaders: { dpop: undefined } }, []],
    [{ multiValueHeaders: { dpop: undefined, DPOP: ['a'] } }, ['a']],
  ])('of %j are %j', (headers, values) => {
    expect(headersNamed(withHeaders(headers), 'dpop')).toEqual(values);
  });
});
