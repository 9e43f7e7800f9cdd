import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.ts';
import type { Bundle } from './bundle.ts';
import { ownModule } from './ownModule.ts';

/** A bundle of this project's own code, in a folder that `remove` deletes. */
export interface OwnBundle extends Bundle {
  remove(): void;
}

/**
 * Bundles a function that only some stacks have, like the functions of the API.
 *
 * @param module its path below `lambdas`, without extension.
 * @param source the lines that export its `handler`, by the import path of the module.
 */
export function bundleOwnFunction(module: string, source: (path: string) => string): OwnBundle {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'secure-api-function-')));
  const name = module.slice(module.lastIndexOf('/') + 1);
  const entry = { 'index.mjs': `${source(JSON.stringify(ownModule(module)))}\n` };
  const { outputs } = build(root, { [name]: entry }, {});
  const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0);
  const remove = () => rmSync(root, { recursive: true });
  return { directory: join(root, 'out', name), bytes, inputs: {}, remove };
}
