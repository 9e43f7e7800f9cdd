import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRejectedName, type JsonFault, jsonFault } from '../../lambdas/shared/json.ts';

/** Strings as JSON writes them: with brackets and quotes inside, escapes, halves of characters, and names that are rejected. */
const string = fc
  .oneof(
    fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text)),
    fc.constantFrom(
      '""',
      '"a"',
      '"\\u0061"',
      '"\\\\"',
      '"\\\\\\""',
      '"a\\"b"',
      '"{[:,"',
      '"\\ud800"',
      '"\\ud83d\\ude00"',
    ),
    fc.constantFrom('"__proto__"', '"constructor"', '"prototype"', '"\\u005f_proto__"'),
  )
  .filter((text) => text.length < 60);
const space = fc.constantFrom('', '', ' ', '\n\t', '\r\n ');
const number = fc.oneof(
  fc.constantFrom('0', '-1', '1.5E-3', '1e308', '1e999', '-17E+400', '123456789012345678901234567890'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);

const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.oneof(string, number, fc.constantFrom('true', 'null')),
    fc
      .tuple(space, fc.array(tie('json'), { maxLength: 4 }), space)
      .map(([a, items, b]) => `[${a}${items.join(`${b},`)}${a}]`),
    fc
      .tuple(space, fc.array(fc.tuple(string, space, tie('json')), { maxLength: 4 }), space)
      .map(
        ([a, members, b]) =>
          `{${a}${members.map(([name, gap, value]) => `${name}${gap}:${a}${value}`).join(`${b},`)}${b}}`,
      ),
  ),
}));

/** The same rules by a pattern for the tokens, which is slower. */
function faultByTokens(text: string, maxDepth: number): JsonFault | undefined {
  const levels: string[][] = [];
  for (const [token, quoted, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[[\]{}]|-?\d[\d.eE+-]*/g)) {
    if (/[[{]/.test(token) && quoted === undefined) {
      if (levels.push([]) > maxDepth) return 'too-deep';
    } else if (/^[\]}]/.test(token)) levels.pop();
    else if (quoted === undefined && !Number.isFinite(Number(token))) return 'number-out-of-range';
    if (quoted === undefined) continue;
    const value = JSON.parse(quoted) as string;
    if (!value.isWellFormed()) return 'string-not-well-formed';
    if (colon === undefined) continue;
    if (isRejectedName(value)) return 'name-rejected';
    if (levels.at(-1)?.includes(value) === true) return 'name-repeated';
    levels.at(-1)?.push(value);
  }
  return undefined;
}

describe('the scan of JSON', () => {
  it('finds the first fault that a reading by tokens finds, in any JSON', () => {
    fc.assert(
      fc.property(json, space, fc.integer({ min: 0, max: 6 }), (text, around, maxDepth) => {
        const whole = `${around}${text}${around}`;
        JSON.parse(whole);
        expect(jsonFault(whole, maxDepth)).toBe(faultByTokens(whole, maxDepth));
      }),
      { numRuns: 3_000 },
    );
  });

  it('ends at a string that no quote closes, which JSON does not have', () => {
    expect(jsonFault('["a', 3)).toBeUndefined();
  });
});
