import { describe, expect, it } from 'vitest';
import { crossOrigin } from '../../../lambdas/runtime/cors.ts';
import type { ProxyEvent, ProxyResult } from '../../../lambdas/runtime/event.ts';
import type { CorsPolicy } from '../../../lambdas/shared/cors.ts';

const APP = 'https://app.example.com';
const ADMIN = 'https://admin.example.com';

/** The headers of a response to a page of an origin; a list of origins is as many header lines. */
function sent(
  policy: Partial<CorsPolicy>,
  origin: string | readonly string[] | undefined,
  result: Partial<ProxyResult> = {},
) {
  const full: CorsPolicy = {
    origins: [APP, ADMIN],
    credentials: false,
    exposeHeaders: ['ETag', 'Location'],
    ...policy,
  };
  const add = crossOrigin({ SECURE_API_CORS: JSON.stringify(full) });
  const values = origin === undefined ? {} : { multiValueHeaders: { Origin: [origin].flat() } };
  const event: ProxyEvent = { resource: '/', httpMethod: 'GET', requestContext: {}, ...values };
  return add(event, { statusCode: 200, headers: {}, body: '', ...result });
}
const allowed = (
  policy: Partial<CorsPolicy>,
  origin: string | readonly string[] | undefined,
  result?: Partial<ProxyResult>,
) => sent(policy, origin, result).headers['access-control-allow-origin'];

describe('the allowed origin', () => {
  it.each([APP, ADMIN])('of several is that of the request, as a whole: %s', (origin) => {
    expect(allowed({}, origin)).toBe(origin);
  });

  it.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'https://evilapp.example.com',
    'https://app.example.com:443',
    'https://app.example.com/',
    'https://APP.example.com',
    'http://app.example.com',
    `${APP} ${ADMIN}`,
    `${APP}, ${ADMIN}`,
    'null',
    '*',
    '',
    '__proto__',
  ])('is none for an origin that is not in the list: %j', (origin) => {
    expect(sent({}, origin).headers).toEqual({ 'access-control-expose-headers': 'ETag, Location', vary: 'Origin' });
  });

  it('is none for two header lines, and for none', () => {
    expect(allowed({}, [APP, ADMIN])).toBeUndefined();
    expect(allowed({}, [APP, APP])).toBeUndefined();
    expect(allowed({}, undefined)).toBeUndefined();
  });

  it('of one is the same for every request', () => {
    for (const origin of [APP, ADMIN, 'null', undefined]) expect(allowed({ origins: [APP] }, origin)).toBe(APP);
  });

  it('can be every origin, which no cache has to distinguish', () => {
    expect(sent({ origins: ['*'], exposeHeaders: [] }, ADMIN).headers).toEqual({ 'access-control-allow-origin': '*' });
  });

  it('comes with credentials where the policy has them', () => {
    expect(sent({ credentials: true }, APP).headers['access-control-allow-credentials']).toBe('true');
    expect(sent({}, APP).headers).not.toHaveProperty('access-control-allow-credentials');
  });
});

describe('what a handler sends', () => {
  it('does not change the policy, in any spelling or as a list', () => {
    const result = {
      headers: {
        'Access-Control-Allow-Origin': 'https://evil.example',
        'access-control-allow-credentials': 'true',
        etag: '"1"',
      },
      multiValueHeaders: { 'access-control-allow-origin': ['https://evil.example'], 'set-cookie': ['a=b', 'c=d'] },
    };
    expect(sent({}, 'https://evil.example', result)).toMatchObject({ headers: { etag: '"1"', vary: 'Origin' } });
    expect(JSON.stringify(sent({}, 'https://evil.example', result))).not.toMatch(/evil|credentials/);
    expect(sent({}, APP, result).multiValueHeaders).toEqual({ 'set-cookie': ['a=b', 'c=d'] });
    expect(allowed({}, APP, result)).toBe(APP);
  });

  it.each([
    [{ headers: { vary: 'Accept-Language' } }, 'Accept-Language, Origin'],
    [{ headers: { Vary: 'Origin, Accept' } }, 'Origin, Accept'],
    [{ headers: { vary: 'accept,ORIGIN' } }, 'accept, Origin'],
    [{ headers: { vary: '*' } }, '*'],
    [{ headers: {}, multiValueHeaders: { vary: ['Accept', 'Accept-Encoding'] } }, 'Accept, Accept-Encoding, Origin'],
    [{ headers: { vary: '' } }, 'Origin'],
  ])('keeps its Vary: %j', (result, vary) => {
    const response = sent({}, APP, result);
    expect(Object.entries(response.headers).filter(([name]) => name.toLowerCase() === 'vary')).toEqual([
      ['vary', vary],
    ]);
    expect(response.multiValueHeaders).toBeUndefined();
  });
});

it('a function without the policy fails when it starts', () => {
  expect(() => crossOrigin({})).toThrow();
});
