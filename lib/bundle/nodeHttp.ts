import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A CommonJS module: esbuild reads an export of it when code uses it. */
const SOURCE = "module.exports = process.getBuiltinModule('node:http');\n";

/**
 * Replaces `node:http` in bundles, because to import it loads the HTTP client behind `fetch`, which the clients of the AWS SDK do not use
 * (ADR 58).
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
