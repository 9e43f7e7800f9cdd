import type { EnforcedLimits } from '../limits/enforced.ts';
import type { Cost, Counts, GroupResult, Pattern, TrialResult } from '../simulator/index.ts';

/** The result of `simulate`: printed as a table, or with `--json` as it is. */
export interface Report {
  readonly api: string;
  readonly pattern: Pattern;
  readonly rps: number;
  readonly clients: number;
  readonly keys: 'tier' | 'client';
  readonly region: string;
  /** Year and month of the prices. */
  readonly pricesOf: string;
  readonly work: { readonly handlerMs: number; readonly handlerMemoryMb: number; readonly wafRules: number };
  readonly limits: EnforcedLimits;
  readonly result: TrialResult;
  readonly cost: Cost;
}

const HEAD = [
  '',
  'clients',
  'sent',
  'served',
  'waf',
  'rate',
  'quota',
  'stage',
  'served/s',
  'least',
  'most',
  'first rejection',
];

/** A simulation as a table. */
export function formatSimulation(report: Report): string {
  const { result, pattern, clients, keys, rps, limits } = report;
  const rows = result.groups.map(groupRow);
  const flooder = result.flooder === undefined ? [] : [countsRow('the flooder', 1, result.flooder, result.seconds)];
  const total = countsRow('all', clients, result.total, result.seconds);
  const shared = keys === 'tier' ? 'the clients of a tier share its key' : 'each client has its own key';
  return [
    `${report.api}: ${count(result.requests)} requests in ${count(result.seconds)} s, ${count(rps)}/s ${pattern}, from ${count(clients)} clients; ${shared}.`,
    ...limits.rules.map(ruleLine),
    '',
    ...table([HEAD, ...rows, ...flooder, total]),
    '',
    ...costLines(report),
  ].join('\n');
}

function ruleLine({ name, by, limit, windowSeconds }: EnforcedLimits['rules'][number]): string {
  return `${name}: ${count(limit)} of one ${by} in ${windowSeconds} s.`;
}

function groupRow(group: GroupResult): readonly string[] {
  const first = group.firstRejectedSeconds;
  return [
    ...countsRow(group.name, group.clients, group, undefined).slice(0, 8),
    rate(group.servedPerSecond),
    percent(group.leastServedShare),
    percent(group.mostServedShare),
    first === undefined ? 'none' : `${Number(first.toFixed(2))} s`,
  ];
}

function countsRow(name: string, clients: number, counts: Counts, seconds: number | undefined): readonly string[] {
  const { sent, served, waf, rate: throttled, quota, stage } = counts;
  const cells = [clients, sent, served, waf, throttled, quota, stage].map(count);
  return [name, ...cells, seconds === undefined ? '' : rate(served / seconds), '', '', ''];
}

function costLines({ cost, region, pricesOf, work }: Report): readonly string[] {
  const { handlerMs, handlerMemoryMb } = work;
  return [
    `Cost (${region}, list prices of ${pricesOf}, handlers of ${handlerMs} ms at ${handlerMemoryMb} MB):`,
    `  this run        ${dollars(cost.run)} (API Gateway ${dollars(cost.api)}, Lambda ${dollars(cost.lambda)}, WAF ${dollars(cost.waf)})`,
    `  a month of it   ${dollars(cost.month)}, of which ${dollars(cost.monthFixed)} for the web ACL`,
    '  not counted: logs, metrics, data transfer, tables, free tiers, discounts',
  ];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function rate(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}

function dollars(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: value < 1 ? 4 : 2 })}`;
}
