/** A Contributor Insights rule over JSON events of log groups. */
export interface InsightRuleModel {
  readonly name: string;
  readonly enabled: boolean;
  /** Names of log groups; `*` at the end stands for any rest. */
  readonly logGroups: readonly string[];
  /** Selectors such as `$.client`; each combination of their values is a contributor. */
  readonly keys: readonly string[];
  /** Selector of the number that is added up; occurrences are counted without one. */
  readonly sumOf?: string;
  /** All of them hold for an event that counts. */
  readonly filters: readonly InsightFilter[];
}

/** A condition on the member of an event that a selector names. */
export type InsightFilter = { readonly match: string } & (
  | { readonly operator: 'In' | 'NotIn' | 'StartsWith'; readonly values: readonly string[] }
  | { readonly operator: 'GreaterThan' | 'LessThan' | 'EqualTo' | 'NotEqualTo'; readonly value: number }
  | { readonly operator: 'IsPresent'; readonly present: boolean }
);
