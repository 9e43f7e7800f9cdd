import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { privateDirectory, readIfPresent } from '../files.ts';

/** A value with its expiry; `undefined` never expires. */
interface Entry {
  readonly value: Readonly<Record<string, unknown>>;
  readonly expiresAt?: number;
}

/** Key-value state that survives a restart. A change is written to its file when its promise resolves. */
export interface IssuerState {
  get(key: string): Readonly<Record<string, unknown>> | undefined;
  set(key: string, value: Readonly<Record<string, unknown>>, expiresInSeconds?: number): Promise<void>;
  delete(...keys: readonly string[]): Promise<void>;
  entries(): IterableIterator<[string, Readonly<Record<string, unknown>>]>;
  /** Waits until all is written. */
  close(): Promise<void>;
}

/** More than a developer's machine ever has; beyond it the oldest entries are dropped. */
const MAX_ENTRIES = 10_000;

/**
 * Opens the state in `<data>/issuer/state.json` (mode 0600). The file is replaced as a whole; changes that come while
 * it is written go together into the next write. A file that cannot be read only costs the sign-ins it held.
 */
export function openState(dataDirectory: string): IssuerState {
  const path = join(privateDirectory(join(dataDirectory, 'issuer')), 'state.json');
  const entries = read(path);
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const save = async () => {
    const text = JSON.stringify([...entries].filter(([, entry]) => alive(entry)));
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
  };
  // At most one write runs and one waits: the waiting one holds every change made until it starts.
  const persist = (): Promise<void> => {
    if (running === undefined) {
      running = save().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return persist();
      });
    return next;
  };

  return {
    get(key) {
      const entry = entries.get(key);
      return entry && alive(entry) ? entry.value : undefined;
    },
    set(key, value, expiresInSeconds) {
      entries.delete(key);
      entries.set(key, { value, ...(expiresInSeconds && { expiresAt: Date.now() + expiresInSeconds * 1000 }) });
      trim(entries);
      return persist();
    },
    delete(...keys) {
      for (const key of keys) entries.delete(key);
      return persist();
    },
    *entries() {
      for (const [key, entry] of entries) if (alive(entry)) yield [key, entry.value];
    },
    close: () => persist(),
  };
}

const alive = ({ expiresAt }: Entry) => expiresAt === undefined || expiresAt > Date.now();

function trim(entries: Map<string, Entry>): void {
  if (entries.size <= MAX_ENTRIES) return;
  for (const [key, entry] of entries) if (!alive(entry)) entries.delete(key);
  for (const key of entries.keys()) {
    if (entries.size <= MAX_ENTRIES) return;
    entries.delete(key);
  }
}

function read(path: string): Map<string, Entry> {
  try {
    return new Map(JSON.parse(readIfPresent(path) ?? '[]') as [string, Entry][]);
  } catch {
    return new Map();
  }
}
