/** Per cent of a room's mutants that its tests have to notice. */
export const LEAST_SCORE = 90;

/** A room whose tests are tested. */
export interface Module {
  readonly folder: string;
  /** Stryker's report of its last run. */
  readonly report: string;
}

/** Under a folder that git ignores. */
export const WORK = '.secure-api/mutation';

/** The rooms that decide who may do what. */
export const MODULES: readonly Module[] = ['lambdas/authorizer', 'lib/access'].map((folder) => ({
  folder,
  report: `${WORK}/${folder.replaceAll('/', '-')}.json`,
}));
