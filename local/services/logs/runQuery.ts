import { holds, numberOf, textOf } from './conditions.ts';
import { fieldOf, type LogEvent } from './events.ts';
import { MAX_ROWS } from './parseQuery.ts';
import type { Query, Row, Stage } from './query.ts';
import { statsRows } from './stats.ts';

/** A row of a result, as GetQueryResults returns it. */
export type ResultRow = readonly { readonly field: string; readonly value: string }[];

export interface QueryResult {
  readonly rows: readonly ResultRow[];
  readonly matched: number;
}

/**
 * Runs a query over events. As on AWS, a query without `sort` has the newest event first, one without `fields` shows `@timestamp` and
 * `@message`, and a row of events has `@ptr`.
 */
export function runQuery(query: Query, events: readonly LogEvent[], limit = MAX_ROWS): QueryResult {
  let rows: readonly Row[] = events
    .toReversed()
    .map((event) => ({ timestamp: event.timestamp, read: (field) => fieldOf(event, field) }));
  let columns: readonly { readonly field: string; readonly column: string }[] | undefined;
  let isStats = false;
  let matched = rows.length;
  for (const stage of query) {
    rows = applied(stage, rows);
    if (stage.kind === 'filter' && !isStats) matched = rows.length;
    if (stage.kind === 'fields') columns = isStats ? stage.columns : [...(columns ?? []), ...stage.columns];
    if (stage.kind === 'stats') {
      isStats = true;
      columns = [...stage.groups, ...stage.aggregates].map(({ column }) => ({ field: column, column }));
    }
  }
  const shown = columns ?? [
    { field: '@timestamp', column: '@timestamp' },
    { field: '@message', column: '@message' },
  ];
  const all = isStats ? shown : [...shown, { field: '@ptr', column: '@ptr' }];
  return { matched, rows: rows.slice(0, Math.min(limit, MAX_ROWS)).map((row) => resultOf(row, all)) };
}

function applied(stage: Stage, rows: readonly Row[]): readonly Row[] {
  switch (stage.kind) {
    case 'fields':
      return rows.map((row) => renamed(row, stage.columns));
    case 'filter':
      return rows.filter(({ read }) => holds(stage.condition, read));
    case 'stats':
      return statsRows(rows, stage);
    case 'limit':
      return rows.slice(0, stage.count);
    case 'sort':
      return rows.toSorted((one, other) => {
        for (const { field, isDescending } of stage.keys) {
          const order = compared(one.read(field), other.read(field));
          if (order !== 0) return isDescending ? -order : order;
        }
        return 0;
      });
    case 'dedup': {
      const seen = new Set<string>();
      return rows.filter(({ read }) => {
        const key = JSON.stringify(stage.fields.map((field) => textOf(read(field)) ?? null));
        return !seen.has(key) && seen.add(key);
      });
    }
  }
}

function renamed(row: Row, columns: readonly { readonly field: string; readonly column: string }[]): Row {
  const named = new Map(columns.map(({ field, column }) => [column, field]));
  return { ...row, read: (field) => row.read(named.get(field) ?? field) };
}

function compared(one: unknown, other: unknown): number {
  const [a, b] = [numberOf(one), numberOf(other)];
  if (a !== undefined && b !== undefined) return a - b;
  const [x, y] = [textOf(one) ?? '', textOf(other) ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
}

function resultOf(row: Row, columns: readonly { readonly field: string; readonly column: string }[]): ResultRow {
  return columns.flatMap(({ column }) => {
    const value = textOf(row.read(column));
    return value === undefined ? [] : [{ field: column, value }];
  });
}
