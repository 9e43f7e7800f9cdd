import { describe, expect, it } from 'vitest';
import { defineApi, put } from '../../../lib/definition/index.ts';
import { TODAY } from '../../support/ledger.ts';
import { base, ok, read } from './support.ts';

describe('a normalized route', () => {
  it('has unique scopes and a complete ownership rule', () => {
    const api = defineApi(
      {
        ...base,
        routes: {
          list: put('/notes', { ...read, scopes: ['notes.read', 'notes.read'], ownership: 'createdBy' }),
          other: put('/others', { scopes: ['notes.read'], ...ok }),
        },
      },
      { today: TODAY },
    );
    expect(api.routes.list.access).toEqual({ kind: 'permission', permission: 'note:read', scopes: ['notes.read'] });
    expect(api.routes.list.ownership).toEqual({ field: 'createdBy' });
    expect(api.routes.other).toMatchObject({
      access: { kind: 'scopes', scopes: ['notes.read'] },
      ownership: undefined,
    });
    expect(api.exemptions).toEqual([]);
  });
});
