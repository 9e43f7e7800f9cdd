import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** One import between two files of the project. */
export interface ImportEdge {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const STATEMENT = /^\s*(?:import|export)\s+(type\s+)?[^;'"]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/** Every relative import of the `.ts` files under a folder, with paths relative to the project's root. */
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

/** `import { type A, type B } from …` imports no code either. */
function allNamesAreTypes(statement: string): boolean {
  const names = /\{([^}]*)\}/.exec(statement)?.[1];
  if (names === undefined) return false;
  const each = names.split(',').map((name) => name.trim());
  return each.every((name) => name === '' || name.startsWith('type '));
}

/** Source files below a folder, without tests, installed and built files. */
export function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'test', 'cdk.out'].includes(entry.name) ? [] : sourceFiles(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

/**
 * The circular imports among files, type imports included. Each circle is a path that ends with the file that it starts
 * with; every file on a circle is on at least one of the paths.
 */
export function circularImports(edges: readonly Pick<ImportEdge, 'from' | 'to'>[]): readonly (readonly string[])[] {
  const targets = Map.groupBy(edges, ({ from }) => from);
  const finished = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string, path: readonly string[]) => {
    const start = path.indexOf(file);
    if (start !== -1) circles.push([...path.slice(start), file]);
    if (start !== -1 || finished.has(file)) return;
    for (const { to } of targets.get(file) ?? []) visit(to, [...path, file]);
    finished.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return circles;
}
