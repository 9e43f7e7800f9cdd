/**
 * The functions of metric math that are computed here, with how many parameters each takes.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-functions-list
 */
const PARAMETERS = {
  ABS: [1, 1],
  ANOMALY_DETECTION_BAND: [1, 2],
  AVG: [1, 1],
  CEIL: [1, 1],
  DATAPOINT_COUNT: [1, 1],
  DATE: [1, 1],
  DAY: [1, 1],
  DIFF: [1, 1],
  DIFF_TIME: [1, 1],
  EPOCH: [1, 1],
  FILL: [2, 2],
  FIRST: [1, 1],
  FLOOR: [1, 1],
  HOUR: [1, 1],
  IF: [2, 3],
  INSIGHT_RULE_METRIC: [2, 2],
  LAST: [1, 1],
  LOG: [1, 1],
  LOG10: [1, 1],
  MAX: [1, 1],
  METRICS: [0, 1],
  METRIC_COUNT: [1, 1],
  MIN: [1, 1],
  MINUTE: [1, 1],
  MONTH: [1, 1],
  PERIOD: [1, 1],
  RATE: [1, 1],
  RUNNING_SUM: [1, 1],
  STDDEV: [1, 1],
  SUM: [1, 1],
  TIME_SERIES: [1, 1],
  YEAR: [1, 1],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

export type MathFunction = keyof typeof PARAMETERS;

/** The function of a name with the least and the most parameters; `undefined` when it is not computed here. */
export function parametersOf(
  name: string,
): { readonly name: MathFunction; readonly counts: readonly [number, number] } | undefined {
  return isFunction(name) ? { name, counts: PARAMETERS[name] } : undefined;
}

const isFunction = (name: string): name is MathFunction => Object.hasOwn(PARAMETERS, name);
