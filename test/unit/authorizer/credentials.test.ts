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

/** Why credentials are rejected; undefined if they are read. */
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

  it.each(['Basic abc', 'Bearers abc', 'HMAC abc', 'token abc'])('has an unsupported scheme: %s', (header) => {
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

describe('the credentials of a request', () => {
  const read = (change: Partial<AuthorizerEvent>) => {
    try {
      return readCredentials({ ...eventOf(undefined), ...change });
    } catch (error) {
      return (error as { readonly reason?: string }).reason;
    }
  };
  const header = (value: string) => read({ multiValueHeaders: { Authorization: [value] } });

  it.each([
    ['Bearer abc', { scheme: 'bearer', token: 'abc' }],
    ['bEARER   a.b-c_d~e+f/g==', { scheme: 'bearer', token: 'a.b-c_d~e+f/g==' }],
    ['DPoP abc', { scheme: 'dpop', token: 'abc' }],
    [`Bearer ${'a'.repeat(8185)}`, { scheme: 'bearer', token: 'a'.repeat(8185) }],
    [`Bearer ${'a'.repeat(8186)}`, 'authorization-too-large'],
    ['Basic abc', 'scheme-unsupported'],
    ['', 'authorization-malformed'],
    ['Bearer', 'authorization-malformed'],
    ['Bearer a b', 'authorization-malformed'],
    ['Bearer a,', 'authorization-malformed'],
    [' Bearer a', 'authorization-malformed'],
    ['Be(rer a', 'authorization-malformed'],
  ])('are read from one header: %j', (value, credentials) => {
    expect(header(value)).toEqual(credentials);
  });

  it('are read from single-value headers if there are no multi-value headers', () => {
    const headers = { Host: 'Bearer host', authorization: 'Bearer a' };
    for (const multiValueHeaders of [undefined, null, {}]) {
      expect(read({ headers, multiValueHeaders })).toEqual({ scheme: 'bearer', token: 'a' });
      expect(read({ headers: { Host: 'Bearer host' }, multiValueHeaders })).toBe('authorization-missing');
      expect(read({ headers: { authorization: undefined }, multiValueHeaders })).toBe('authorization-missing');
      expect(read({ headers: null, multiValueHeaders })).toBe('authorization-missing');
    }
  });

  it('are read from the header in any case, multi-value headers first', () => {
    const headers = { authorization: 'Bearer single' };
    expect(read({ headers, multiValueHeaders: { AUTHORIZATION: ['Bearer many'] } })).toMatchObject({ token: 'many' });
    expect(read({ headers, multiValueHeaders: { authorization: undefined } })).toBe('authorization-missing');
    expect(read({ multiValueHeaders: { authorization: ['Bearer a', 'Bearer a'] } })).toBe('authorization-duplicate');
    expect(read({ headers: { Authorization: 'Bearer a', authorization: 'Bearer a' }, multiValueHeaders: null })).toBe(
      'authorization-duplicate',
    );
  });
});
