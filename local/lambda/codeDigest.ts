import { createHash } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * A digest of the code below a directory, by the names and bytes of its files: two directories with the same code have the
 * same digest, wherever they are.
 */
export async function codeDigest(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  const digest = createHash('sha256');
  for (const path of files.toSorted()) {
    // A link that leads to a directory, or nowhere, counts by its target.
    const bytes = await readFile(path).catch(async () => Buffer.from(`-> ${await readlink(path)}`));
    digest.update(JSON.stringify([relative(directory, path), bytes.length])).update(bytes);
  }
  return digest.digest('hex');
}
