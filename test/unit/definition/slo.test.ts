import { describe, expect, it } from 'vitest';
import { defineApi } from '../../../lib/definition/index.ts';
import { TODAY } from '../../support/ledger.ts';
import { base, faultsOf, wholeFaultsOf } from './support.ts';

describe('the objectives of an API', () => {
  it('have a default each, and are absent where none is written', () => {
    expect(defineApi({ ...base, slo: { p99: 300 } }, { today: TODAY }).slo).toEqual({ availability: 99.9, p99: 300 });
    expect(defineApi({ ...base, slo: {} }, { today: TODAY }).slo).toEqual({ availability: 99.9, p99: 3_000 });
    expect(defineApi(base, { today: TODAY }).slo).toBeUndefined();
  });

  it.each([
    ['slo.availability', { availability: 100 }],
    ['slo.availability', { availability: 0.999 }],
    ['slo.availability', { availability: '99.9' }],
    ['slo.p99', { p99: 0 }],
    ['slo.p99', { p99: 60_000 }],
    ['slo.p95', { p95: 300 }],
    ['slo', 99.9],
  ])('reject what no alarm can keep, at %s: %j', (location, slo) => {
    expect(faultsOf({ slo })).toEqual([{ code: 'option-invalid', location }]);
  });

  it('name the fix', () => {
    expect(wholeFaultsOf({ slo: { availability: 100 } })[0]?.fix).toMatch(/such as 99\.9/);
  });
});
