import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { LoadFnOutput } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Links a module to its source map, so that stacks and debuggers show its sources. Bundles are on disk as they are deployed: a map is
 * found by what the bundle contains, and a bundle without one is left as it is.
 *
 * @param directory holds `<SHA-256 of the module, hex>.map`
 */
export function withSourceMap(loaded: LoadFnOutput, directory: string): LoadFnOutput {
  const { source } = loaded;
  if (source === undefined || source === null) return loaded;
  const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8');
  const map = join(directory, `${createHash('sha256').update(text).digest('hex')}.map`);
  if (!existsSync(map)) return loaded;
  process.setSourceMapsEnabled(true);
  // Node.js resolves a path against the module, and takes no file URL.
  return { ...loaded, source: `${text}\n//# sourceMappingURL=${pathToFileURL(map).pathname}` };
}
