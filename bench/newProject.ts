import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packInto } from '../examples/pack.ts';
import { type Registry, startRegistry } from '../test/support/registry.ts';

let packed: Promise<string> | undefined;

/** Measures with a registry that has the packages of this checkout. They are packed once in a run, and removed at its end. */
export async function withRegistry<T>(measure: (registry: Registry) => Promise<T>): Promise<T> {
  packed ??= packOnce();
  const registry = await startRegistry(await packed);
  try {
    return await measure(registry);
  } finally {
    registry.close();
  }
}

async function packOnce(): Promise<string> {
  const tarballs = mkdtempSync(join(tmpdir(), 'bench-registry-'));
  process.once('exit', () => rmSync(tarballs, { recursive: true, force: true }));
  await packInto(tarballs);
  return tarballs;
}
