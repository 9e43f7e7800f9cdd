import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A CommonJS module: esbuild reads an export of it when code uses it. */
const SOURCE = "module.exports = process.getBuiltinModule('node:http');\n";

/**
 * Replaces `node:http` in bundles, as an `import` in an ES module reads each export of it, and one of them loads the HTTP client behind
 * `fetch`. That takes an eighth of the first response of a function with a client of the AWS SDK, which uses `node:http` alone.
 *
 * @param root folder of the build, in which the module is written
 * @returns the option `alias` of esbuild
 */
export function withoutFetch(root: string): Readonly<Record<string, string>> {
  const file = join(root, 'in', 'nodeHttp.cjs');
  mkdirSync(join(root, 'in'), { recursive: true });
  writeFileSync(file, SOURCE);
  return { 'node:http': file };
}
