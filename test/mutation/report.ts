import { readFileSync, writeFileSync } from 'node:fs';
import { LEAST_SCORE, type Module } from './modules.ts';
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

/** What the page says of a module: a table of its files, then the surviving mutants. */
export function sectionOf({ folder, report }: Measured, measured: string): string {
  const files = Object.entries(report.files).filter(([, { mutants }]) => mutants.length > 0);
  const short = (path: string) => path.slice(folder.length + 1);
  const lines = files.map(([path, { mutants }]) => line(`\`${short(path)}\``, scoreOf(mutants)));
  const all = mutantsOf(report);
  const left = files.flatMap(([path, { mutants }]) => {
    const locations = survivorsOf(mutants).map(({ line: at, mutator }) => `${at} ${mutator}`);
    return locations.length === 0 ? [] : [`- \`${short(path)}\`: ${locations.join(', ')}`];
  });
  const untried = all.filter(({ status }) => status === 'Ignored').length;
  const note = untried === 0 ? '' : ` Not tried: ${untried} mutants of constants computed at import.`;
  const head = [`| ${HEAD.join(' | ')} |`, `| --- |${' ---: |'.repeat(HEAD.length - 1)}`];
  const table = [...head, ...lines, line(`**${folder}**`, scoreOf(all))].join('\n');
  const list = `<details><summary>Left in ${folder}, by line and mutator</summary>\n\n${left.join('\n')}\n\n</details>`;
  return [`### ${folder}`, `Measured ${measured}.${note}`, table, ...(left.length === 0 ? [] : [list])].join('\n\n');
}

function line(name: string, { killed, timeout, survived, uncovered, percent }: Score): string {
  return `| ${[name, killed, timeout, survived, uncovered, `${percent.toFixed(1)} %`].join(' | ')} |`;
}

/** The page with the sections of these modules replaced; those of other modules stay, with their own measurements. */
export function withSections(page: string, sections: readonly string[]): string {
  const [before = '', rest = ''] = page.split(MARKS.start);
  const [inside = '', after = ''] = rest.split(MARKS.end);
  const old = inside.split(/^(?=### )/m).filter((section) => section.startsWith('### '));
  const all = [...old, ...sections].map((section) => [section.split('\n')[0] ?? '', section.trim()] as const);
  const kept = [...new Map(all)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, section]) => section);
  return `${before}${MARKS.start}\n${kept.join('\n\n')}\n${MARKS.end}${after}`;
}

/** The modules below the required score. */
export function modulesBelow(modules: readonly Measured[], least: number): readonly string[] {
  return modules.filter(({ report }) => scoreOf(mutantsOf(report)).percent < least).map(({ folder }) => folder);
}

/** Writes the sections of modules that were measured, and fails if one is below {@link LEAST_SCORE}. */
export function writeQuality(measuredModules: readonly Module[], measured: string): void {
  const modules = measuredModules.map(({ folder, report }) => ({
    folder,
    report: JSON.parse(readFileSync(report, 'utf8')) as MutationReport,
  }));
  const sections = modules.map((module) => sectionOf(module, measured));
  writeFileSync(PAGE, withSections(readFileSync(PAGE, 'utf8'), sections));
  for (const folder of modulesBelow(modules, LEAST_SCORE)) {
    process.stderr.write(`${folder}: less than ${LEAST_SCORE} % of the mutants are noticed\n`);
    process.exitCode = 1;
  }
}
