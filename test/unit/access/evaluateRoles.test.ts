import { describe, expect, it } from 'vitest';
import { evaluateRoles } from '../../../lib/access/evaluateRoles.ts';
import { ledger } from '../../support/ledger.ts';
import { AT } from './support.ts';

describe('the roles of a token', () => {
  const evaluated = (holder: Parameters<typeof evaluateRoles>[1]) =>
    evaluateRoles(ledger, holder, AT).map(({ role, status }) => `${role} ${status}`);

  it('are evaluated one by one', () => {
    const elevated = [
      { role: 'auditor', until: AT + 1 },
      { role: 'payer', until: AT },
      { role: 'ghost', until: AT + 1 },
    ];
    expect(evaluated({ roles: ['clerk', 'clerk', 'spook'], elevated })).toEqual([
      'clerk held',
      'spook unknown',
      'member default',
      'auditor elevated',
      'ghost unknown',
      'payer ended',
    ]);
  });

  it('name the role that excludes them', () => {
    expect(evaluateRoles(ledger, { roles: ['treasurer', 'approver'] }, AT)).toEqual([
      { role: 'treasurer', status: 'exclusive', excludedBy: 'approver' },
      { role: 'approver', status: 'exclusive', excludedBy: 'treasurer' },
      { role: 'member', status: 'default' },
    ]);
    expect(evaluated({ roles: ['approver'], elevated: [{ role: 'payer', until: AT - 1 }] })).toContain('approver held');
  });

  it('last until their last elevation ends, and always when held without one', () => {
    const twice = [
      { role: 'auditor', until: AT - 5 },
      { role: 'auditor', until: AT + 5 },
    ];
    expect(evaluated({ roles: [], elevated: twice })).toContain('auditor elevated');
    expect(evaluated({ roles: ['auditor'], elevated: twice })).toContain('auditor held');
  });
});
