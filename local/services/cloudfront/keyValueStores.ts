import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isRecord, record, string } from '../../assembly/values.ts';
import { readIfPresent, writePrivateFile } from '../files.ts';

/** The keys of one store. */
export interface StoreContent {
  /** Changes with each write. */
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly changed: number;
  readonly keys: ReadonlyMap<string, string>;
}

/** The key value stores of CloudFront, by ARN, kept in `<data>/key-value-stores.json` (mode 0600, replaced as a whole). */
export interface KeyValueStores {
  of(arn: string): StoreContent;
  /** Replaces all keys of a store. */
  write(arn: string, keys: ReadonlyMap<string, string>): StoreContent;
}

/** @param data without a directory, they are kept in memory */
export function keyValueStores(data?: string): KeyValueStores {
  const file = data === undefined ? undefined : join(data, 'key-value-stores.json');
  const stores = new Map(file === undefined ? [] : readStores(file));
  const of = (arn: string): StoreContent => {
    const known = stores.get(arn);
    if (known !== undefined) return known;
    const empty = { etag: randomUUID(), created: Date.now(), changed: Date.now(), keys: new Map<string, string>() };
    stores.set(arn, empty);
    return empty;
  };
  return {
    of,
    write(arn, keys) {
      const next = { ...of(arn), etag: randomUUID(), changed: Date.now(), keys: new Map(keys) };
      stores.set(arn, next);
      const all = [...stores].map(([name, store]) => [name, { ...store, keys: Object.fromEntries(store.keys) }]);
      if (file !== undefined) writePrivateFile(file, JSON.stringify(Object.fromEntries(all), undefined, 2));
      return next;
    },
  };
}

function readStores(file: string): readonly (readonly [string, StoreContent])[] {
  const text = readIfPresent(file);
  if (text === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message could quote the text, which is secret.
  }
  if (!isRecord(parsed)) throw new Error(`${file} is not readable as JSON: remove it to have new values made`);
  return Object.entries(parsed).map(([arn, value]) => {
    const { etag, created, changed, keys } = record(value);
    const content = Object.entries(record(keys)).map(([key, each]) => [key, string(each) ?? ''] as const);
    return [arn, { etag: String(etag), created: Number(created), changed: Number(changed), keys: new Map(content) }];
  });
}
