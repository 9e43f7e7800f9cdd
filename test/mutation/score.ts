/** A mutant of Stryker's report, as far as it is read here (mutation-testing-elements, report schema 2). */
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

/** How many mutants of a file or a room ended how. */
export interface Score {
  readonly killed: number;
  readonly timeout: number;
  readonly survived: number;
  readonly uncovered: number;
  /** Per cent that the tests noticed; a file without mutants has none to miss. */
  readonly percent: number;
}

/** A mutant that no test notices. */
export interface Survivor {
  readonly line: number;
  readonly mutator: string;
}

/** Counts mutants. One that does not even run, or that was not tried, is neither noticed nor missed. */
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

/** The mutants of a file that no test notices, by line. */
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
