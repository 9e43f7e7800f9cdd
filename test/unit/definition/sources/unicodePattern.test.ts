import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unicodePattern } from '../../../../lib/definition/sources/unicodePattern.ts';

/** Parts of regular expressions, as people write them with and without the flag `u`. */
const ATOMS = [
  ...[
    'a',
    'k',
    'S',
    '1',
    '-',
    '_',
    '@',
    '\\-',
    '\\_',
    '\\@',
    '\\/',
    '\\.',
    '.',
    '\\d',
    '\\D',
    '\\s',
    '\\S',
    '\\w',
    '\\W',
  ],
  ...[
    '[a-f]',
    '[^a-f]',
    '[K-S]',
    '[\\w-.]',
    '[-a]',
    '[a-]',
    '[^-]',
    '[.\\-_]',
    '[\\da-c]',
    '[^\\W]',
    '[a\\]b]',
    '[^]',
    '[\\x41-\\x46]',
  ],
  ...[
    '(?:a|B)',
    '(k)',
    '(?<n>s)',
    '(?=a)',
    '(?!b)',
    '(?<=a)',
    '\\x61',
    '\\u0041',
    '\\t',
    '^',
    '$',
    '\\b',
    '\\B',
    '{',
    '}',
    ']',
    'a{2}',
    '{,3}',
  ],
];
const QUANTIFIERS = ['', '', '', '*', '+', '?', '{1,2}', '*?'];
const SUBJECTS = [
  '',
  'a',
  'A',
  'k',
  'K',
  '\u212a',
  's',
  'S',
  '\u017f',
  '1',
  '-',
  '_',
  '@',
  '.',
  '/',
  ' ',
  '\t',
  '\n',
  'b',
  'F',
  '{',
  '}',
  ']',
  '\\',
  ',3',
];

/** Escapes that mean something else with the flag `u`. */
const legacy = (source: string) => new RegExp(source);

const patterns = fc
  .array(fc.tuple(fc.constantFrom(...ATOMS), fc.constantFrom(...QUANTIFIERS)), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map((part) => part.join('')).join(''));
const subjects = fc.array(fc.constantFrom(...SUBJECTS), { maxLength: 4 }).map((parts) => parts.join(''));

function regexOf(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

describe('a regular expression as a pattern', () => {
  it('matches the same strings: 20,000 expressions and flags, 8 strings each', () => {
    let translated = 0;
    fc.assert(
      fc.property(
        patterns,
        fc.constantFrom('', 'i', 's', 'is', 'u', 'iu', 'su'),
        fc.array(subjects, { minLength: 8, maxLength: 8 }),
        (source, flags, strings) => {
          const regex = regexOf(source, flags);
          if (regex === undefined) return;
          const result = unicodePattern(regex);
          if ('problem' in result) return;
          translated += 1;
          const pattern = new RegExp(result.pattern, 'u');
          for (const string of strings)
            expect([regex, string, pattern.test(string)]).toEqual([regex, string, regex.test(string)]);
        },
      ),
      { numRuns: 20_000 },
    );
    expect(translated).toBeGreaterThan(8_000);
  });

  it.each([
    [/^[a-z]+$/i, '^[a-zA-Z]+$'],
    [/^[\w.+-]+$/, '^[\\w.+-]+$'],
    [/^\w+@\w+$/, '^\\w+@\\w+$'],
    [/^.$/s, '^[\\s\\S]$'],
    [/\p{L}/u, '\\p{L}'],
    [/x{,3}/, 'x\\{,3\\}'],
  ])('%s is %s', (regex, pattern) => {
    expect(unicodePattern(regex)).toEqual({ pattern });
  });

  it.each([
    [/^a$/m, 'the flag "m"'],
    [/a/g, 'the flag "g"'],
    [/a/y, 'the flag "y"'],
    [/[a--b]/v, 'the flag "v"'],
    [/\u00e9/i, 'letters outside ASCII'],
    [/(a)\1/i, 'letters outside ASCII'],
    [/\w/iu, 'letters outside ASCII'],
    [/[\t-z]/i, 'letters outside ASCII'],
    [legacy('\\p{L}'), 'syntax that'],
    [/(?=a)*/, 'invalid with the flag "u"'],
    [/(?i:a)/, 'syntax that'],
    [/(?i:a)/u, 'syntax that'],
    [legacy('\\u{61}'), undefined],
  ])('%s is reported', (regex, problem) => {
    const result = unicodePattern(regex);
    if (problem === undefined) expect(result).toEqual({ pattern: 'u{61}' });
    else expect(result).toEqual({ problem: expect.stringContaining(problem) });
  });
});
