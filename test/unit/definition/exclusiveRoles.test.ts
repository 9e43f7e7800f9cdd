import { describe, expect, it } from 'vitest';
import { exclusivePairs } from '../../../lib/definition/exclusiveRoles.ts';
import { ledger } from '../../support/ledger.ts';
import { can } from './support.ts';

describe('exclusive roles', () => {
  it('include those that inherit an excluded role', () => {
    expect(exclusivePairs(ledger.roles.byName)).toEqual([
      ['payer', 'approver'],
      ['approver', 'treasurer'],
    ]);
  });

  it('are listed once, whichever role declares the pair', () => {
    const both = { a: { can, exclusiveWith: ['b'] }, b: { can, exclusiveWith: ['a'] }, c: { can } };
    expect(exclusivePairs(both)).toEqual([['a', 'b']]);
    expect(exclusivePairs({ a: { can }, b: { can } })).toEqual([]);
  });
});
