import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The runbooks of this package, as a path from the working directory: `node_modules/secure-api/docs/runbooks`. */
export function runbooksFolder(): string {
  // The built package has this module one folder deeper.
  const root = import.meta.url.endsWith('.ts') ? '../..' : '../../..';
  const folder = fileURLToPath(new URL(`${root}/docs/runbooks`, import.meta.url));
  const path = relative(process.cwd(), folder);
  return path.startsWith('..') ? folder : path;
}
