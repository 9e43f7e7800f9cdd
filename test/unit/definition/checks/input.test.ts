import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { faultsOf, read, withRoute } from '../support.ts';

describe('the check of input limits', () => {
  it.each([
    ['a limit out of bounds', withRoute({ ...read, maxDepth: 0 }), 'option-invalid', 'routes.list.maxDepth'],
    [
      'a limit of the API out of bounds',
      { ...withRoute(read), input: { maxKeys: 1.5 } },
      'option-invalid',
      'input.maxKeys',
    ],
    ['an unknown limit', { ...withRoute(read), input: { maxKey: 5 } }, 'option-invalid', 'input.maxKey'],
    ['an unknown Unicode policy', withRoute({ ...read, unicode: 'trim' }), 'option-invalid', 'routes.list.unicode'],
    [
      'an unknown policy of cookies',
      { ...withRoute(read), input: { otherCookies: 'accept' } },
      'option-invalid',
      'input.otherCookies',
    ],
    [
      'a schema that allows more than the limit',
      withRoute({ ...read, body: Type.String({ maxLength: 100 }), maxStringLength: 99 }),
      'input-below-schema',
      'routes.list.body.maxLength',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});
