import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/support/slowFirst.ts';

const TESTS = ['test/**/*.test.ts', 'local/test/**/*.test.ts'];

/**
 * Tests of pure functions, and of templates. Their files share the workers, and with them the modules that they import, of which the
 * CDK is the largest. `test/support/sharedWorker.ts` fails a file that leaves a change behind. All others run in their own workers.
 */
const SHARING = [
  ...['access', 'construct', 'create', 'definition', 'openapi', 'simulator', 'validators'].map(
    (folder) => `test/unit/${folder}/**/*.test.ts`,
  ),
  // Not those that mock modules, or set how everything is synthesized.
  'test/synth/!(authorizer-bundle|build-cache*|bundles|kept-builds|variants).test.ts',
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
      { test: { ...COMMON, name: 'own worker', include: TESTS, exclude: SHARING } },
      {
        test: {
          ...COMMON,
          name: 'shared worker',
          include: SHARING,
          isolate: false,
          setupFiles: ['test/support/sharedWorker.ts'],
        },
      },
    ],
  },
});
