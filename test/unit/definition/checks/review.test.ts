import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../../lib/definition/contentHash.ts';
import { type Api, type DefinitionError, defineApi } from '../../../../lib/definition/index.ts';
import { TODAY } from '../../../support/ledger.ts';
import { base, faultsOf, roles } from '../support.ts';

describe('the check of the review record', () => {
  it.each([
    [
      'an impossible review date',
      { roles: { ...roles, reviewed: '2026-02-31' } },
      'review-date-invalid',
      'roles.reviewed',
    ],
    ['a reviewer without a name', { roles: { ...roles, reviewer: ' ' } }, 'review-record-invalid', 'roles.reviewer'],
    [
      'a malformed hash',
      { roles: { ...roles, contentHash: 'sha256:abc' } },
      'review-record-invalid',
      'roles.contentHash',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});

describe('an overdue review', () => {
  const late = new Date('2027-03-01T00:00:00Z');

  it('is a warning', () => {
    expect(defineApi(base, { today: late }).warnings.map((fault) => fault.code)).toEqual(['review-overdue']);
  });

  it('is an error when strict', () => {
    expect(() => defineApi({ ...base, strict: true }, { today: late })).toThrow(/review-overdue/);
  });
});

describe('a recorded review', () => {
  const record = (contentHash: string) => ({
    roles: { ...roles, reviewer: 'Ada', contentHash },
    routes: base.routes,
  });
  const stale = `sha256:${'0'.repeat(64)}`;
  const define = (change: object, today = TODAY) => defineApi({ ...base, ...change } as never, { today });
  const current = contentHash(define({}) as unknown as Api);

  it('is valid while the access equals the reviewed access', () => {
    expect(define(record(current)).warnings).toEqual([]);
  });

  it('causes a warning when the access differs, and an error when strict', () => {
    const { warnings } = define(record(stale));
    expect(warnings.map(({ code, found }) => ({ code, found }))).toEqual([{ code: 'review-outdated', found: current }]);
    expect(warnings[0]?.expected).toContain('which Ada reviewed on 2026-11-01');
    expect(() => define({ ...record(stale), strict: true })).toThrow(/review-outdated/);
  });

  it('is due on its day and overdue after it', () => {
    const at = (time: string) => define(record(current), new Date(time)).warnings.map(({ code }) => code);
    expect(at('2027-01-30T00:00:00.000Z')).toEqual([]);
    expect(at('2027-01-30T00:00:00.001Z')).toEqual(['review-overdue']);
  });

  it('as the only fault leaves the API with the error, so that it can be reviewed', () => {
    const failing = (change: object) => {
      try {
        define({ strict: true, ...change });
      } catch (error) {
        return (error as DefinitionError).api?.name;
      }
      throw new Error('no error');
    };
    expect(failing(record(stale))).toBe('notes');
    expect(failing({ ...record(stale), version: '1' })).toBeUndefined();
  });
});
