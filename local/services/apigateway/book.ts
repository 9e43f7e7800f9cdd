import type { QuotaUse, UsageBook } from '../../contracts.ts';

/** A book of what keys have used, in memory: quotas begin anew with the process. */
export function usageBook(): UsageBook {
  const readers = new Map<string, () => QuotaUse>();
  const name = (planId: string, keyId: string) => `${planId}/${keyId}`;
  return {
    enter: (planId, keyId, read) => {
      readers.set(name(planId, keyId), read);
    },
    of: (planId, keyId) => readers.get(name(planId, keyId))?.(),
  };
}
