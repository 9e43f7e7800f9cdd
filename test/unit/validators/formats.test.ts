import { createRequire } from 'node:module';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../../lib/validators/formats.ts';
import { FORMAT_NAMES } from '../../../lib/validators/index.ts';
import { accepts, ID } from './support.ts';

describe('formats', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['uuid', [ID, ID.toUpperCase()], [`urn:uuid:${ID}`, `${ID}0`, `${ID}\n`, ID.replaceAll('-', '')]],
    [
      'date',
      ['2026-02-28', '2024-02-29', '2000-02-29'],
      ['2026-02-29', '1900-02-29', '2026-04-31', '2026-13-01', '26-1-1'],
    ],
    ['time', ['23:59:59Z', '00:00:00.123+05:30'], ['24:00:00Z', '23:59:60Z', '10:00:00', '10:00Z']],
    [
      'date-time',
      ['2026-11-24T10:00:00Z', '2026-11-24t10:00:00.5-01:00'],
      ['2026-11-24 10:00:00Z', '2026-11-31T10:00:00Z'],
    ],
    ['email', ['a@example.com'], ['a@', 'a b@example.com', '@example.com']],
    ['hostname', ['api.example.com'], ['-a.example', 'a_b', 'a..b']],
    ['ipv4', ['192.0.2.1'], ['192.0.2.256', '1.2.3', '01.2.3.4']],
    ['ipv6', ['2001:db8::1', '::'], ['2001:db8', '1::2::3', '12345::']],
    [
      'uri',
      ['https://example.com', 'https://a.example.com:8443/b/c?d=e%20f#g', 'https://192.0.2.1/'],
      [
        ...['http://example.com', 'javascript:alert(1)', 'https://user:pass@example.com', 'https://', 'https://-a.com'],
        ...[
          'https://example.com/a b',
          'https://example.com/%zz',
          'https://example.com\n',
          'HTTPS://example.com',
          '//a.com',
        ],
      ],
    ],
    [
      'phone',
      ['+4930123456', '+12025550123'],
      ['4930123456', '+0123456789', '+49 30 123456', '+123456', '+1234567890123456'],
    ],
    ['currency', ['EUR', 'USD', 'XOF'], ['eur', 'EURO', 'XXX', 'DEM', 'AAA', '']],
    ['country', ['DE', 'US', 'ZW'], ['de', 'DEU', 'XX', 'UK', 'EU', '']],
    ['slug', ['a', 'hello-world-2'], ['', '-a', 'a-', 'a--b', 'A', 'a_b', 'é']],
    ['json-pointer', ['', '/a/b', '/a~1b/~0', '/ä'], ['a', '/~', '/~2', '#/a']],
    [
      'base64',
      ['', 'AA==', 'AAE=', 'AAEC', '+/+/'],
      ['A', 'AA', 'AAE', 'AB==', 'AAF=', 'AA-_', 'AA==AA==', 'AA= =', '\nAAEC'],
    ],
  ];

  it('match in linear time', () => {
    const { checkSync } = createRequire(import.meta.url)('recheck/lib/browser.js') as typeof import('recheck');
    const unsafe = Object.entries(FORMATS).filter(
      ([, { source, flags }]) => checkSync(source, flags, { timeout: 300_000 }).status !== 'safe',
    );
    expect(unsafe.map(([name]) => name)).toEqual([]);
  });

  it('are these and no others', () => {
    expect([...FORMAT_NAMES].sort()).toEqual(cases.map(([name]) => name).sort());
  });

  it.each(cases)('%s', (format, good, bad) => {
    const isValid = accepts(Type.String({ format, maxLength: 64 }));
    expect(good.filter((text) => !isValid(text))).toEqual([]);
    expect(bad.filter((text) => isValid(text))).toEqual([]);
  });
});
