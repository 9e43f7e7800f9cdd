import { globSync, readFileSync } from 'node:fs';
import { root } from './folders.ts';

/** What replaces modules that other files of the worker would have loaded before, or would load after it. */
const REPLACES_MODULES = /\bvi\.(?:mock|doMock|resetModules)\(/;
/** What changes environment variables itself, wherever in the file: those of `vi.stubEnv` end with the file. */
const CHANGES_ENVIRONMENT =
  /\bprocess\.env(?:\.\w+|\[[^\]]*\])? (?:\?\?|\|\|)?= |\bdelete process\.env\b|\bObject\.assign\(process\.env\b/;

/** The test files below the root that need a worker for themselves. All others leave behind what they found (`sharedWorker.ts`). */
export function filesWithOwnWorker(tests: readonly string[]): string[] {
  return globSync(tests, { cwd: root }).filter((file) => needsOwnWorker(readFileSync(`${root}/${file}`, 'utf8')));
}

/** Whether a file with this source needs one. */
export function needsOwnWorker(source: string): boolean {
  return REPLACES_MODULES.test(source) || CHANGES_ENVIRONMENT.test(source);
}
