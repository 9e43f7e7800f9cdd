import { appendFileSync, existsSync, rmSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiKeyModel } from '../../assembly/model.ts';
import { isRecord, list, string } from '../../assembly/values.ts';
import { readIfPresent, writePrivateFile } from '../files.ts';

/** The keys that were added to those of the template, in memory and on disk. */
export interface KeyStore {
  all(): readonly ApiKeyModel[];
  byId(id: string): ApiKeyModel | undefined;
  byValue(value: string): ApiKeyModel | undefined;
  /** Adds a key, or replaces the one with its id. */
  put(key: ApiKeyModel): void;
  remove(key: ApiKeyModel): void;
  /** Resolves when every change so far is on disk. */
  stored(): Promise<void>;
}

const KEYS = 'api-keys.json';
const CHANGES = 'api-keys.changes.jsonl';
const PRIVATE_FILE = 0o600;

/** A line of the changes: a key as it is now, or the id of one that is gone. */
type Change = { readonly key: ApiKeyModel } | { readonly removed: string };

/**
 * Opens the keys of `<data>/api-keys.json`, a list, with the changes after it in `<data>/api-keys.changes.jsonl`, one a line (both of
 * mode 0600). A change appends to the second file, so it takes the same time however many keys there are; the next start joins the
 * two. Changes say what a key is, not what happened to it, so those that the list has already can be read again.
 */
export function openKeyStore(data: string): KeyStore {
  const files = { keys: join(data, KEYS), changes: join(data, CHANGES) };
  const byId = new Map(readKeys(files.keys).map((key) => [key.id, key]));
  const changes = readChanges(files.changes);
  for (const change of changes) {
    if ('removed' in change) byId.delete(change.removed);
    else byId.set(change.key.id, change.key);
  }
  if (changes.length > 0) writePrivateFile(files.keys, JSON.stringify([...byId.values()], undefined, 2));
  // Only now: the list has them. What a crash left of a last line goes, too.
  rmSync(files.changes, { force: true });
  const byValue = new Map([...byId.values()].map((key) => [key.value, key]));
  const disk = sharedSync(files.changes);
  let written = 0;
  const append = (change: Change): void => {
    const line = `${JSON.stringify(change)}\n`;
    try {
      appendFileSync(files.changes, line, { mode: PRIVATE_FILE });
    } catch (error) {
      // A part of the line, before a full disk, would spoil the next one.
      if (existsSync(files.changes)) truncateSync(files.changes, written);
      throw error;
    }
    written += Buffer.byteLength(line);
    disk.changed();
  };
  return {
    all: () => [...byId.values()],
    byId: (id) => byId.get(id),
    byValue: (value) => byValue.get(value),
    // The file first: a change that cannot be written is not in force either.
    put(key) {
      append({ key });
      byId.set(key.id, key);
      byValue.set(key.value, key);
    },
    remove({ id, value }) {
      append({ removed: id });
      byId.delete(id);
      byValue.delete(value);
    },
    stored: disk.synced,
  };
}

/** Writes a file through to the disk: once for all changes that wait for it. */
function sharedSync(file: string): { changed(): void; synced(): Promise<void> } {
  let isChanged = false;
  let current = Promise.resolve();
  let next: Promise<void> | undefined;
  const sync = async (): Promise<void> => {
    next = undefined;
    if (!isChanged) return;
    isChanged = false;
    const handle = await open(file, 'r+');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
  };
  return {
    changed: () => {
      isChanged = true;
    },
    synced() {
      if (next === undefined) {
        next = current.then(sync);
        current = next.catch(() => undefined);
      }
      return next;
    },
  };
}

function readKeys(file: string): readonly ApiKeyModel[] {
  return list(parsed(file, readIfPresent(file) ?? '[]'))
    .filter(isRecord)
    .map(readKey);
}

/** The last line counts when it is whole: before, nobody was told that it was kept. */
function readChanges(file: string): readonly Change[] {
  const lines = (readIfPresent(file) ?? '').split('\n').slice(0, -1);
  return lines.map((line) => {
    const change = parsed(file, line);
    if (isRecord(change) && isRecord(change['key'])) return { key: readKey(change['key']) };
    return { removed: (isRecord(change) && string(change['removed'])) || '' };
  });
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message could quote the text, which holds keys.
    throw new Error(`${file} is not readable as JSON: remove it, and register the clients again`);
  }
}

function readKey(kept: Readonly<Record<string, unknown>>): ApiKeyModel {
  const { id, name, value, enabled, planIds, created, updated } = kept;
  const plans = list(planIds).flatMap((plan) => string(plan) ?? []);
  const named = string(name);
  const key = { id: string(id) ?? '', value: string(value) ?? '', enabled: enabled === true, planIds: plans };
  const times = {
    ...(typeof created === 'number' ? { created } : {}),
    ...(typeof updated === 'number' ? { updated } : {}),
  };
  return { ...key, ...times, ...(named === undefined ? {} : { name: named }) };
}
