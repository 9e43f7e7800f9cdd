/**
 * `npm run mutation [-- folder …]`: changes the code of a module one location at a time, runs the tests that reach it, and
 * counts the changes that no test detects. Writes `docs/quality.md`. Takes 20 to 60 minutes a module on two cores.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Stryker } from '@stryker-mutator/core';
import { MODULES, type Module, WORK } from './modules.ts';
import { writeQuality } from './report.ts';

/** Time allowed for a mutant beyond its tests' normal time, for a shared machine. */
const TIMEOUT_MS = 20_000;
/** A second runner costs more than it gains, because it starts the tests anew. */
const MOST_AT_ONCE = 4;

function measure({ folder, report }: Module) {
  return new Stryker({
    mutate: [`${folder}/**/*.ts`],
    plugins: ['@stryker-mutator/vitest-runner'],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: true },
    // TypeScript 7 has no API that rewrites a tsconfig, and nothing here needs it, so no file is named.
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
    // The page applies the threshold to each module.
    thresholds: { high: 95, low: 90, break: null },
  }).runMutationTest();
}

const named = process.argv.slice(2);
const modules = MODULES.filter(({ folder }) => named.length === 0 || named.includes(folder));
for (const module of modules) await measure(module);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
writeQuality(modules, `${new Date().toISOString().slice(0, 10)} at commit \`${commit}\``);
