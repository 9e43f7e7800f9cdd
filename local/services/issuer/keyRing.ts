import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readIfPresent, writePrivateFile } from '../files.ts';
import { DEFAULT_ALGORITHMS, makeKey, type PrivateJwk } from './makeKey.ts';
import { MAX_TTL } from './tokenRequests.ts';

/**
 * A signing key goes through three states. Standby: published, so that APIs know it before tokens use it. Signing: one for each
 * algorithm. Retired: still published, because tokens that it signed are still valid.
 */
type KeyState = 'signing' | 'standby' | 'retired';

interface KeptKey {
  readonly jwk: PrivateJwk;
  readonly state: KeyState;
  /** Epoch seconds from which on a retired key is not published. */
  readonly until?: number;
}

/** What is on disk. */
interface KeptRing {
  readonly keys: readonly KeptKey[];
  readonly cookieKey: string;
  /** Epoch seconds of the last rotation; 0 before the first one, whose keys were published together. */
  readonly rotatedAt: number;
}

/** The public summary of a key. */
export interface KeySummary {
  readonly kid: string;
  readonly alg: string;
  readonly state: KeyState;
  readonly until?: number;
}

/** The keys of the issuer. */
export interface KeyRing {
  /** Signs the cookies of sign-ins. */
  readonly cookieKey: string;
  /** There is a key for each of these, at any time. */
  readonly algorithms: readonly string[];
  /** Makes the keys that are missing for other algorithms, and publishes them. */
  add(algorithms: readonly string[]): Promise<void>;
  /** Signs by these algorithms, and the default ones, from now on: there are keys for them. */
  use(algorithms: readonly string[]): void;
  /** The keys with their private parts, those that sign first: oidc-provider takes the first one that fits. */
  published(): { readonly keys: readonly PrivateJwk[] };
  /** Changes whenever the published keys do. */
  version(): string;
  list(): readonly KeySummary[];
  /**
   * Standby keys sign from now on, and new ones stand by. The old ones stay published until the last token that they may
   * have signed has expired; withdrawn keys disappear at once, as after a theft.
   *
   * @throws {RotatedTooSoon}
   */
  rotate(options: { readonly withdraw: boolean }): Promise<readonly KeySummary[]>;
}

/** Minimum interval between an API's on-demand reloads of the key set. */
const MIN_STANDBY_SECONDS = 10;

/** The standby keys are so new that an API may not have seen them. */
export class RotatedTooSoon extends Error {
  constructor(seconds: number) {
    super(
      `the next keys were published just now, so APIs may not know them. Rotate again in ${seconds} s, or withdraw the old keys.`,
    );
    this.name = 'RotatedTooSoon';
  }
}

/**
 * The issuer's keys, made once and kept in `<data>/issuer/keys.json` (mode 0600).
 *
 * @param algorithms that the stack requires in addition to the default ones
 * @param now epoch seconds
 */
export async function openKeys(
  dataDirectory: string,
  algorithms: readonly string[],
  now: () => number = () => Math.floor(Date.now() / 1000),
): Promise<KeyRing> {
  const path = join(dataDirectory, 'issuer', 'keys.json');
  const withDefaults = (names: readonly string[]) => [...new Set([...DEFAULT_ALGORITHMS, ...names])];
  let wanted = withDefaults(algorithms);
  const kept = readKeys(path);
  const cookieKey = kept?.cookieKey ?? randomBytes(32).toString('base64url');
  let rotatedAt = kept?.rotatedAt ?? 0;
  let keys: readonly KeptKey[] = await complete(kept?.keys ?? [], wanted);

  const save = () => writePrivateFile(path, JSON.stringify({ keys, cookieKey, rotatedAt } satisfies KeptRing));
  if (keys.length > (kept?.keys.length ?? 0)) save();
  const live = () => ORDER.flatMap((state) => keys.filter((key) => key.state === state && !isOver(key, now())));

  return {
    cookieKey,
    get algorithms() {
      return wanted;
    },
    async add(names) {
      const before = keys;
      // What a rotation changes meanwhile stays.
      const added = (await complete(before, withDefaults(names))).slice(before.length);
      if (added.length === 0) return;
      keys = [...keys, ...added];
      save();
    },
    use(names) {
      wanted = withDefaults(names);
    },
    published: () => ({ keys: live().map(({ jwk }) => jwk) }),
    version: () =>
      live()
        .map(({ jwk }) => jwk.kid)
        .join(' '),
    list: () => live().map(summaryOf),
    async rotate({ withdraw }) {
      const next = await makeKeys('standby', wanted);
      // After the wait for new keys, so that of two calls at once the second one finds what the first one did.
      const wait = withdraw ? 0 : rotatedAt + MIN_STANDBY_SECONDS - now();
      if (wait > 0) throw new RotatedTooSoon(wait);
      keys = [...live().flatMap((key) => rotated(key, { withdraw, until: now() + MAX_TTL })), ...next];
      rotatedAt = now();
      save();
      return live().map(summaryOf);
    },
  };
}

/** The keys with those that are missing for an algorithm, as at the first start. */
async function complete(keys: readonly KeptKey[], wanted: readonly string[]): Promise<KeptKey[]> {
  const missing = (state: KeyState) =>
    wanted.filter((alg) => !keys.some((key) => key.state === state && key.jwk.alg === alg));
  const made = await Promise.all((['signing', 'standby'] as const).map((state) => makeKeys(state, missing(state))));
  return [...keys, ...made.flat()];
}

function makeKeys(state: KeyState, algorithms: readonly string[]): Promise<KeptKey[]> {
  return Promise.all(algorithms.map(async (alg) => ({ jwk: await makeKey(alg), state })));
}

const ORDER: readonly KeyState[] = ['signing', 'standby', 'retired'];

function rotated(key: KeptKey, { withdraw, until }: { withdraw: boolean; until: number }): KeptKey[] {
  if (key.state === 'standby') return [{ ...key, state: 'signing' }];
  if (withdraw) return [];
  return [key.state === 'signing' ? { ...key, state: 'retired', until } : key];
}

function isOver({ until }: KeptKey, now: number): boolean {
  return until !== undefined && until <= now;
}

function summaryOf({ jwk: { kid, alg }, state, until }: KeptKey): KeySummary {
  return { kid, alg, state, ...(until === undefined ? {} : { until }) };
}

function readKeys(path: string): KeptRing | undefined {
  const text = readIfPresent(path);
  if (text === undefined) return undefined;
  try {
    const ring = JSON.parse(text) as KeptRing;
    const isWhole = ({ jwk, state }: KeptKey) => typeof jwk.kid === 'string' && ORDER.includes(state);
    if (ring.keys.every(isWhole) && typeof ring.cookieKey === 'string') return ring;
  } catch {
    // The parser's message could quote a key.
  }
  throw new Error(`${path} is not readable: remove it to have new keys made`);
}
