import { globSync, readFileSync } from 'node:fs';
import { root } from './folders.ts';

/**
 * What a file does to modules that other files of its worker would have loaded before it, or would load after it: it replaces them, or sets
 * an environment variable itself (those of `vi.stubEnv` end with the file).
 */
const CHANGES_MODULES = /\bvi\.(?:mock|doMock|resetModules)\(|\bprocess\.env(?:\.\w+|\[[^\]]*\]) = /;

/** The test files below the root that need a worker for themselves. All others leave behind what they found (`sharedWorker.ts`). */
export function filesWithOwnWorker(tests: readonly string[]): string[] {
  return globSync(tests, { cwd: root }).filter((file) => CHANGES_MODULES.test(readFileSync(`${root}/${file}`, 'utf8')));
}
