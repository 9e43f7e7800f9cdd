import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes a folder with its parents, one by one: `recursive` of Node.js never ends in a file system like `/proc`. */
export function makeFolder(path: string, made: string[]): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path), made);
  try {
    mkdirSync(path);
    made.push(path);
  } catch (error) {
    // Another process has made it since.
    if (!isFolder(path)) throw error;
  }
}

/** Removes folders, the last one first. One in which somebody else has put a file stays. */
export function removeFolders(made: readonly string[]): void {
  for (const path of made.toReversed()) {
    try {
      rmdirSync(path);
    } catch {
      return;
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
