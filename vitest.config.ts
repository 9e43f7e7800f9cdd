import { defineConfig } from 'vitest/config';

// Tests by the question they answer (docs/architecture.md). Gateways, bundles and tokens are real, so the timeouts are long.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'local/test/**/*.test.ts'],
    globalSetup: ['test/support/globalSetup.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // One more than the cores of CI: tests wait for processes, sockets and timers.
    maxWorkers: 3,
    reporters: ['default', './test/closing-line.ts'],
  },
});
