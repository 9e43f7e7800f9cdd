import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLinear } from '../../lib/definition/checks/linearPattern.ts';
import { readPattern } from '../../lib/definition/checks/readPattern.ts';

const { checkSync } = createRequire(import.meta.url)('recheck/lib/browser.js') as typeof import('recheck');

const classes = fc.constantFrom('a', 'b', '-', '[ab]', '[b-d]', '[^a]', '\\d', '[\\w-]', '\\.');
const counts = fc.constantFrom('', '', '?', '*', '+', '{2}', '{1,3}', '{2,}');
const { pattern: parts } = fc.letrec<{ one: string; pattern: string }>((tie) => ({
  one: fc
    .tuple(
      fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        classes,
        fc.array(tie('pattern'), { minLength: 1, maxLength: 3 }).map((some) => `(?:${some.join('|')})`),
      ),
      counts,
    )
    .map((both) => both.join('')),
  pattern: fc.array(tie('one'), { minLength: 1, maxLength: 4 }).map((some) => some.join('')),
}));

// Fails also where fewer than one pattern in 200 is linear.
test('what is linear without the checker is safe for the checker', () => {
  fc.assert(
    fc.property(parts, (pattern) => {
      fc.pre(isLinear(`^${pattern}$`));
      expect(checkSync(`^${pattern}$`, 'u', { timeout: 20_000 }).status).toBe('safe');
    }),
    { numRuns: 200, maxSkipsPerRun: 200 },
  );
});

const points = fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0, max: 0x10_ffff }));
const members = fc
  .array(
    fc.oneof(
      fc.constantFrom('\\d', '\\w', '\\]', '\\[', '\\\\', '\\^', '\\-'),
      fc.constantFrom('a', 'z', '[', '(', '/', '.'),
      fc
        .tuple(fc.integer({ min: 0x30, max: 0x59 }), fc.integer({ min: 0x61, max: 0x1_f600 }))
        .map(([from, to]) => `${String.fromCodePoint(from).replace(/[\\\]^-]/g, '\\$&')}-${String.fromCodePoint(to)}`),
    ),
    { maxLength: 4 },
  )
  .map((some) => some.join(''));

test('a class has the characters that it has for the engine', () => {
  fc.assert(
    fc.property(fc.constantFrom('', '^'), members, fc.constantFrom('', '-'), points, (negation, inner, end, point) => {
      const source = `^[${negation}${inner}${end}]$`;
      const read = readPattern(source);
      const part = read?.kind === 'sequence' ? read.parts[0] : undefined;
      expect(part?.kind).toBe('characters');
      const ranges = part?.kind === 'characters' ? part.characters : [];
      const isRead = ranges.some(([from, to]) => point >= from && point <= to);
      expect(isRead).toBe(new RegExp(source, 'u').test(String.fromCodePoint(point)));
    }),
    { numRuns: 2_000 },
  );
});
