import { readFileSync } from 'node:fs';
import { missingRows } from '../bench/parts.ts';
import type { Row } from '../bench/row.ts';
import { numberOf, pairsChart, shareOfTarget, targetsChart } from './performanceCharts.ts';
import { reasonOf } from './performanceReasons.ts';

/** A run of the bench, as it is committed. */
export interface Figures {
  /** ISO 8601, the day of the run. */
  readonly date: string;
  /** The commit that was measured, shortened. */
  readonly commit: string;
  /** What the machine is like, without its name. */
  readonly machine: string;
  readonly rows: readonly Row[];
}

const FIGURES = new URL('performance/figures.json', import.meta.url);

/** The figures that are committed. */
export function committedFigures(): Figures {
  return JSON.parse(readFileSync(FIGURES, 'utf8')) as Figures;
}

/** The page of performance and its charts, by file. */
export function performancePages(figures: Figures): Readonly<Record<string, string>> {
  const invocations = figures.rows.filter(({ name }) => name.endsWith('against an empty function'));
  return {
    'performance.md': page(figures),
    'performance/targets.svg': targetsChart(figures.rows),
    'performance/invocations.svg': pairsChart(invocations, 'Microseconds of an invocation under the Runtime API'),
  };
}

function page({ date, commit, machine, rows }: Figures): string {
  const misses = rows.filter(({ pass }) => !pass);
  return `# Performance
What this project costs beside a floor or a peer, measured in one run of commit ${commit} on ${date}: ${machine}. Absolute numbers depend on the machine; compare the
ratios. \`npm run bench\` measures everything; [bench/README.md](https://github.com/secure-api/secure-api/blob/main/bench/README.md) says what each row has. This page and its charts are
written by \`npm run bench:publish\`.

![Share of the target that each row uses](performance/targets.svg)

![Microseconds of an invocation](performance/invocations.svg)

${rows.length - misses.length} of ${rows.length} rows reach their target. Rows of a floor have no code of this project.${unmeasured(rows)}

| what | unit | ours | peer | ratio | target | |
| --- | --- | ---: | ---: | ---: | ---: | --- |
${rows.map(line).join('\n')}

A cost reaches its target at or below it, a rate (\`…/s\`) at or above it. Where a row compares with a maximum or with what may be added, \`peer\` is that maximum.
Warm invocations have the function on one core and its Runtime API on another, unless their row says *all on one core* ([ADR 63](adr/0063-measured-until-the-next-event.md)).

## Targets that are missed
${misses.length === 0 ? 'None.' : misses.map(explained).join('\n')}

## Where the time goes
Flame graphs of 4,000 invocations, made by \`npm run bench:flame -- authorizer\` and \`npm run bench:flame -- handler\`. Callers are below what they call. Hold the
pointer over a frame of the file to see its name and share. Names in the bundle are short, because it is minified as it is deployed.

![Flame graph of the authorizer](performance/flame-authorizer.svg)

![Flame graph of a handler](performance/flame-handler.svg)

## Over a day
\`npm run bench:soak\` sends two million requests to the authorizer and to the pipeline while a driven clock passes 24 hours: keys are replaced, tokens expire and
are revoked, clients are suspended. It fails where memory or descriptors grow, or where the end is slower than the start.
`;
}

/** What a run of some parts does not have. */
function unmeasured(rows: readonly Row[]): string {
  const missing = missingRows(rows);
  return missing.length === 0 ? '' : ` This run did not measure: ${missing.map((start) => `*${start}*`).join('; ')}.`;
}

function line({ name, unit, ours, peer, ratio, target, pass }: Row): string {
  const cells = [
    name,
    unit,
    numberOf(ours),
    numberOf(peer),
    numberOf(ratio),
    numberOf(target),
    pass ? '' : '**missed**',
  ];
  return `| ${cells.join(' | ')} |`;
}

function explained(row: Row): string {
  return `- **${row.name}**: ${numberOf(row.ratio)} instead of ${numberOf(row.target)}, ${numberOf(shareOfTarget(row))} times the target. ${reasonOf(row.name)}`;
}
