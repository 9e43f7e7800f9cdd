import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { LEAST_SCORE, MODULES, type Module } from './modules.ts';
import { type MutationReport, mutantsOf, type Score, scoreOf, survivorsOf } from './score.ts';

const PAGE = 'docs/quality.md';
/** `npm run mutation` writes the part of the page between these lines. */
const MARKS = { start: '<!-- measured: start -->', end: '<!-- measured: end -->' };
const HEAD = ['file', 'killed', 'timeout', 'survived', 'not covered', 'score'];

/** The measurement of a module. */
export interface Measured {
  readonly folder: string;
  readonly report: MutationReport;
}

/** The measured part of the page: a table for each module, then the surviving mutants. */
export function measuredPart(modules: readonly Measured[], measured: string): string {
  return [`Measured ${measured}.`, ...modules.map(roomPart)].join('\n\n');
}

function roomPart({ folder, report }: Measured): string {
  const files = Object.entries(report.files).filter(([, { mutants }]) => mutants.length > 0);
  const short = (path: string) => path.slice(folder.length + 1);
  const lines = files.map(([path, { mutants }]) => line(`\`${short(path)}\``, scoreOf(mutants)));
  const total = line(`**${folder}**`, scoreOf(mutantsOf(report)));
  const left = files.flatMap(([path, { mutants }]) => {
    const locations = survivorsOf(mutants).map(({ line: at, mutator }) => `${at} ${mutator}`);
    return locations.length === 0 ? [] : [`- \`${short(path)}\`: ${locations.join(', ')}`];
  });
  const table = [`| ${HEAD.join(' | ')} |`, `| --- |${' ---: |'.repeat(HEAD.length - 1)}`, ...lines, total].join('\n');
  const list = `<details><summary>Left in ${folder}, by line and mutator</summary>\n\n${left.join('\n')}\n\n</details>`;
  return [`### ${folder}`, table, ...(left.length === 0 ? [] : [list])].join('\n\n');
}

function line(name: string, { killed, timeout, survived, uncovered, percent }: Score): string {
  return `| ${[name, killed, timeout, survived, uncovered, `${percent.toFixed(1)} %`].join(' | ')} |`;
}

/** The page with its measured part replaced. */
export function withMeasured(page: string, part: string): string {
  const [before = '', rest = ''] = page.split(MARKS.start);
  const [, after = ''] = rest.split(MARKS.end);
  return `${before}${MARKS.start}\n${part}\n${MARKS.end}${after}`;
}

/** The modules below the required score. */
export function modulesBelow(modules: readonly Measured[], least: number): readonly string[] {
  return modules.filter(({ report }) => scoreOf(mutantsOf(report)).percent < least).map(({ folder }) => folder);
}

/** Writes the page from the existing reports, and fails if a module is below {@link LEAST_SCORE}. */
export function writeQuality(measured: string): void {
  const isMeasured = ({ report }: Module) => existsSync(report);
  const modules = MODULES.filter(isMeasured).map(({ folder, report }) => ({
    folder,
    report: JSON.parse(readFileSync(report, 'utf8')) as MutationReport,
  }));
  writeFileSync(PAGE, withMeasured(readFileSync(PAGE, 'utf8'), measuredPart(modules, measured)));
  for (const folder of modulesBelow(modules, LEAST_SCORE)) {
    process.stderr.write(`${folder}: less than ${LEAST_SCORE} % of the mutants are noticed\n`);
    process.exitCode = 1;
  }
}
