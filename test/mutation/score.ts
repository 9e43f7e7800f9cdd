/** A mutant of Stryker's report, the members used here (mutation-testing-elements, report schema 2). */
export interface ReportedMutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number } };
}

/** Stryker's JSON report. */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly mutants: readonly ReportedMutant[] }>>;
}

/** Mutants of a file or a module, counted by outcome. */
export interface Score {
  readonly killed: number;
  readonly timeout: number;
  readonly survived: number;
  readonly uncovered: number;
  /** Percentage that the tests detected; 100 for a file without mutants. */
  readonly percent: number;
}

/** A mutant that no test detects. */
export interface Survivor {
  readonly line: number;
  readonly mutator: string;
}

/** Counts mutants. A mutant that does not run, or was not tried, counts as neither detected nor missed. */
export function scoreOf(mutants: readonly ReportedMutant[]): Score {
  const count = (status: string) => mutants.filter((mutant) => mutant.status === status).length;
  const [killed, timeout, survived, uncovered] = ['Killed', 'Timeout', 'Survived', 'NoCoverage'].map(count);
  return scored({ killed: killed ?? 0, timeout: timeout ?? 0, survived: survived ?? 0, uncovered: uncovered ?? 0 });
}

function scored(counts: Omit<Score, 'percent'>): Score {
  const noticed = counts.killed + counts.timeout;
  const all = noticed + counts.survived + counts.uncovered;
  return { ...counts, percent: all === 0 ? 100 : (100 * noticed) / all };
}

/** The undetected mutants of a file, by line. */
export function survivorsOf(mutants: readonly ReportedMutant[]): readonly Survivor[] {
  return mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(({ mutatorName, location }) => ({ line: location.start.line, mutator: mutatorName }))
    .sort((a, b) => a.line - b.line);
}

/** Every mutant of a report. */
export function mutantsOf({ files }: MutationReport): readonly ReportedMutant[] {
  return Object.values(files).flatMap(({ mutants }) => mutants);
}
