import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD_FOLDER } from '../lib/bundle/buildFolder.ts';

let folder: string | undefined;

/**
 * Runs a synth that uses what earlier ones of this process have bundled, because most parts of the bench need the same bundles. A folder that is
 * set already is used instead. The folder is removed when the process ends.
 */
export function withSharedBuilds<T>(synth: () => T): T {
  if (process.env[BUILD_FOLDER] !== undefined) return synth();
  process.env[BUILD_FOLDER] = folder ??= newFolder();
  try {
    return synth();
  } finally {
    delete process.env[BUILD_FOLDER];
  }
}

function newFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'bench-build-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}
