/**
 * `npm run mutation [-- folder …]`: changes the code of a room in one place at a time, runs the tests that reach it and counts
 * the changes that no test notices. Writes `docs/quality.md`. Takes about 20 minutes a room on two cores.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Stryker } from '@stryker-mutator/core';
import { MODULES, type Module, WORK } from './modules.ts';
import { writeQuality } from './report.ts';

/** What a mutant may take beyond its tests' own time; the machine may be shared. */
const TIMEOUT_MS = 8_000;
/** One takes more than it gives: it only starts the tests anew. */
const MOST_AT_ONCE = 4;

function measure({ folder, report }: Module) {
  return new Stryker({
    mutate: [`${folder}/**/*.ts`],
    plugins: ['@stryker-mutator/vitest-runner'],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: true },
    // TypeScript 7 has no API that could rewrite one; nothing here needs it rewritten, so it names none.
    tsconfigFile: 'none.json',
    coverageAnalysis: 'perTest',
    concurrency: Math.min(availableParallelism(), MOST_AT_ONCE),
    timeoutMS: TIMEOUT_MS,
    ignorePatterns: ['/cdk.out', '/.secure-api', '/examples', '/bench'],
    tempDirName: `${WORK}/sandbox`,
    incremental: true,
    incrementalFile: report.replace('.json', '.incremental.json'),
    reporters: ['json', 'clear-text'],
    jsonReporter: { fileName: report },
    clearTextReporter: { logTests: false, reportTests: false },
    // Judged room by room when the page is written.
    thresholds: { high: 95, low: 90, break: null },
  }).runMutationTest();
}

const named = process.argv.slice(2);
for (const room of MODULES) if (named.length === 0 || named.includes(room.folder)) await measure(room);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
writeQuality(`${new Date().toISOString().slice(0, 10)} at commit \`${commit}\``);
