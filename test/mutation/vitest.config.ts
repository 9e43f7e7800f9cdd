import { defineConfig } from 'vitest/config';

/** The tests of the mutated modules that run in this process, because a mutant is switched on in memory. */
export default defineConfig({
  test: {
    include: [
      'test/unit/authorizer/**/*.test.ts',
      'test/unit/access/**/*.test.ts',
      'test/unit/shared/**/*.test.ts',
      'test/unit/clients/**/*.test.ts',
      'test/unit/definition/{contentHash,exclusiveRoles,normalize,roles}.test.ts',
      'test/unit/definition/checks/{exclusiveRoles,ownership,review,scopes}.test.ts',
      'test/unit/runtime/**/*.test.ts',
      'test/property/access.test.ts',
    ],
    exclude: ['test/unit/runtime/limit/concurrentLimits.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
