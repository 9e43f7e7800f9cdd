import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Writes a file in one step, so that a reader who waits for it never sees half of it. Mode 0600 unless said otherwise. */
export function writeAtomically(file: string, text: string, mode = 0o600): void {
  const path = resolve(file);
  const draft = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, text, { mode });
  renameSync(draft, path);
}
