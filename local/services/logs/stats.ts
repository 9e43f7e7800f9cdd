import { numberOf, textOf } from './conditions.ts';
import { insightsTime } from './events.ts';
import type { Aggregate, Group, Row, Stage } from './query.ts';

type Stats = Extract<Stage, { readonly kind: 'stats' }>;

/** The rows of `stats`: one for each group, in the order in which the groups appear. */
export function statsRows(rows: readonly Row[], { aggregates, groups }: Stats): readonly Row[] {
  const grouped = Map.groupBy(rows, (row) => JSON.stringify(groups.map((group) => groupValue(group, row) ?? null)));
  if (groups.length === 0 && grouped.size === 0) grouped.set('[]', []);
  return [...grouped].map(([key, members]) => {
    const keys = JSON.parse(key) as readonly (string | null)[];
    const values = new Map<string, unknown>([
      ...groups.map(({ column }, index) => [column, keys[index] ?? undefined] as const),
      ...aggregates.map((aggregate) => [aggregate.column, aggregated(aggregate, members)] as const),
    ]);
    return { timestamp: members[0]?.timestamp ?? 0, read: (field) => values.get(field) };
  });
}

function groupValue(group: Group, { read, timestamp }: Row): string | undefined {
  if (group.kind === 'field') return textOf(read(group.field));
  return insightsTime(Math.floor(timestamp / group.periodMs) * group.periodMs);
}

function aggregated({ name, field, percent = 50 }: Aggregate, rows: readonly Row[]): unknown {
  if (field === '*') return rows.length;
  const values = rows.flatMap(({ read }) => textOf(read(field)) ?? []);
  const numbers = values.flatMap((value) => numberOf(value) ?? []);
  const ordered = numbers.toSorted((one, other) => one - other);
  switch (name) {
    case 'count':
      return values.length;
    case 'count_distinct':
      return new Set(values).size;
    case 'sum':
      return sum(numbers);
    case 'avg':
      return numbers.length === 0 ? undefined : sum(numbers) / numbers.length;
    case 'min':
      return ordered[0];
    case 'max':
      return ordered.at(-1);
    case 'pct':
      return ordered[Math.max(0, Math.ceil((percent / 100) * ordered.length) - 1)];
    case 'earliest':
      return extreme(rows, field, -1);
    case 'latest':
      return extreme(rows, field, 1);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function extreme(rows: readonly Row[], field: string, direction: 1 | -1): unknown {
  const having = rows.filter(({ read }) => read(field) !== undefined);
  return having.toSorted((one, other) => direction * (other.timestamp - one.timestamp))[0]?.read(field);
}
