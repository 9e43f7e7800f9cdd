import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SchemaNode, UnicodePolicy } from '../../lib/definition/index.ts';
import { KEYWORDS } from '../../lib/definition/walkSchema.ts';
import { KEYWORD_SAMPLES, type KeywordSample } from './keywordSamples.ts';
import { gatewayOf, lambdaOf, taking } from './layers.ts';

const OURS = ['x-text', 'x-sensitive', 'x-max-decoded-bytes'];
const samples = Object.values(KEYWORD_SAMPLES).flat();
const cases = Object.entries(KEYWORD_SAMPLES).flatMap(([keyword, list]) =>
  list.map((sample, i) => ({ name: `${keyword} ${i + 1}`, keyword, sample })),
);

describe('each keyword that a schema can have', () => {
  it('has a sample, and each sample is of such a keyword', () => {
    expect(Object.keys(KEYWORD_SAMPLES).sort()).toEqual([...Object.keys(KEYWORDS), ...OURS].sort());
  });

  it.each(cases)(
    'means to the function what it means to a person, and no more to the gateway: $name',
    ({ keyword, sample }) => {
      const { schema, accepted, rejected } = sample;
      expect(JSON.stringify(schema)).toContain(`"${keyword}":`);
      const lambda = lambdaOf(taking(schema));
      expect(accepted.filter((value) => lambda?.(structuredClone(value)) !== true)).toEqual([]);
      expect(rejected.filter((value) => lambda?.(structuredClone(value)) !== false)).toEqual([]);
      expect(accepted.filter((value) => !gatewayOf(taking(schema))(value))).toEqual([]);
    },
  );
});

const drawn = fc.constantFrom(...samples);
/** Two samples in one schema, or one below the other, so that keywords meet. */
const combined: fc.Arbitrary<KeywordSample> = fc.oneof(
  fc.tuple(drawn, drawn).map(([a, b]) => joined({ ...a.schema, ...b.schema }, a, b)),
  fc.tuple(drawn, drawn).map(([a, b]) => joined({ ...b.schema, allOf: [a.schema] }, a, b)),
  fc.tuple(drawn, drawn).map(([a, b]) => joined({ oneOf: [a.schema, b.schema] }, a, b)),
  fc.tuple(drawn, drawn).map(([a, b]) => joined({ anyOf: [a.schema, { not: b.schema }] }, a, b)),
  drawn.map((a) => ({
    schema: { type: 'array', items: a.schema, maxItems: 3, uniqueItems: true },
    accepted: [[], ...a.accepted.map((value) => [value]), [...a.accepted]],
    rejected: a.rejected.map((value) => [value]),
  })),
  fc.tuple(drawn, drawn).map(([a, b]) => objectOf(a, b)),
);

function joined(schema: SchemaNode, ...parts: readonly KeywordSample[]): KeywordSample {
  return {
    schema,
    accepted: parts.flatMap(({ accepted }) => accepted),
    rejected: parts.flatMap(({ rejected }) => rejected),
  };
}

function objectOf(a: KeywordSample, b: KeywordSample): KeywordSample {
  const [good, bad] = [a.accepted, [...a.rejected, ...b.rejected]];
  return {
    schema: {
      type: 'object',
      properties: { a: a.schema, b: b.schema },
      required: ['a'],
      minProperties: 2,
      additionalProperties: { type: ['integer', 'null'] },
    },
    accepted: good.flatMap((value) => b.accepted.map((other) => ({ a: value, b: other, c: null }))),
    rejected: bad.map((value) => ({ a: value })),
  };
}

describe('keywords that meet in a schema', () => {
  it('reject nothing at the gateway that the function accepts', () => {
    let [compiled, accepted] = [0, 0];
    fc.assert(
      fc.property(combined, fc.constantFrom<UnicodePolicy>('reject', 'normalize'), (sample, unicode) => {
        const api = taking(sample.schema, unicode);
        const lambda = lambdaOf(api);
        if (lambda === undefined) return;
        compiled += 1;
        const gateway = gatewayOf(api);
        const values = [...sample.accepted, ...sample.rejected];
        const good = values.filter((value) => lambda(structuredClone(value)));
        accepted += good.length;
        expect(good.filter((value) => !gateway(value))).toEqual([]);
      }),
      { numRuns: 600, seed: 12 },
    );
    expect(compiled).toBeGreaterThan(250);
    expect(accepted).toBeGreaterThan(1_000);
  }, 400_000);
});
