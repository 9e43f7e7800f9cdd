/** A query of Logs Insights, parsed. */

/** What a log event or a row has for the name of a field. */
export type Read = (field: string) => unknown;

/** A row while a query runs: an event, or what `stats` made. */
export interface Row {
  readonly read: Read;
  readonly timestamp: number;
}

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Operator; readonly value: string | number }
  | { readonly kind: 'like'; readonly field: string; readonly pattern: RegExp }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly (string | number)[] }
  | { readonly kind: 'present'; readonly field: string };

export const AGGREGATES = ['count', 'count_distinct', 'sum', 'avg', 'min', 'max', 'pct', 'earliest', 'latest'] as const;

/** One column of `stats`. */
export interface Aggregate {
  readonly name: (typeof AGGREGATES)[number];
  /** `*` counts events. */
  readonly field: string;
  /** Of `pct`. */
  readonly percent?: number;
  /** How the column is called. */
  readonly column: string;
}

/** What `by` groups by: a field, or the period that an event is in. */
export type Group =
  | { readonly kind: 'field'; readonly field: string; readonly column: string }
  | { readonly kind: 'bin'; readonly periodMs: number; readonly column: string };

export type Stage =
  | { readonly kind: 'fields'; readonly columns: readonly { readonly field: string; readonly column: string }[] }
  | { readonly kind: 'filter'; readonly condition: Condition }
  | { readonly kind: 'stats'; readonly aggregates: readonly Aggregate[]; readonly groups: readonly Group[] }
  | { readonly kind: 'sort'; readonly keys: readonly { readonly field: string; readonly isDescending: boolean }[] }
  | { readonly kind: 'limit'; readonly count: number }
  | { readonly kind: 'dedup'; readonly fields: readonly string[] };

export type Query = readonly Stage[];
