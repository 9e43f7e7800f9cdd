import { describe, expect, it } from 'vitest';
import { callerOf, scopesOf } from '../../../lambdas/authorizer/caller.ts';
import type { VerifiedToken } from '../../../lambdas/authorizer/verify.ts';
import { accessPolicy } from '../../../lib/access/index.ts';
import { ledger } from '../../support/ledger.ts';
import { claimsOf, tokenIssuerOf } from './support/authorizer.ts';

const policy = accessPolicy(ledger);

const NOW = 1_800_000_000;

describe('the scopes of a token', () => {
  it.each([
    ['a string', { scope: 'audit entries.read' }, ['audit', 'entries.read']],
    ['a list', { scp: ['audit', 'entries.read'] }, ['audit', 'entries.read']],
    ['scp as a string', { scp: 'audit' }, ['audit']],
    ['scope before scp', { scope: 'audit', scp: 'entries.read' }, ['audit']],
    ['the resource server and the scope, as Cognito does', { scope: 'ledger/audit openid' }, ['audit']],
    ['another resource server', { scope: 'other/audit ledgers/audit /audit audit/' }, []],
    ['scopes of others', { scope: 'openid profile entries.delete' }, []],
    ['repetitions', { scope: 'audit ledger/audit audit' }, ['audit']],
    ['nothing', {}, []],
    ['a number', { scope: 7 }, []],
  ])('can be %s', (_form, claims, scopes) => {
    expect(scopesOf(claims, policy)).toEqual(scopes);
  });
});

describe('the caller of a token', () => {
  const caller = (change: Readonly<Record<string, unknown>>) =>
    callerOf(
      {
        claims: claimsOf('https://i', { exp: NOW + 300, ...change }) as VerifiedToken['claims'],
        tokenIssuer: tokenIssuerOf('https://i'),
      },
      policy,
      NOW,
    );

  it('lasts until the token or the first temporary role ends', () => {
    expect(caller({}).expires).toBe(NOW + 300);
    expect(caller({ elevated: [{ role: 'auditor', until: NOW + 60 }] }).expires).toBe(NOW + 60);
    expect(caller({ elevated: [{ role: 'auditor', until: NOW + 900 }] }).expires).toBe(NOW + 300);
    expect(caller({ elevated: [{ role: 'auditor', until: NOW - 1 }] }).expires).toBe(NOW + 300);
  });

  it('has the permissions of all roles that count, and reports those that do not', () => {
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

  it('has an unknown tier shortened', () => {
    expect(caller({ tier: 'x'.repeat(100) }).ignored.tier).toBe('x'.repeat(64));
    expect(caller({ tier: 'free' }).ignored.tier).toBeUndefined();
  });
});
