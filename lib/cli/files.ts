import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Writes a file in one step, so that a reader who waits for it never sees half of it. Mode 0600. */
export function writeAtomically(file: string, text: string): void {
  const path = resolve(file);
  const draft = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}
