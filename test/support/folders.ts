import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The root of the checkout. */
export const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');

/** A fresh folder, outside the checkout unless `parent` says otherwise. */
export function temporaryFolder(parent = tmpdir()): string {
  return realpathSync(mkdtempSync(join(parent, 'secure-api-')));
}

/** A fresh folder that holds these files. */
export function folderOf(files: Readonly<Record<string, string>>, parent?: string): string {
  const folder = temporaryFolder(parent);
  writeFiles(folder, files);
  return folder;
}

/** Writes files below a folder, and makes the folders that they need. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** A temporary folder with the contents of another one, and with their permissions, which `cpSync` does not copy. */
export function copyOf(folder: string): string {
  const copy = temporaryFolder();
  execFileSync('cp', ['-Rp', `${folder}/.`, copy]);
  return copy;
}
