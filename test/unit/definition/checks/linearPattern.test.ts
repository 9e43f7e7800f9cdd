import { describe, expect, it } from 'vitest';
import { documents } from '../../../../lambdas/documents/api.ts';
import { isLinear } from '../../../../lib/definition/checks/linearPattern.ts';

describe('a pattern is linear without the checker', () => {
  it.each([
    ['^$'],
    ['^[A-Za-z0-9_-]+$'],
    ['^[a-z]+(?:-[a-z]+)*$'],
    ['^\\d{4}-\\d{2}$'],
    ['^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$'],
    ['^(?:[a-z]{1,255}|"(?:[ !]|\\\\["\\\\]){1,255}")$'],
    ['^(?:(?:a{2})+b)+$'],
    ['^[^/]*/$'],
    ['^\u{1f600}+\u{1f601}$'],
  ])('if its next character says which part matches: %s', (pattern) => {
    expect(isLinear(pattern)).toBe(true);
  });

  it('as those of the sample are', () => {
    const patterns = JSON.stringify(documents.routes).matchAll(/"pattern":("(?:\\.|[^"\\])*")/g);
    const found = [...patterns].map(([, pattern = '']) => JSON.parse(pattern) as string);
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter((pattern) => !isLinear(pattern))).toEqual([]);
  });
});

describe('nothing is said of a pattern', () => {
  it.each([
    ['with a repetition in a repetition', '^(?:a+)+$'],
    ['with an optional end of a repetition', '^(?:[a-z]+-?)+$'],
    ['with two repetitions of one character', '^[a-z]*[a-z]*$'],
    ['with a repetition that can leave its last character', '^a{2,3}a$'],
    ['with alternatives that begin alike', '^(?:a|ab)$'],
    ['with an alternative that is empty', '^(?:|a)b$'],
    ['with an optional part that can be empty', '^(?:a?)?$'],
    ['that can begin anywhere', 'a+$'],
    ['that can end anywhere', '^a+'],
    ['whose end is a character', '^a+\\$'],
    ['with a begin in the middle', '^a^b$'],
    ['with alternatives of its ends', '^a|b$'],
    ['with a reference', '^(a)\\1$'],
    ['with a look-ahead', '^(?=a)a$'],
    ['with a lazy repetition', '^a+?b$'],
    ['with any character', '^.+$'],
    ['with a property of Unicode', '^\\p{L}+$'],
    ['with a boundary', '^a\\b$'],
    ['with an escape of a code', '^\\u0041$'],
    ['of too many positions', '^(?:ab){501}$'],
    ['of copies of copies', '^(?:(?:(?:a{999}){999}){999}){999}$'],
  ])('%s', (_, pattern) => {
    expect(new RegExp(pattern, 'u').source).toBe(pattern);
    expect(isLinear(pattern)).toBe(false);
  });
});
