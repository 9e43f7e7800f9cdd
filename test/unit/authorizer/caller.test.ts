import { describe, expect, it } from 'vitest';
import { callerOf, scopesOf } from '../../../lambdas/authorizer/caller.ts';
import type { VerifiedToken } from '../../../lambdas/authorizer/verifiedToken.ts';
import { accessPolicy } from '../../../lib/access/index.ts';
import type { ClaimRules } from '../../../lib/definition/claims.ts';
import type { KeySetIssuer } from '../../../lib/definition/tokenIssuer.ts';
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
      { nowSeconds: NOW },
    );

  it('lasts until the token ends, with the tolerance of its issuer, or the first temporary role, without one', () => {
    expect(caller({}).expires).toBe(NOW + 305);
    expect(caller({ exp: NOW + 300.9 }).expires).toBe(NOW + 305);
    expect(caller({ exp: undefined }).expires).toBeLessThan(NOW);
    expect(caller({ elevated: [{ role: 'auditor', until: NOW + 60 }] }).expires).toBe(NOW + 60);
    expect(caller({ elevated: [{ role: 'auditor', until: NOW + 900 }] }).expires).toBe(NOW + 305);
    expect(caller({ elevated: [{ role: 'auditor', until: NOW - 1 }] }).expires).toBe(NOW + 305);
  });

  it('has all roles that count, and reports those that do not', () => {
    const elevated = [{ role: 'auditor', until: NOW - 5 }];
    expect(
      caller({ roles: ['clerk', 'payer', 'approver', 'ghost'], scope: 'audit', tier: 'gold', elevated }),
    ).toMatchObject({
      roles: ['clerk', 'member'],
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

describe('the declared claims of a token', () => {
  const claims: ClaimRules = {
    tenant: { type: 'string' },
    seats: { type: 'integer', max: 9 },
    trial: { type: 'boolean' },
  };
  const read =
    (change: Readonly<Record<string, unknown>>, rules: Partial<KeySetIssuer> = {}) =>
    () =>
      callerOf(
        {
          claims: claimsOf('https://i', { exp: NOW + 300, tenant: '7', ...change }) as VerifiedToken['claims'],
          tokenIssuer: tokenIssuerOf('https://i', rules),
        },
        { ...policy, claims },
        { nowSeconds: NOW },
      ).claims;
  const ofGroups = { stringClaims: true } as const;

  it('are integers and booleans where a user pool has them as strings of one spelling, and strings stay strings', () => {
    expect(read({ seats: '7', trial: 'false' }, ofGroups)()).toEqual({ tenant: '7', seats: 7, trial: false });
    expect(read({ seats: 7, trial: true }, ofGroups)()).toEqual({ tenant: '7', seats: 7, trial: true });
  });

  it.each([
    ...['07', '7.0', '7e0', '+7', ' 7', '7 ', '0x7', '', '10', '1e400', 'NaN', '-0'].map((seats) => ({
      seats,
      trial: 'true',
    })),
    ...['True', 'TRUE', '1', 'yes', '', ' true'].map((trial) => ({ seats: '7', trial })),
    { seats: ['7'], trial: 'true' },
  ])('are rejected in another spelling: %j', (change) => {
    expect(read(change, ofGroups)).toThrow('claim-invalid');
  });

  it('are never converted for another issuer', () => {
    expect(read({ seats: '7', trial: true })).toThrow('claim-invalid');
    expect(read({ seats: 7, trial: 'true' })).toThrow('claim-invalid');
  });
});
