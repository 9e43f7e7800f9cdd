import { describe, expect, it } from 'vitest';
import { callerOf, scopesOf } from '../../../lambdas/authorizer/caller.ts';
import { heldRoles } from '../../../lambdas/authorizer/roles.ts';
import type { VerifiedToken } from '../../../lambdas/authorizer/verify.ts';
import { compatibleRoles, isOwner, isPermitted, missingGrant } from '../../../lambdas/shared/grants.ts';
import { accessPolicy } from '../../../lib/access/index.ts';
import { ledger } from '../../support/ledger.ts';
import { claimsOf, tokenIssuerOf } from './support/authorizer.ts';

const policy = accessPolicy(ledger);
const { defaultRole: _, ...undefaulted } = policy;
const NOW = 1_800_000_000;

describe('the roles of a token', () => {
  const held = (roles: unknown, elevated?: unknown) => heldRoles({ roles, elevated }, undefaulted, NOW);

  it.each([
    ['a list', ['clerk', 'member'], ['clerk', 'member']],
    ['a text', 'clerk member', ['clerk', 'member']],
    ['repetitions', ['clerk', 'clerk'], ['clerk']],
    ['nothing', undefined, []],
    ['an object', { clerk: true }, []],
    ['a list of other things', [7, null, ['clerk'], 'clerk'], ['clerk']],
    ['names of prototypes', ['__proto__', 'constructor'], []],
  ])('may be %s', (_form, claim, roles) => {
    expect(held(claim).roles).toEqual(roles);
  });

  it('that the definition does not know give nothing and are told, 16 at most', () => {
    const many = Array.from({ length: 40 }, (_unused, i) => `ghost-${i}`);
    const { roles, unknown } = held([...many, 'clerk']);
    expect([roles, unknown]).toEqual([['clerk'], many.slice(0, 16)]);
  });

  it('count all, however many names that give nothing stand before them', () => {
    const many = Array.from({ length: 200 }, (_unused, i) => `ghost-${i}`);
    expect(held([...many, 'payer', 'approver']).roles).toEqual([]);
  });

  it('include the default one, once', () => {
    const by = (roles: unknown) => heldRoles({ roles, elevated: undefined }, policy, NOW).roles;
    expect(by([])).toEqual(['member']);
    expect(by(['clerk'])).toEqual(['clerk', 'member']);
    expect(by(['member'])).toEqual(['member']);
  });

  it('that exclude each other are both dropped and told, and others stay', () => {
    expect(held(['payer', 'clerk', 'approver'])).toMatchObject({ roles: ['clerk'], exclusive: ['payer', 'approver'] });
    expect(held(['treasurer', 'approver'])).toMatchObject({ roles: [], exclusive: ['treasurer', 'approver'] });
    expect(held(['treasurer', 'payer'])).toMatchObject({ roles: ['treasurer', 'payer'], exclusive: [] });
  });
});

describe('a temporary role', () => {
  const held = (roles: readonly string[], elevated: unknown) => heldRoles({ roles, elevated }, policy, NOW);
  const until = (seconds: number, role = 'auditor') => ({ role, until: NOW + seconds });

  it('counts until its second, and ends the answer then', () => {
    expect(held([], [until(1)])).toMatchObject({ roles: ['member', 'auditor'], until: NOW + 1, ended: [] });
    expect(held([], [until(0)])).toMatchObject({ roles: ['member'], until: undefined, ended: ['auditor'] });
    expect(held([], [until(-1)])).toMatchObject({ roles: ['member'], until: undefined, ended: ['auditor'] });
  });

  it('ends the answer with the first of several, and lasts as long as its last entry', () => {
    expect(held([], [until(50), until(20, 'payer')]).until).toBe(NOW + 20);
    expect(held([], [until(50), until(20)]).until).toBe(NOW + 50);
    expect(held([], [until(20), until(50)])).toMatchObject({ until: NOW + 50, ended: [] });
  });

  it('does not end what the caller has for good', () => {
    expect(held(['auditor'], [until(20)])).toMatchObject({ roles: ['auditor', 'member'], until: undefined });
    expect(held([], [until(20, 'member')])).toMatchObject({ roles: ['member'], until: undefined });
  });

  it('excludes like any other while it lasts, and gives nothing then', () => {
    expect(held(['payer'], [until(20, 'approver')])).toMatchObject({
      roles: ['member'],
      exclusive: ['payer', 'approver'],
      until: undefined,
    });
    expect(held(['payer'], [until(0, 'approver')])).toMatchObject({ roles: ['payer', 'member'], exclusive: [] });
  });

  it('that the definition does not know is told', () => {
    expect(held([], [until(20, 'ghost')])).toMatchObject({ roles: ['member'], unknown: ['ghost'], ended: [] });
  });

  it.each([
    ['a text', 'auditor'],
    ['an object', { role: 'auditor', until: NOW + 9 }],
    ['a list of texts', ['auditor']],
    ['no end', [{ role: 'auditor' }]],
    ['an endless end', [{ role: 'auditor', until: Number.POSITIVE_INFINITY }]],
    ['an end as text', [{ role: 'auditor', until: String(NOW + 9) }]],
    ['an end in parts of seconds', [{ role: 'auditor', until: NOW + 0.5 }]],
    ['no role', [{ until: NOW + 9 }]],
    ['a list of roles', [{ role: ['auditor'], until: NOW + 9 }]],
    ['nothing', [null]],
  ])('written as %s gives nothing', (_form, elevated) => {
    expect(held([], elevated)).toMatchObject({ roles: ['member'], until: undefined });
  });

  it('is read of 64 entries at most', () => {
    const many = Array.from({ length: 64 }, () => until(5, 'ghost'));
    expect(held([], [...many, until(5)]).roles).toEqual(['member']);
    expect(held([], [...many.slice(1), until(5)]).roles).toEqual(['member', 'auditor']);
  });
});

