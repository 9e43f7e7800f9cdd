import { describe, expect, it } from 'vitest';
import { heldRoles } from '../../../lambdas/authorizer/roles.ts';
import { accessPolicy } from '../../../lib/access/index.ts';
import { ledger } from '../../support/ledger.ts';

const policy = accessPolicy(ledger);

const { defaultRole: _, ...undefaulted } = policy;

const NOW = 1_800_000_000;
const BY_NAME = { roles: { claim: 'roles' } };

describe('the roles of a token', () => {
  const held = (roles: unknown) => heldRoles({ claims: { roles }, tokenIssuer: BY_NAME }, undefaulted, NOW);

  it.each([
    ['a list', ['clerk', 'member'], ['clerk', 'member']],
    ['a string', 'clerk member', ['clerk', 'member']],
    ['one name', 'clerk', ['clerk']],
    ['a string with commas', 'clerk,member', ['clerk', 'member']],
    ['a string with commas and spaces', ' clerk, member,', ['clerk', 'member']],
    ['repetitions', ['clerk', 'clerk'], ['clerk']],
    ['nothing', undefined, []],
    ['an object', { clerk: true }, []],
    ['a list of other things', [7, null, ['clerk'], 'clerk'], ['clerk']],
    ['names of prototypes', ['__proto__', 'constructor'], []],
  ])('can be %s', (_form, claim, roles) => {
    expect(held(claim).roles).toEqual(roles);
  });

  it('that the definition does not know have no effect and are reported, 16 at most', () => {
    const many = Array.from({ length: 40 }, (_unused, i) => `ghost-${i}`);
    const { roles, unknown } = held([...many, 'clerk']);
    expect([roles, unknown]).toEqual([['clerk'], many.slice(0, 16)]);
  });

  it('all count, no matter how many unknown names precede them', () => {
    const many = Array.from({ length: 200 }, (_unused, i) => `ghost-${i}`);
    expect(held([...many, 'payer', 'approver']).roles).toEqual([]);
  });

  it('come from the mapping alone if there is one, and values that it does not list are reported', () => {
    const map = [
      ['Group of clerks', ['clerk', 'member']],
      ['a1b2-c3', ['clerk']],
    ] as const;
    const mapped = (roles: unknown) => {
      const tokenIssuer = { roles: { claim: 'roles', map } };
      const found = heldRoles({ claims: { roles }, tokenIssuer }, undefaulted, NOW);
      return [found.roles, found.unknown];
    };
    expect(mapped(['Group of clerks', 'Everyone'])).toEqual([['clerk', 'member'], ['Everyone']]);
    expect(mapped('Group of clerks')).toEqual([['clerk', 'member'], []]);
    expect(mapped('x a1b2-c3')).toEqual([[], ['x a1b2-c3']]);
    expect(mapped(['payer', 'toString', '__proto__', 7])).toEqual([[], ['payer', 'toString', '__proto__']]);
    expect(mapped(undefined)).toEqual([[], []]);
  });

  it('include the default one, once', () => {
    const by = (roles: unknown) => heldRoles({ claims: { roles }, tokenIssuer: BY_NAME }, policy, NOW).roles;
    expect(by([])).toEqual(['member']);
    expect(by(['clerk'])).toEqual(['clerk', 'member']);
    expect(by(['member'])).toEqual(['member']);
  });

  it('that exclude each other are both dropped and reported, and others stay', () => {
    expect(held(['payer', 'clerk', 'approver'])).toMatchObject({ roles: ['clerk'], exclusive: ['payer', 'approver'] });
    expect(held(['treasurer', 'approver'])).toMatchObject({ roles: [], exclusive: ['treasurer', 'approver'] });
    expect(held(['treasurer', 'payer'])).toMatchObject({ roles: ['treasurer', 'payer'], exclusive: [] });
  });
});

describe('a temporary role', () => {
  const held = (roles: readonly string[], elevated: unknown) =>
    heldRoles({ claims: { roles, elevated }, tokenIssuer: BY_NAME }, policy, NOW);
  const until = (seconds: number, role = 'auditor') => ({ role, until: NOW + seconds });

  it('counts until its second, which ends the decision', () => {
    expect(held([], [until(1)])).toMatchObject({ roles: ['member', 'auditor'], until: NOW + 1, ended: [] });
    expect(held([], [until(0)])).toMatchObject({ roles: ['member'], until: undefined, ended: ['auditor'] });
    expect(held([], [until(-1)])).toMatchObject({ roles: ['member'], until: undefined, ended: ['auditor'] });
  });

  it('the first of several ends the decision, and each lasts until its last entry', () => {
    expect(held([], [until(50), until(20, 'payer')]).until).toBe(NOW + 20);
    expect(held([], [until(50), until(20)]).until).toBe(NOW + 50);
    expect(held([], [until(20), until(50)])).toMatchObject({ until: NOW + 50, ended: [] });
  });

  it('does not end a permanent role of the caller', () => {
    expect(held(['auditor'], [until(20)])).toMatchObject({ roles: ['auditor', 'member'], until: undefined });
    expect(held([], [until(20, 'member')])).toMatchObject({ roles: ['member'], until: undefined });
  });

  it('excludes other roles while it lasts, and has no effect then', () => {
    expect(held(['payer'], [until(20, 'approver')])).toMatchObject({
      roles: ['member'],
      exclusive: ['payer', 'approver'],
      until: undefined,
    });
    expect(held(['payer'], [until(0, 'approver')])).toMatchObject({ roles: ['payer', 'member'], exclusive: [] });
  });

  it('that the definition does not know is reported', () => {
    expect(held([], [until(20, 'ghost')])).toMatchObject({ roles: ['member'], unknown: ['ghost'], ended: [] });
  });

  it.each([
    ['a string', 'auditor'],
    ['an object', { role: 'auditor', until: NOW + 9 }],
    ['a list of strings', ['auditor']],
    ['no end', [{ role: 'auditor' }]],
    ['an endless end', [{ role: 'auditor', until: Number.POSITIVE_INFINITY }]],
    ['an end as a string', [{ role: 'auditor', until: String(NOW + 9) }]],
    ['an end in parts of seconds', [{ role: 'auditor', until: NOW + 0.5 }]],
    ['no role', [{ until: NOW + 9 }]],
    ['a list of roles', [{ role: ['auditor'], until: NOW + 9 }]],
    ['nothing', [null]],
  ])('written as %s has no effect', (_form, elevated) => {
    expect(held([], elevated)).toMatchObject({ roles: ['member'], until: undefined });
  });

  it('is read from at most 64 entries', () => {
    const many = Array.from({ length: 64 }, () => until(5, 'ghost'));
    expect(held([], [...many, until(5)]).roles).toEqual(['member']);
    expect(held([], [...many.slice(1), until(5)]).roles).toEqual(['member', 'auditor']);
  });
});
