import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { unusableFolder } from './errors.ts';
import { parseJson, readOptional } from './readFile.ts';

/** The options of a tsconfig that decide how a module is imported. Names are in lower case. */
export interface ImportOptions {
  readonly module?: string;
  readonly moduleResolution?: string;
  readonly extensions: boolean;
  readonly verbatim: boolean;
}

type CompilerOptions = Readonly<Record<string, unknown>>;

const DEEPEST = 5;

/** Reads `tsconfig.json` of a folder with what it extends. Undefined without a file. */
export function readTsconfig(folder: string): ImportOptions | undefined {
  const file = join(folder, 'tsconfig.json');
  if (!existsSync(file)) return undefined;
  const options = compilerOptions(file);
  const lower = (name: string) => (typeof options[name] === 'string' ? options[name].toLowerCase() : undefined);
  return {
    module: lower('module'),
    moduleResolution: lower('moduleResolution'),
    extensions: options['allowImportingTsExtensions'] === true || options['rewriteRelativeImportExtensions'] === true,
    verbatim: options['verbatimModuleSyntax'] === true,
  };
}

function compilerOptions(file: string, depth = 0): CompilerOptions {
  const { extends: bases = [], compilerOptions: own = {} } = parsed(file);
  const inherited = [bases].flat().flatMap((base) => {
    const path = typeof base === 'string' && depth < DEEPEST ? baseFile(file, base) : undefined;
    return path === undefined ? [] : [compilerOptions(path, depth + 1)];
  });
  return Object.assign({}, ...inherited, own) as CompilerOptions;
}

/** The file of `extends`: a path, or a package in a `node_modules` above. Undefined when it is not installed. */
function baseFile(from: string, base: string): string | undefined {
  const candidates = (path: string) => [path, `${path}.json`, join(path, 'tsconfig.json')];
  if (/^\.{0,2}\//.test(base)) return candidates(resolve(dirname(from), base)).find(isFile);
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const found = candidates(join(folder, 'node_modules', base)).find(isFile);
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

function isFile(path: string): boolean {
  return path.endsWith('.json') && existsSync(path);
}

function parsed(file: string): { readonly extends?: unknown; readonly compilerOptions?: CompilerOptions } {
  const text = readOptional(file, file) ?? '';
  try {
    return (parseJson(withoutComments(text)) ?? {}) as ReturnType<typeof parsed>;
  } catch {
    throw unusableFolder({
      location: file,
      found: 'no JSON that can be read',
      expected: 'the options of the TypeScript compiler',
      fix: 'Fix the file: npx tsc --showConfig reports what is wrong with it.',
    });
  }
}

/** JSON as TypeScript reads it has comments and commas at the end of lists; strings stay as they are. */
function withoutComments(text: string): string {
  const kept = (string: string | undefined) => string ?? '';
  return text
    .replaceAll(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string?: string) => kept(string))
    .replaceAll(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string?: string) => kept(string));
}
