/** What `secure-api-local` reads of the alarms and dashboards of a template. */

/** What watches a stack. */
export interface MonitoredStack {
  readonly name: string;
  readonly region: string;
  readonly alarms: readonly MetricAlarm[];
  readonly compositeAlarms: readonly CompositeAlarm[];
  readonly dashboards: readonly { readonly name: string; readonly body: string }[];
  readonly apis: readonly string[];
  readonly topics: Readonly<Record<string, string>>;
}

/** An alarm as the template has it. */
export interface MetricAlarm {
  readonly name: string;
  readonly description?: string;
  readonly queries: readonly MetricQuery[];
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  /** The query with the band, of an alarm on anomalies. */
  readonly thresholdMetricId?: string;
  readonly comparison: string;
  readonly treatMissingData: 'notBreaching' | 'breaching' | 'ignore' | 'missing';
  readonly alarmActions: readonly string[];
}

/** A metric, or an expression over the others. */
export interface MetricQuery {
  readonly id: string;
  readonly expression?: string;
  readonly metric?: QueriedMetric;
  readonly returnData: boolean;
}

export interface QueriedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly periodSeconds: number;
}

export interface CompositeAlarm {
  readonly name: string;
  readonly description?: string;
  readonly rule: string;
  /** While it fires, the actions of the alarm wait. */
  readonly suppressor?: { readonly alarm: string };
  readonly alarmActions: readonly string[];
}

/** A parsed expression of metric math. */
export type MathNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'id'; readonly name: string }
  | { readonly kind: 'negate'; readonly operand: MathNode }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: MathNode; readonly right: MathNode }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly MathNode[] }
  | { readonly kind: 'list'; readonly items: readonly MathNode[] };
