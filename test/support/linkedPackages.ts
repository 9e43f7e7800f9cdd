import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './folders.ts';
import { sharedFolder } from './sampleAssembly.ts';

const PACKED = ['secure-api', 'secure-api-local', 'create-secure-api'];

/**
 * Makes the `node_modules` of a project without a registry: the packed packages, unpacked, and links to everything that this
 * checkout has installed.
 */
export async function linkPackages(project: string): Promise<void> {
  const tarballs = await sharedFolder('tarballs');
  const modules = join(project, 'node_modules');
  const bin = join(modules, '.bin');
  mkdirSync(bin, { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '.bin' && !PACKED.includes(name)) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  for (const name of readdirSync(join(root, 'node_modules/.bin'))) {
    if (!PACKED.includes(name)) symlinkSync(join(root, 'node_modules/.bin', name), join(bin, name));
  }
  for (const name of PACKED) unpack(join(tarballs, `${name}.tgz`), join(modules, name));
  symlinkSync('../secure-api/bin/secure-api.js', join(bin, 'secure-api'));
}

/** Unpacks a package into a folder that does not exist. */
export function unpack(tarball: string, folder: string): void {
  const scratch = mkdtempSync(`${folder}-`);
  execFileSync('tar', ['xzf', tarball, '-C', scratch]);
  renameSync(join(scratch, 'package'), folder);
}
