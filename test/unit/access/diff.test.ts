import { describe, expect, it } from 'vitest';
import { diffAccess } from '../../../lib/access/diff.ts';
import { accessPolicy } from '../../../lib/access/index.ts';
import type { AccessPolicy } from '../../../lib/definition/bundledTypes.ts';
import { ledger } from '../../support/ledger.ts';

type Route = AccessPolicy['routes'][number];
const before = accessPolicy(ledger);

/** The ledger's policy with some routes replaced, by name; `undefined` removes one, other names add one. */
function withRoutes(change: Readonly<Record<string, Partial<Route> | undefined>>): AccessPolicy {
  const known = before.routes.flatMap((route): readonly Route[] => {
    if (!Object.hasOwn(change, route.id)) return [route];
    const changed = change[route.id];
    return changed === undefined ? [] : [{ ...route, ...changed }];
  });
  const added = Object.entries(change).filter(([id]) => !before.routes.some((route) => route.id === id));
  return { ...before, routes: [...known, ...added.map(([id, route]) => ({ id, ...route }) as Route)] };
}

const withRoles = (roles: Readonly<Record<string, readonly string[] | undefined>>): AccessPolicy => ({
  ...before,
  roles: Object.fromEntries(
    Object.entries({ ...before.roles, ...roles }).flatMap(([name, can]) => (can === undefined ? [] : [[name, can]])),
  ),
});

/** The sentences of a change: `+` widens, `-` narrows, `=` does neither. */
function changesOf(after: AccessPolicy, from = before): readonly string[] {
  const signs = { widens: '+', narrows: '-', neither: '=' };
  return diffAccess(from, after).changes.map(({ effect, sentence }) => `${signs[effect]} ${sentence}`);
}

const permission = (name: string, scopes?: readonly string[]) =>
  ({ access: { kind: 'permission', permission: name, ...(scopes && { scopes }) } }) as const;

describe('no change', () => {
  it('says nothing and does not widen', () => {
    expect(diffAccess(before, before)).toEqual({ widens: false, changes: [] });
  });

  it('is another name of a route, of a parameter, or another order', () => {
    const [changeEntry] = before.routes.filter(({ id }) => id === 'changeEntry');
    const renamed = withRoutes({
      changeEntry: undefined,
      editEntry: { ...changeEntry, id: 'editEntry', path: '/entries/{entry}' },
    });
    expect(changesOf({ ...renamed, routes: [...renamed.routes].reverse() })).toEqual([]);
  });
});

describe('a change of roles', () => {
  it('that grants a permission reports what each role can call with it', () => {
    expect(changesOf(withRoles({ auditor: ['entry:read', 'entry:audit', 'payment:make'] }))).toEqual([
      '+ auditor gains the permission payment:make.',
      '+ auditor can now call pay (POST /payments).',
    ]);
  });

  it('that removes permissions reports who loses access', () => {
    expect(changesOf(withRoles({ clerk: ['entry:read'], approver: [] }))).toEqual([
      '- clerk loses the permission entry:write.',
      '- approver loses the permission payment:approve.',
      '- clerk can no longer call addEntry (POST /entries).',
      '- clerk can no longer call changeEntry (PUT /entries/{id}).',
      '- approver can no longer call approve (POST /payments/{id}/approval).',
    ]);
  });

  it('that grants an unused permission widens too, because handlers can check it', () => {
    const { widens, changes } = diffAccess(before, withRoles({ auditor: ['entry:read', 'entry:audit', 'x:y', 'x:z'] }));
    expect(widens).toBe(true);
    expect(changes.map(({ sentence }) => sentence)).toEqual(['auditor gains the permissions x:y and x:z.']);
  });

  it('that adds or removes one lists its permissions and routes', () => {
    expect(changesOf(withRoles({ intern: [], auditor: undefined }))).toEqual([
      '- The role auditor is gone, and with it the permissions entry:audit and entry:read.',
      '= There is a new role intern with no permission.',
      '- auditor can no longer call audit (GET /entries/audit).',
    ]);
    expect(changesOf(withRoles({ boss: ['payment:approve', 'payment:make'] }))).toEqual([
      '+ There is a new role boss with the permissions payment:approve and payment:make.',
      '+ boss can now call pay (POST /payments).',
      '+ boss can now call approve (POST /payments/{id}/approval).',
    ]);
  });
});

