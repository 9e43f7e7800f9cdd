import type { UsageRecords } from '../../contracts.ts';

/** A book of what keys have used, in memory: quotas begin anew with the process. */
export function createUsageRecords(): UsageRecords {
  const readers = new Map<string, () => number>();
  const name = (planId: string, keyId: string) => `${planId}/${keyId}`;
  return {
    register: (planId, keyId, read) => {
      readers.set(name(planId, keyId), read);
    },
    find: (planId, keyId) => readers.get(name(planId, keyId))?.(),
  };
}
