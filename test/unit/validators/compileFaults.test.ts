import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { DefinitionError, object } from '../../../lib/definition/index.ts';
import { compileValidator, validatorSource } from '../../../lib/validators/index.ts';
import { routeOf } from './support.ts';

describe('a schema that the compiler rejects', () => {
  const faultsOf = (body: object) => {
    try {
      validatorSource(routeOf(body));
    } catch (error) {
      if (error instanceof DefinitionError) return error.faults.map(({ code, location }) => ({ code, location }));
    }
    return [];
  };
  const at = (location: string) => [{ code: 'schema-not-compilable', location: `routes.add.body${location}` }];

  it.each([
    ['an unknown keyword', { type: 'string', maxLength: 9, maxLenght: 3 }],
    ['an unknown format', { type: 'string', maxLength: 9, format: 'uri-ish' }],
    ['an invalid pattern', { type: 'string', maxLength: 9, pattern: '[' }],
    ['a bound of the wrong type', { type: 'string', maxLength: -1 }],
    ['a keyword of another type', { type: 'integer', maxLength: 9 }],
  ])('is reported with its location: %s', (_, schema) => {
    expect(faultsOf(object({ deep: Type.Unsafe<unknown>(schema) }))).toEqual(at('.properties.deep'));
    expect(() => compileValidator(routeOf(object({ deep: Type.Unsafe<unknown>(schema) })))).toThrow(DefinitionError);
  });

  it('is reported together with the others', () => {
    const broken = Type.Unsafe<unknown>({ type: 'string', maxLength: 9, pattern: '(' });
    expect(faultsOf(object({ a: broken, b: broken }))).toEqual([...at('.properties.a'), ...at('.properties.b')]);
  });
});
