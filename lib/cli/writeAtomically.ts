import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Writes a file in one step, so that a reader never sees half of it. */
export function writeAtomically(file: string, content: string, mode = 0o600): void {
  const path = resolve(file);
  const draft = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, content, { mode });
  renameSync(draft, path);
}