describe('a change of rules', () => {
  it('that allows two roles together widens, and one that excludes them narrows', () => {
    const apart = { ...before, exclusive: [['auditor', 'clerk']] } as const;
    expect(changesOf(apart)).toEqual([
      '+ approver and payer no longer exclude each other: a caller with both roles no longer loses both.',
      '+ approver and treasurer no longer exclude each other: a caller with both roles no longer loses both.',
      '- auditor and clerk exclude each other: a caller with both roles has neither.',
    ]);
  });

  it('is empty if the order of a pair changes, or both of its roles are removed', () => {
    expect(changesOf({ ...before, exclusive: before.exclusive.map(([a, b]) => [b, a] as const) })).toEqual([]);
    const { payer: _p, approver: _a, treasurer: _t, ...roles } = before.roles;
    const signs = changesOf({ ...before, roles, exclusive: [] }).map((line) => line[0]);
    expect(new Set(signs)).toEqual(new Set(['-']));
  });

  it('that removes one role of a pair widens for holders of the other', () => {
    const { payer: _, ...roles } = before.roles;
    expect(diffAccess(before, { ...before, roles, exclusive: [['approver', 'treasurer']] }).widens).toBe(true);
  });

  it('of the default role reports who gains and loses', () => {
    const { defaultRole: _, ...none } = before;
    expect(changesOf(none)).toEqual([
      '- Callers no longer have the default role member.',
      '- Any caller with a valid token can no longer call listEntries (GET /entries).',
    ]);
    expect(changesOf(before, none)).toEqual([
      '+ Every caller with a valid token has the role member: the permission entry:read.',
      '+ Any caller with a valid token can now call listEntries (GET /entries).',
    ]);
    expect(changesOf({ ...before, defaultRole: 'clerk' })).toEqual([
      '+ Every caller with a valid token has the role clerk instead of member: the permissions entry:read and entry:write.',
      '+ Any caller with a valid token can now call addEntry (POST /entries), with the scope entries.write.',
      '+ Any caller with a valid token can now call changeEntry (PUT /entries/{id}), for what they own (createdBy).',
    ]);
  });

  it('of scopes is reported, and grants nothing by itself', () => {
    const changed = { ...before, scopes: ['entries.read', 'entries.write', 'export'] };
    expect(changesOf(changed)).toEqual(['= There is a new scope export.', '= The scope audit is gone.']);
    expect(diffAccess(before, changed).widens).toBe(false);
  });
});

