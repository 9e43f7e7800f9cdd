import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import { attempt } from './attempt.ts';
import { sha256 } from './sha256.ts';

/**
 * Writes a file of the folder of kept files. Another process can use the same folder, so no file is ever half written.
 *
 * @returns whether it was written. It never throws: a disk that is full or read-only, or another process that removes the folder,
 * fails no synth.
 */
export function writeKept(file: string, content: string | Uint8Array): boolean {
  const half = `${file}.${process.pid}.${threadId}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(half, content);
    renameSync(half, file);
    return true;
  } catch {
    attempt(() => rmSync(half, { force: true }), undefined);
    return false;
  }
}

/** Marks what is in use, which is not old. Another process can have removed it meanwhile. */
export function touch(paths: readonly string[]): void {
  const now = new Date();
  for (const path of paths) attempt(() => utimesSync(path, now, now), undefined);
}

/** Writes a record as JSON. It begins with its hash, so a damaged one is none. */
export function writeRecord(file: string, record: object): boolean {
  const content = JSON.stringify(record);
  return writeKept(file, `${sha256(content)}\n${content}`);
}

/** The record that {@link writeRecord} wrote; undefined where there is none, or it is damaged. */
export function readRecord<T>(file: string): T | undefined {
  const [hash, content = ''] = attempt(() => readFileSync(file, 'utf8').split('\n'), []);
  return hash === sha256(content) ? (JSON.parse(content) as T) : undefined;
}
