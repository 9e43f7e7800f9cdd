import { readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { attempt } from './attempt.ts';
import { loaderOf } from './loaderOf.ts';

/** `import()` or `require()` of a path that is not known before it runs: esbuild bundles every file that fits. */
const COMPUTED_IMPORT = /\b(?:import|require)\s*\(\s*(?!\s|(['"])[^'"]*\1\s*[,)])/;

/** Whether files import whatever fits a pattern; each is read once. Words of comments are no import. */
export function computedImports(): (file: string) => boolean {
  const known = new Map<string, boolean>();
  return (file) => {
    const before = known.get(file);
    if (before !== undefined) return before;
    const text = attempt(() => readFileSync(file, 'utf8'), '');
    // Printing takes time, so only what looks like such an import is printed.
    const isFound = COMPUTED_IMPORT.test(text) && COMPUTED_IMPORT.test(withoutComments(file, text));
    known.set(file, isFound);
    return isFound;
  };
}

/** As esbuild prints it; the source itself where it cannot. */
function withoutComments(file: string, text: string): string {
  return attempt(() => transformSync(text, { loader: loaderOf(file), legalComments: 'none' }).code, text);
}
