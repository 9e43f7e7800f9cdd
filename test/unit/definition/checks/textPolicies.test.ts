import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { object } from '../../../../lib/definition/index.ts';
import { faultsOf, read, withRoute } from '../support.ts';

describe('the check of text policies', () => {
  it.each([
    [
      'an unknown text policy',
      withRoute({ ...read, body: Type.String({ maxLength: 9, 'x-text': 'plane' }) }),
      'text-policy-invalid',
      'routes.list.body.x-text',
    ],
    [
      'raw text without a reason',
      withRoute({ ...read, body: Type.String({ maxLength: 9, 'x-text': 'raw' }) }),
      'text-policy-invalid',
      'routes.list.body.x-text-reason',
    ],
    [
      'a decoded limit of a string that is not base64',
      withRoute({ ...read, body: Type.String({ maxLength: 9, 'x-max-decoded-bytes': 9 }) }),
      'text-policy-invalid',
      'routes.list.body.x-max-decoded-bytes',
    ],
    [
      'a sensitive value in the query',
      withRoute({ ...read, query: object({ pin: Type.String({ maxLength: 9, 'x-sensitive': true }) }) }),
      'sensitive-in-url',
      'routes.list.query.properties.pin',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});
