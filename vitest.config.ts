import { defineConfig } from 'vitest/config';
import { filesWithOwnWorker } from './test/support/ownWorker.ts';
import { SlowFirst } from './test/support/slowFirst.ts';

const TESTS = ['test/**/*.test.ts', 'local/test/**/*.test.ts'];
const OWN = [
  // Most of what these do is in processes that they start, or in code that no other file runs.
  ...['browser', 'hostile', 'local', 'pack', 'property', 'types'].map((folder) => `test/${folder}/**/*.test.ts`),
  // The sample keeps its tables and its bucket open.
  'test/unit/documents/**/*.test.ts',
  // Not tried yet with others.
  'test/unit/{certificateRevocation,clients,preflight}/**/*.test.ts',
  ...filesWithOwnWorker(TESTS),
];

/** Gateways, bundles and tokens are real, so the timeouts are long. */
const COMMON = {
  testTimeout: 60_000,
  hookTimeout: 180_000,
  pool: 'forks',
  // One more than the cores of CI: tests wait for processes, sockets and timers.
  maxWorkers: 3,
} as const;

// Tests by the question they answer (docs/architecture.md).
export default defineConfig({
  test: {
    ...COMMON,
    // Here only: each project that has it would prepare its own.
    globalSetup: ['test/support/globalSetup.ts'],
    reporters: ['default', './test/closing-line.ts'],
    sequence: { sequencer: SlowFirst },
    projects: [
      { test: { ...COMMON, name: 'own worker', include: OWN } },
      {
        test: {
          ...COMMON,
          name: 'shared worker',
          include: TESTS,
          exclude: OWN,
          // Files share the modules that they import, of which the CDK is the largest, and code that is compiled already.
          isolate: false,
          setupFiles: ['test/support/sharedWorker.ts'],
        },
      },
    ],
  },
});
