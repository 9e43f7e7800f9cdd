import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { privateDirectory, readIfPresent } from '../files.ts';

/** A stored notification: readable members, and under `message` what a subscriber would have got. */
export type Notification = Readonly<Record<string, unknown>>;

/** The notifications of a data directory. */
export interface NotificationFile {
  /** Oldest first, those of earlier runs included. */
  all(): readonly Notification[];
  /** Appends one; it is on disk (fsync) afterwards. */
  add(notification: Notification): void;
}

/** How many are kept in memory; the file keeps all. */
const MAX_IN_MEMORY = 1_000;

/** Opens `<data>/notifications.jsonl`. A notification that cannot be stored is reported, and kept in memory. */
export function notificationFile(dataDirectory: string, print: (line: string) => void): NotificationFile {
  const path = join(privateDirectory(dataDirectory), 'notifications.jsonl');
  const text = readIfPresent(path) ?? '';
  let kept = readKept(text);
  // A crash may have left half a line: the next one starts on its own.
  let prefix = text === '' || text.endsWith('\n') ? '' : '\n';
  return {
    all: () => kept,
    add(notification) {
      append(path, `${prefix}${JSON.stringify(notification)}\n`, print);
      prefix = '';
      kept = [...kept, notification].slice(-MAX_IN_MEMORY);
    },
  };
}

function append(path: string, line: string, print: (line: string) => void): void {
  try {
    const handle = openSync(path, 'a', 0o600);
    try {
      writeSync(handle, line);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    print(`a notification could not be stored: ${error instanceof Error ? error.message : error}`);
  }
}

function readKept(text: string): readonly Notification[] {
  const lines = text.split('\n').slice(-MAX_IN_MEMORY - 1);
  return lines.flatMap((line): Notification[] => {
    try {
      const parsed: unknown = JSON.parse(line);
      return typeof parsed === 'object' && parsed !== null ? [{ ...parsed }] : [];
    } catch {
      return [];
    }
  });
}