describe('a change of a route', () => {
  it('that opens it to everybody is reported once', () => {
    expect(changesOf(withRoutes({ pay: { access: { kind: 'public' } } }))).toEqual([
      '+ Anyone, without a token, can now call pay (POST /payments).',
    ]);
    expect(changesOf(withRoutes({ pay: { access: { kind: 'authenticated' } } }))).toEqual([
      '+ Any caller with a valid token can now call pay (POST /payments).',
    ]);
  });

  it('that closes it is reported once for all who lose', () => {
    expect(changesOf(withRoutes({ whoami: permission('entry:audit') }))).toEqual([
      '- Any caller with a valid token can no longer call whoami (GET /whoami).',
    ]);
    expect(changesOf(withRoutes({ health: permission('entry:audit') }))).toEqual([
      '- Anyone, without a token, can no longer call health (GET /health).',
    ]);
  });

  it('to another permission reports who gains and who loses', () => {
    expect(changesOf(withRoutes({ pay: permission('payment:approve') }))).toEqual([
      '- payer and treasurer can no longer call pay (POST /payments).',
      '+ approver can now call pay (POST /payments).',
    ]);
  });

  it('to fewer or more scopes reports for whom', () => {
    expect(changesOf(withRoutes({ audit: permission('entry:audit', ['audit']) }))).toEqual([
      '+ auditor can now call audit (GET /entries/audit) without the scope entries.read.',
    ]);
    expect(changesOf(withRoutes({ pay: permission('payment:make', ['entries.read', 'audit']) }))).toEqual([
      '- payer and treasurer can now call pay (POST /payments) only with the scopes entries.read and audit.',
    ]);
    expect(changesOf(withRoutes({ exportEntries: { access: { kind: 'scopes', scopes: ['audit'] } } }))).toEqual([
      '+ Any caller with a valid token can now call exportEntries (GET /entries/export) without the scope entries.read.',
      '- Any caller with a valid token can now call exportEntries (GET /entries/export) only with the scope audit.',
    ]);
  });

  it('of its ownership rule reports for whom, and counts another rule as a gain', () => {
    expect(changesOf(withRoutes({ changeEntry: { ownership: undefined } }))).toEqual([
      '+ clerk can now call changeEntry (PUT /entries/{id}) also for what others own.',
    ]);
    expect(changesOf(withRoutes({ pay: { ownership: { field: 'by' } } }))).toEqual([
      '- payer and treasurer can now call pay (POST /payments) only for what they own (by).',
    ]);
    expect(changesOf(withRoutes({ dropEntry: { ownership: { field: 'owner' } } }))).toEqual([
      '+ Any caller with a valid token can now call dropEntry (DELETE /entries/{id}) for what they own (owner).',
      '- Any caller with a valid token can now call dropEntry (DELETE /entries/{id}) only for what they own (owner).',
    ]);
    expect(changesOf(withRoutes({ changeEntry: { ownership: { field: 'createdBy' } } }))).toEqual([
      '- treasurer can now call changeEntry (PUT /entries/{id}) only for what they own (createdBy).',
    ]);
  });

  it('of the exception alone widens, even if no role has both permissions', () => {
    expect(
      changesOf(withRoutes({ dropEntry: { ownership: { field: 'createdBy', unless: 'payment:approve' } } })),
    ).toEqual([
      '+ approver can now call dropEntry (DELETE /entries/{id}) also for what others own.',
      '+ Callers with payment:approve can call dropEntry (DELETE /entries/{id}) for what others own.',
    ]);
    const exception = { field: 'createdBy', unless: 'entry:audit' };
    expect(changesOf(withRoutes({ changeEntry: { ownership: exception } }))).toEqual([
      '- treasurer can now call changeEntry (PUT /entries/{id}) only for what they own (createdBy).',
      '+ Callers with entry:audit can call changeEntry (PUT /entries/{id}) for what others own.',
    ]);
  });

  it('that is new reports who can call it', () => {
    const search = { method: 'GET', path: '/entries/search', ...permission('entry:audit', ['audit']) };
    const after = withRoutes({ search, nobody: { method: 'PUT', path: '/x', ...permission('x:y') } });
    expect(changesOf(after)).toEqual([
      '+ auditor can now call the new search (GET /entries/search), with the scope audit.',
    ]);
  });

  it('that is removed reports who can no longer call it', () => {
    expect(changesOf(withRoutes({ pay: undefined, health: undefined }))).toEqual([
      '- health (GET /health) is gone: anyone, without a token, can no longer call it.',
      '- pay (POST /payments) is gone: payer and treasurer can no longer call it.',
    ]);
  });

  it('that is removed grants nothing, although another one takes over its path', () => {
    const both = withRoutes({ readEntry: { method: 'GET', path: '/entries/{id}', ...permission('entry:read') } });
    const less = { ...both, routes: both.routes.filter(({ id }) => id !== 'audit') };
    expect(changesOf(less, both)).toEqual(['- audit (GET /entries/audit) is gone: auditor can no longer call it.']);
  });

  it('names the route and the roles in fields', () => {
    expect(diffAccess(before, withRoutes({ pay: permission('payment:approve') })).changes[0]).toMatchObject({
      effect: 'narrows',
      route: 'pay',
      roles: ['payer', 'treasurer'],
    });
    const open = diffAccess(before, withRoutes({ pay: { access: { kind: 'public' } } })).changes[0];
    expect(open).toEqual({ effect: 'widens', route: 'pay', sentence: expect.any(String) });
  });
});
