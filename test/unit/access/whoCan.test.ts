import { describe, expect, it } from 'vitest';
import { permissionsIn, whoCan } from '../../../lib/access/index.ts';
import { ledger } from '../../support/ledger.ts';
import { notes } from './support.ts';

describe('who can', () => {
  it('returns roles, routes and exceptions', () => {
    const result = whoCan(ledger, 'entry:write-any');
    expect(result.roles).toEqual([{ role: 'treasurer', path: ['treasurer'] }]);
    expect([result.routes, result.exceptions.map(({ id }) => id)]).toEqual([[], ['changeEntry']]);
    expect(whoCan(ledger, 'entry:write').routes.map(({ id }) => id)).toEqual(['addEntry', 'changeEntry']);
    expect(whoCan(ledger, 'x:y')).toMatchObject({ roles: [], routes: [], exceptions: [] });
  });

  it('lists the permissions of an API once, in order, with the routes of each', () => {
    expect(permissionsIn(notes)).toEqual(['note:any', 'note:read', 'note:write']);
    expect(whoCan(notes, 'note:read')).toMatchObject({
      routes: [{ id: 'read' }, { id: 'write' }],
    });
  });
});
