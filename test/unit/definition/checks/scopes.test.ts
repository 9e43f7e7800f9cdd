import { describe, expect, it } from 'vitest';
import { faultsOf, read, withRoute } from '../support.ts';

describe('the check of scopes', () => {
  it.each([
    ['a scope that is not declared', withRoute({ scopes: ['notes.raed'] }), 'scope-undeclared', 'routes.list.scopes'],
    [
      'a scope where none is declared',
      { ...withRoute({ scopes: ['x'] }), scopes: undefined },
      'scope-undeclared',
      'routes.list.scopes',
    ],
    ['an empty list of scopes', withRoute({ scopes: [] }), 'scope-invalid', 'routes.list.scopes'],
    ['scopes that are not a list', withRoute({ scopes: 'notes.read' }), 'scope-invalid', 'routes.list.scopes'],
    ['a scope with a space', { scopes: { 'notes read': 'Read notes' } }, 'scope-invalid', 'scopes.notes read'],
    ['a scope with a slash', { scopes: { 'notes/read': 'Read notes' } }, 'scope-invalid', 'scopes.notes/read'],
    [
      'a scope of 101 characters',
      { scopes: { ['s'.repeat(101)]: 'Read' } },
      'scope-invalid',
      `scopes.${'s'.repeat(101)}`,
    ],
    ['a scope without a description', { scopes: { read: ' ' } }, 'scope-invalid', 'scopes.read'],
    [
      'a scope with a description of 257 characters',
      { scopes: { read: 'x'.repeat(257) } },
      'scope-invalid',
      'scopes.read',
    ],
    [
      'more scopes than a resource server holds',
      { scopes: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`s${i}`, 'Read'])) },
      'scope-invalid',
      'scopes',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });

  it('accepts scopes with or without a permission, and ownership on any route with a caller', () => {
    expect(faultsOf(withRoute({ scopes: ['notes.read'] }))).toEqual([]);
    expect(faultsOf(withRoute({ ...read, scopes: ['notes.read'], ownership: 'createdBy' }))).toEqual([]);
    expect(
      faultsOf(withRoute({ authenticated: 'any caller is allowed', ownership: { field: 'by', unless: 'note:write' } })),
    ).toEqual([]);
    expect(faultsOf({ defaultRole: 'reader' })).toEqual([]);
  });
});
