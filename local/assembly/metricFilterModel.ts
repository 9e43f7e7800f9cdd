/** A filter pattern over a log group that emits a metric. */
export interface MetricFilterModel {
  readonly logGroup: string;
  readonly pattern: string;
  readonly transformations: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly value: string;
    readonly defaultValue?: number;
    readonly dimensions: Readonly<Record<string, string>>;
  }[];
}
