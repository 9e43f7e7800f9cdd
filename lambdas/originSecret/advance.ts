import { randomInt } from 'node:crypto';
import { ORIGIN_KEY } from '../shared/edgeHeaders.ts';
import type { KeyValueStore } from '../shared/keyValueStore.ts';
import type { AcceptedValues } from './patternSet.ts';

/** What a rotation works on. */
export interface OriginSecretPorts {
  /** What the distribution sends. */
  readonly store: KeyValueStore;
  /** What the web ACL accepts. */
  readonly accepted: AcceptedValues;
  now(): number;
  /** Waits until a change of the web ACL works everywhere. */
  settle(): Promise<void>;
}

/** What a run has done. */
export type OriginSecretOutcome = 'created' | 'repaired' | 'rotated' | 'idle';

/** Values beside the next and the current one that stay accepted during a rotation. A pattern set has room for ten. */
const KEPT = 2;

/** 48 characters of 62: 285 bits. */
const LENGTH = 48;
const CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * Makes the first value, repairs a web ACL that does not accept the current one, or rotates a value that is older than `everyMs`.
 *
 * The web ACL accepts a value before the distribution sends it, and the previous one until the next rotation, because edge locations learn
 * of a change at different times. So each step can be the last one of a run, and two runs can overlap: nothing is rejected.
 */
export async function advance(
  { store, accepted, now, settle }: OriginSecretPorts,
  everyMs: number,
): Promise<OriginSecretOutcome> {
  const [state, current, values] = [await store.describe(), await store.get(ORIGIN_KEY), await accepted.read()];
  if (current === undefined) {
    const first = generate();
    await accepted.write([first]);
    await send(first, first);
    return 'created';
  }
  const others = values.filter((value) => value !== current);
  const isAccepted = values.includes(current);
  if (!isAccepted) await accepted.write([current, ...others.slice(0, 1)]);
  if (now() - state.changed < everyMs) return isAccepted ? 'idle' : 'repaired';
  const next = generate();
  // The next value of another run, which has begun meanwhile, stays accepted: that run can be the first to send its value.
  await accepted.write([next, current, ...others.slice(0, KEPT)]);
  await settle();
  await send(next, current);
  await accepted.write([next, current]);
  return 'rotated';

  /** Another run can have been faster: then the web ACL accepts what that one has written. */
  async function send(value: string, before: string): Promise<void> {
    await store.put(ORIGIN_KEY, value, state.etag).catch(async (error: unknown) => {
      const actual = await store.get(ORIGIN_KEY);
      if (actual === value) return;
      const values = new Set([actual ?? before, before, ...(await accepted.read())]);
      if (actual !== undefined) await accepted.write([...values].slice(0, KEPT + 2));
      throw error;
    });
  }
}

function generate(): string {
  return Array.from({ length: LENGTH }, () => CHARACTERS.charAt(randomInt(CHARACTERS.length))).join('');
}
