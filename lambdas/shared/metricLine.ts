import { ofLast } from './ofLast.ts';
import { onePiece } from './onePiece.ts';
import { serviceName } from './serviceName.ts';

/** What Powertools calls a namespace without a name. */
const UNNAMED = 'default_namespace';
const TRUE = ['1', 'y', 'yes', 't', 'true', 'on'];

/** The line that counts one decision, or so many of what it counts, with its line break; empty where metrics are off. */
export type CountLine = (metric: string, reason: string, count?: number) => string;

/**
 * Makes the function that writes a count in the embedded metric format, as the metrics of Powertools do (ADR 56), by the dimensions
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
  const namespace = namespaceOf(environment);
  if (namespace === undefined) return () => '';
  const definition = onePiece(
    `,"CloudWatchMetrics":[{"Namespace":${namespace},"Dimensions":[["api"],["api","reason"]],"Metrics":[{"Name":"`,
  );
  const values = onePiece(`","Unit":"Count"}]}]},"api":${JSON.stringify(api)},"reason":"`);
  return (metric, reason, count = 1) =>
    `{"_aws":{"Timestamp":${Date.now()}${definition}${metric}${values}${reason}","${metric}":${count}}\n`;
}

/** The line that counts one request with its line break; empty where metrics are off. */
export type RequestLine = (route: string, status: number, latencyMs: number) => string;

/**
 * Makes the function that writes `Requests`, `ClientErrors`, `Errors` and `Latency` of one request by `{ api, route }`, from the same variables.
 *
 * @example
 * ```ts
 * requestLine('documents')('getDocument', 200, 12);
 * ```
 */
export function requestLine(api: string, environment: NodeJS.ProcessEnv = process.env): RequestLine {
  const namespace = namespaceOf(environment);
  if (namespace === undefined) return () => '';
  const counts = ['Requests', 'ClientErrors', 'Errors'].map((name) => `{"Name":"${name}","Unit":"Count"}`);
  const metrics = `${counts.join(',')},{"Name":"Latency","Unit":"Milliseconds"}`;
  const start = `,"CloudWatchMetrics":[{"Namespace":${namespace},"Dimensions":[["api","route"]],"Metrics":[${metrics}]}]},"api":${JSON.stringify(api)},"route":`;
  const ofRoute = ofLast((route) => onePiece(`${start}${JSON.stringify(route)},"Requests":1,"ClientErrors":`));
  return (route, status, latencyMs) => {
    const clientErrors = status >= 400 && status < 500 ? 1 : 0;
    const errors = status >= 500 ? 1 : 0;
    return `{"_aws":{"Timestamp":${Date.now()}${ofRoute(route)}${clientErrors},"Errors":${errors},"Latency":${latencyMs}}\n`;
  };
}

/** The line that counts the start of an instance with its line break; empty where it does not count, or metrics are off. */
export type ColdStartLine = (functionName: string | undefined) => string;

/**
 * Makes the function that writes `ColdStart` by `{ service, function_name }`, as Powertools does, from the same variables. An instance that was
 * prepared (provisioned concurrency) is none.
 *
 * @example
 * ```ts
 * coldStartLine()('documents-api-documents');
 * ```
 */
export function coldStartLine(environment: NodeJS.ProcessEnv = process.env): ColdStartLine {
  const namespace = namespaceOf(environment);
  if (namespace === undefined || environment['AWS_LAMBDA_INITIALIZATION_TYPE']?.trim() !== 'on-demand') return () => '';
  const service = JSON.stringify(serviceName(environment));
  return (functionName) => {
    const name = functionName?.trim() || undefined;
    const dimensions = name === undefined ? '"service"' : '"service","function_name"';
    const values = name === undefined ? '' : `,"function_name":${JSON.stringify(name)}`;
    return `{"_aws":{"Timestamp":${Date.now()},"CloudWatchMetrics":[{"Namespace":${namespace},"Dimensions":[[${dimensions}]],"Metrics":[{"Name":"ColdStart","Unit":"Count"}]}]},"service":${service}${values},"ColdStart":1}\n`;
  };
}

/** The namespace in JSON; undefined where metrics are off. */
function namespaceOf(environment: NodeJS.ProcessEnv): string | undefined {
  if (TRUE.includes(environment['POWERTOOLS_METRICS_DISABLED']?.trim().toLowerCase() ?? '')) return undefined;
  return JSON.stringify(environment['POWERTOOLS_METRICS_NAMESPACE']?.trim() || UNNAMED);
}
