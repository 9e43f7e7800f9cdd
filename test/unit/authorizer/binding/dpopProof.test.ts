import { describe, expect, it } from 'vitest';
import { isTarget } from '../../../../lambdas/authorizer/binding/dpopProof.ts';
import type { AuthorizerEvent } from '../../../../lambdas/authorizer/event.ts';
import { eventOf } from '../support/authorizer.ts';

describe('the target of a proof', () => {
  const at = { requestContext: { domainName: 'api.example', path: '/prod/a%20b' }, path: '/a%20b' };
  const targets = (htu: string, change: Partial<AuthorizerEvent> = at) =>
    isTarget(htu, { ...eventOf(undefined), ...change });

  it.each([
    ['https://api.example/prod/a%20b', true],
    ['https://api.example/a%20b', true],
    ['https://API.example:443/a b?query#fragment', true],
    ['https://api.example/a%2Fb', false],
    ['https://api.example/', false],
    ['https://api.example:444/a%20b', false],
    ['https://other.example/a%20b', false],
    ['http://api.example/a%20b', false],
    ['/a%20b', false],
    ['', false],
  ])('%s is the URL of the request: %s', (htu, is) => {
    expect(targets(htu)).toBe(is);
  });

  it('matches nothing if the event has no host or path', () => {
    expect(targets('https://undefined/a', { path: '/a' })).toBe(false);
    expect(targets('https://undefined/a', { path: '/a', requestContext: undefined })).toBe(false);
    expect(targets('', { path: '/a', requestContext: undefined })).toBe(false);
    expect(targets('https://api.exampleundefined/', { requestContext: { domainName: 'api.example' } })).toBe(false);
    expect(targets('nonsense', { path: '%', requestContext: { domainName: ' ' } })).toBe(false);
  });
});
