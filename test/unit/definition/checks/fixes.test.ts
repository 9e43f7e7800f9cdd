import { describe, expect, it } from 'vitest';
import { defineApi, object } from '../../../../lib/definition/index.ts';
import { base, ok, read, tiers, withRoute } from '../support.ts';

const define = (change: object) => () => defineApi({ ...base, ...change } as never);

describe('the fix of a fault helps', () => {
  it.each([':id', '<id>', '[id]'])('with a parameter written as %s', (parameter) => {
    expect(define(withRoute(read, `/two/${parameter}`))).toThrow('Write a parameter in braces: /two/{id}.');
  });

  it('with a number in quotes, where nothing is missing', () => {
    const free = { ...tiers.free, rate: '1' };
    expect(define({ tiers: { free } })).toThrow('Write a number within these bounds, without quotes.');
  });

  it('with a required member of another kind, which cannot be left out', () => {
    const responses = { 200: { ...ok.responses[200], description: 5 } };
    expect(define(withRoute({ ...read, responses }))).toThrow(
      /description: found 5; .*\n +Write a value of this kind\.$/m,
    );
  });

  it('with object() that JavaScript calls without properties, which is an object without any', () => {
    expect((object as unknown as () => object)()).toMatchObject({ properties: {}, additionalProperties: false });
  });
});
