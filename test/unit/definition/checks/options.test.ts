import { describe, expect, it } from 'vitest';
import { del, object } from '../../../../lib/definition/index.ts';
import { codesOf, faultsOf, ok, read, withRoute } from '../support.ts';

describe('the check of options of routes', () => {
  it.each([
    ['an unknown option', withRoute({ ...read, permision: 'x' }), 'option-invalid', 'routes.list.permision'],
    [
      'a timeout past the integration limit',
      withRoute({ ...read, timeoutSeconds: 30 }),
      'option-invalid',
      'routes.list.timeoutSeconds',
    ],
    ['no declared response', withRoute({ ...read, responses: {} }), 'response-missing', 'routes.list.responses'],
    ['no concurrency', withRoute({ ...read, concurrency: 0 }), 'option-invalid', 'routes.list.concurrency'],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });

  it('rejects a body on DELETE', () => {
    const drop = del('/notes', { permission: 'note:write', body: object({}), ...ok });
    expect(codesOf({ routes: { drop } })).toEqual(['body-not-allowed']);
  });
});
