/** What Powertools calls a namespace without a name. */
const UNNAMED = 'default_namespace';
const TRUE = ['1', 'y', 'yes', 't', 'true', 'on'];

/** The line that counts one decision with its line break; empty where metrics are off. */
export type CountLine = (metric: string, reason: string) => string;

/**
 * Makes the function that writes a count of one in the embedded metric format, as the metrics of Powertools do (ADR 56), by the dimensions
 * `{ api }` and `{ api, reason }`. Namespace and switch come from the variables that Powertools reads: `POWERTOOLS_METRICS_NAMESPACE` and
 * `POWERTOOLS_METRICS_DISABLED`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @param metric a name of letters.
 * @param reason letters and hyphens.
 * @example
 * ```ts
 * countLine('documents')('AuthorizerAllow', 'permitted');
 * ```
 */
export function countLine(api: string, environment: NodeJS.ProcessEnv = process.env): CountLine {
  if (TRUE.includes(environment['POWERTOOLS_METRICS_DISABLED']?.trim().toLowerCase() ?? '')) return () => '';
  const namespace = JSON.stringify(environment['POWERTOOLS_METRICS_NAMESPACE']?.trim() || UNNAMED);
  const definition = `,"CloudWatchMetrics":[{"Namespace":${namespace},"Dimensions":[["api"],["api","reason"]],"Metrics":[{"Name":"`;
  const values = `","Unit":"Count"}]}]},"api":${JSON.stringify(api)},"reason":"`;
  return (metric, reason) =>
    `{"_aws":{"Timestamp":${Date.now()}${definition}${metric}${values}${reason}","${metric}":1}\n`;
}
