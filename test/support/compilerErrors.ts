import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, writeFiles } from './folders.ts';

/** What the packages of this checkout are called where they are installed. */
const PACKAGES = {
  'secure-api': 'lib/index.ts',
  'secure-api/runtime': 'lambdas/runtime/index.ts',
  'secure-api-local': 'local/index.ts',
};

interface Compilation {
  /** A folder whose files are compiled, too. */
  readonly beside?: string;
  /** In addition to those of this checkout. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What TypeScript reports about files in a new folder of this checkout; empty when they compile. */
export async function compilerErrors(
  files: Readonly<Record<string, string>>,
  { beside, options }: Compilation = {},
): Promise<string> {
  const folder = mkdtempSync(join(root, 'test/docs/.snippets-'));
  const paths = Object.fromEntries(Object.entries(PACKAGES).map(([name, path]) => [name, [`../../../${path}`]]));
  const config = {
    extends: '../../../tsconfig.json',
    compilerOptions: { paths, ...options },
    include: ['**/*.ts', '../../../local/services/**/*.d.ts'],
    exclude: [],
  };
  try {
    if (beside !== undefined) cpSync(beside, folder, { recursive: true });
    writeFiles(folder, files);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--checkers', '1']);
    return '';
  } catch (error) {
    return (error as { readonly stdout?: string }).stdout ?? String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
