import type { ClientServices } from './ports.ts';

/** Longer than the authorizer (half a minute) and the gateway (at most five minutes) cache a decision together. */
const GRACE_MS = 600_000;

/** Deletes retired keys that no cached decision can name any more. Every change calls it, and so does `clients list`. */
export async function sweep({ keys, store, now }: Pick<ClientServices, 'keys' | 'store' | 'now'>): Promise<void> {
  const end = now().getTime() - GRACE_MS;
  for (const retired of await store.retired()) {
    if (Date.parse(retired.at) > end) continue;
    await keys.deleteKey(retired.keyId);
    await store.forget(retired);
  }
}