describe('the scopes of a token', () => {
  it.each([
    ['a text', { scope: 'audit entries.read' }, ['audit', 'entries.read']],
    ['a list', { scp: ['audit', 'entries.read'] }, ['audit', 'entries.read']],
    ['scp as text', { scp: 'audit' }, ['audit']],
    ['scope before scp', { scope: 'audit', scp: 'entries.read' }, ['audit']],
    ['the resource server and the scope, as Cognito does', { scope: 'ledger/audit openid' }, ['audit']],
    ['another resource server', { scope: 'other/audit ledgers/audit /audit audit/' }, []],
    ['scopes of others', { scope: 'openid profile entries.delete' }, []],
    ['repetitions', { scope: 'audit ledger/audit audit' }, ['audit']],
    ['nothing', {}, []],
    ['a number', { scope: 7 }, []],
  ])('may be %s', (_form, claims, scopes) => {
    expect(scopesOf(claims, policy)).toEqual(scopes);
  });
});

describe('the answer for a caller', () => {
  const caller = (change: Readonly<Record<string, unknown>>) =>
    callerOf(
      {
        claims: claimsOf('https://i', { exp: NOW + 300, ...change }) as VerifiedToken['claims'],
        tokenIssuer: tokenIssuerOf('https://i'),
      },
      policy,
      NOW,
    );

  it('lasts as long as the token, or as the first temporary role', () => {
    expect(caller({}).expires).toBe(NOW + 300);
    expect(caller({ elevated: [{ role: 'auditor', until: NOW + 60 }] }).expires).toBe(NOW + 60);
    expect(caller({ elevated: [{ role: 'auditor', until: NOW + 900 }] }).expires).toBe(NOW + 300);
    expect(caller({ elevated: [{ role: 'auditor', until: NOW - 1 }] }).expires).toBe(NOW + 300);
  });

  it('has permissions of all roles that count, and tells those that do not', () => {
    const elevated = [{ role: 'auditor', until: NOW - 5 }];
    expect(
      caller({ roles: ['clerk', 'payer', 'approver', 'ghost'], scope: 'audit', tier: 'gold', elevated }),
    ).toMatchObject({
      roles: ['clerk', 'member'],
      permissions: ['entry:read', 'entry:write'],
      scopes: ['audit'],
      tier: 'free',
      ignored: { unknown: ['ghost'], exclusive: ['payer', 'approver'], ended: ['auditor'], tier: 'gold' },
    });
  });

  it('keeps an unknown tier short', () => {
    expect(caller({ tier: 'x'.repeat(100) }).ignored.tier).toBe('x'.repeat(64));
    expect(caller({ tier: 'free' }).ignored.tier).toBeUndefined();
  });
});

describe('the decision', () => {
  const grants = { permissions: ['entry:read'], scopes: ['a', 'b'] };

  it.each([
    [{ kind: 'public' }, undefined],
    [{ kind: 'authenticated' }, undefined],
    [{ kind: 'permission', permission: 'entry:read' }, undefined],
    [{ kind: 'permission', permission: 'entry:write' }, 'permission-missing'],
    [{ kind: 'permission', permission: 'entry' }, 'permission-missing'],
    [{ kind: 'permission', permission: 'entry:read', scopes: ['a', 'b'] }, undefined],
    [{ kind: 'permission', permission: 'entry:read', scopes: ['a', 'c'] }, 'scope-missing'],
    [{ kind: 'permission', permission: 'entry:write', scopes: ['c'] }, 'permission-missing'],
    [{ kind: 'scopes', scopes: ['b'] }, undefined],
    [{ kind: 'scopes', scopes: ['b', 'c'] }, 'scope-missing'],
  ] as const)('on %j is %s', (access, missing) => {
    expect(missingGrant(access, grants)).toBe(missing);
    expect(isPermitted(access, grants)).toBe(missing === undefined);
  });

  it('drops both roles of every pair that is held whole', () => {
    const pairs = [
      ['a', 'b'],
      ['b', 'c'],
    ] as const;
    expect(compatibleRoles(pairs, ['a', 'b', 'd'])).toEqual(['d']);
    expect(compatibleRoles(pairs, ['a', 'c'])).toEqual(['a', 'c']);
    expect(compatibleRoles([], ['a', 'b'])).toEqual(['a', 'b']);
  });

  it('on a resource asks who made it, or for the exception', () => {
    const caller = { id: 'i#1', permissions: ['entry:any'] };
    const rule = { field: 'by' };
    expect(isOwner(rule, caller, { by: 'i#1' })).toBe(true);
    expect(isOwner(rule, caller, { by: 'i#2' })).toBe(false);
    expect(isOwner(rule, caller, {})).toBe(false);
    expect(isOwner(rule, { id: '', permissions: [] }, { by: '' })).toBe(false);
    expect(isOwner({ field: 'constructor' }, caller, {})).toBe(false);
    expect(isOwner({ field: 'by', unless: 'entry:any' }, caller, { by: 'i#2' })).toBe(true);
    expect(isOwner({ field: 'by', unless: 'entry:all' }, caller, { by: 'i#2' })).toBe(false);
  });
});
