/** Percentage of a module's mutants that its tests must detect. */
export const LEAST_SCORE = 90;

/** A module whose tests are measured. */
export interface Module {
  readonly folder: string;
  /** Stryker's report of the last run. */
  readonly report: string;
}

/** Git ignores this folder. */
export const WORK = '.secure-api/mutation';

/** The modules that decide access, those that check requests and responses, and what they share. */
export const MODULES: readonly Module[] = ['lambdas/authorizer', 'lambdas/runtime', 'lambdas/shared', 'lib/access'].map(
  (folder) => ({
    folder,
    report: `${WORK}/${folder.replaceAll('/', '-')}.json`,
  }),
);
