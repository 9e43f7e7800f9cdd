import { extname } from 'node:path';
import type { Loader } from 'esbuild';

/** How esbuild reads a source: `.mts` as `.ts`, and so on. */
export function loaderOf(path: string): Loader {
  return extname(path).replace(/^\.[cm]?/, '') as Loader;
}
