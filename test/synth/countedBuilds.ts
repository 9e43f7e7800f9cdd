/** Counts what the tests of the build cache want to be done once: for the factories of `vi.mock`. */

/** Since a test has set them back. */
export const counted = { builds: 0, compiledRoutes: 0 };

/** esbuild, whose builds are counted. */
export function countingBuilds(real: typeof import('esbuild')): typeof import('esbuild') {
  const buildSync: typeof real.buildSync = (options) => {
    counted.builds += 1;
    return real.buildSync(options);
  };
  return { ...real, buildSync };
}

type Compiler = typeof import('../../lib/validators/index.ts');

/** The compiler of validators, whose routes are counted. */
export function countingRoutes(real: Compiler): Compiler {
  const validatorSources: typeof real.validatorSources = (routes) => {
    counted.compiledRoutes += routes.length;
    return real.validatorSources(routes);
  };
  return { ...real, validatorSources };
}
