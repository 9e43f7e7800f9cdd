import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { faultsOf, read, withRoute } from '../support.ts';

describe('the check of patterns', () => {
  it.each([
    [
      'a pattern that backtracks',
      withRoute({ ...read, body: Type.String({ maxLength: 99, pattern: '^(?:[a-z]+-?)+$' }) }),
      'pattern-unsafe',
      'routes.list.body.pattern',
    ],
    [
      'a pattern of names that backtracks',
      withRoute({
        ...read,
        body: { type: 'object', 'x-unbounded': 'a test of names', patternProperties: { '(a+)+$': {} } },
      }),
      'pattern-unsafe',
      'routes.list.body.patternProperties',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});
