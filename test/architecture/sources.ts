import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** One import between two files of the project. */
export interface ImportEdge {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const STATEMENT = /^\s*(?:import|export)\s+(type\s+)?[^;'"]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/** Every relative import of the `.ts` files under a folder, as paths from the project's root. */
export function importsUnder(root: string, folder: string): readonly ImportEdge[] {
  return sourceFiles(join(root, folder)).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(STATEMENT)].flatMap((match) => {
      const target = match[2] ?? match[3] ?? '';
      if (!target.startsWith('.')) return [];
      const to = normalize(join(dirname(relative(root, file)), target));
      return [{ from: relative(root, file), to, typeOnly: match[1] !== undefined || allNamesAreTypes(match[0]) }];
    });
  });
}

/** `import { type A, type B } from …` brings in no code either. */
function allNamesAreTypes(statement: string): boolean {
  const names = /\{([^}]*)\}/.exec(statement)?.[1];
  if (names === undefined) return false;
  const each = names.split(',').map((name) => name.trim());
  return each.every((name) => name === '' || name.startsWith('type '));
}

/** Source files below a folder, without tests and installed or built files. */
export function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'test', 'cdk.out'].includes(entry.name) ? [] : sourceFiles(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}
