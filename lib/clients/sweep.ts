import { RETIRED_GRACE_MS } from '../../lambdas/shared/clientItems.ts';
import type { ClientServices } from './ports.ts';

/** Deletes retired keys that no cached decision can name any more. Every change calls it, and so does `clients list`. */
export async function sweep({ keys, store, now }: Pick<ClientServices, 'keys' | 'store' | 'now'>): Promise<void> {
  const end = now().getTime() - RETIRED_GRACE_MS;
  for (const retired of await store.retired()) {
    if (Date.parse(retired.at) > end) continue;
    await keys.deleteKey(retired.keyId);
    await store.forget(retired);
  }
}
