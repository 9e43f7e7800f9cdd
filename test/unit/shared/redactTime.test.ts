import { describe, expect, it } from 'vitest';
import { redactString } from '../../../lambdas/shared/redact.ts';

const SIZES = [32_000, 256_000] as const;
/** Eight times the characters take eight times as long when time is linear, and 64 times when it is quadratic. */
const MOST = 24;
const ATTEMPTS = 5;
/** Less than this is not measured exactly. */
const LEAST_MS = 4;

/** Time of this thread's processor: other processes of the machine do not count. */
function cpuTimeOf(text: string): number {
  const before = process.threadCpuUsage();
  redactString(text);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

describe('the time for a string', () => {
  it.each([
    '-eyJa',
    'eyJaaaa',
    'a',
    '4 ',
    '4',
    '4a',
    '%34',
    'a=',
    '"token":"',
    'token="\\',
    'token=\'\\"',
    '-----BEGIN ',
    'bearer ',
    'bearer:',
    'basic dpop ',
    'basic ;- ',
    '://a:',
    'authorization: ',
    'token ',
    'AKIA',
    '-',
    '\\',
    'a1B',
    '4111-',
    'a@',
    '://',
    'ab:',
    '%34%20',
    '4111 1111 ',
    'eyJ.',
    'q=a&',
    'password%3d',
    '%a',
    '%253D',
    '%22token%22%3A%22',
    '-----BEGIN%20',
    '<password>',
    'a>',
    '["token",',
    '["token","',
    'name="password"',
    'name="password" value=',
    'token: missing ',
    'token: missing\n',
    'tokens: 5, ',
    '=',
    'password[',
    '{"token":[',
    'token:\n ',
    '\\u0022',
    '&quot;',
    '\u200b',
    'a:b@',
    '//a@',
    'the key is ',
    '--token ',
    '-a ',
    '-----BEGIN A-----',
    'password=a,',
    '{"a":',
    '[[',
    '\u0664 ',
    "://a:b'",
    '://a:b@"x',
    '//%27@',
    "'a''",
    "password='a'",
    "password='a''b",
    "password='a'\\''",
    'password: |\n\n',
    'password: |\n  a\n \n',
    '"kty":"k":',
    'value=a name=password ',
    'path:[password,',
    '"path":"/password","value":{',
    'at token (/',
    '\n at token (/a:1:2)',
    '"a" with value "',
    'password=[a]',
    'password=1',
  ])('grows like its length, when it repeats %j', (piece) => {
    const [short = '', long = ''] = SIZES.map((characters) => piece.repeat(characters / piece.length));
    cpuTimeOf(short);
    const ratios: number[] = [];
    // Quadratic time is quadratic in each attempt; a collection of garbage is not in all of them.
    while (ratios.length < ATTEMPTS && !ratios.some((ratio) => ratio < MOST)) {
      ratios.push((cpuTimeOf(long) + LEAST_MS) / (cpuTimeOf(short) + LEAST_MS));
    }
    expect(Math.min(...ratios)).toBeLessThan(MOST);
  });
});
