import { describe, expect, it } from 'vitest';
import { transportSecurity } from '../../../lambdas/shared/strictTransportSecurity.ts';

describe('Strict-Transport-Security', () => {
  it.each([
    ['max-age=300', 300, false],
    ['max-age="300"; includeSubDomains', 300, true],
    [' ; MAX-AGE = 0;; INCLUDESUBDOMAINS;preload;', 0, true],
    ['max-age=300; x="a;b"', 300, false],
  ])('is read as browsers do: %s', (header, maxAge, includeSubDomains) => {
    expect(transportSecurity(header)).toEqual({ maxAge, includeSubDomains });
  });

  it.each([
    '',
    'includeSubDomains',
    'max-age',
    'max-age=',
    'max-age=-1',
    'max-age=1.5',
    'max-age=300 includeSubDomains',
    'max-age=300, max-age=300',
    'max-age=300; Max-Age=300',
    'max-age=300; includeSubDomains=true',
    'max-age=300; includeSubDomains; includesubdomains',
    'max-age="300',
    'max-age=300; =x',
  ])('is ignored where it breaks the grammar: %s', (header) => {
    expect(transportSecurity(header)).toBeUndefined();
  });
});
