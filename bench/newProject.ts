import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packInto } from '../examples/pack.ts';
import { type Registry, startRegistry } from '../test/support/registry.ts';

/** Measures with a registry that has the packages of this checkout, and removes it. */
export async function withRegistry<T>(measure: (registry: Registry) => Promise<T>): Promise<T> {
  const tarballs = mkdtempSync(join(tmpdir(), 'bench-registry-'));
  await packInto(tarballs);
  const registry = await startRegistry(tarballs);
  try {
    return await measure(registry);
  } finally {
    registry.close();
    rmSync(tarballs, { recursive: true, force: true });
  }
}
