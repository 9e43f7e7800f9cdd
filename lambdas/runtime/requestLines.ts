import { logLine } from '../shared/logLine.ts';
import { coldStartLine, requestLine } from '../shared/metricLine.ts';
import { writeLines } from '../shared/output.ts';

/** The members of the entry of a request that its metrics count. */
interface Counted {
  readonly route: string;
  readonly status: number;
  readonly latencyMs: number;
}

/** Writes the entry of a request, and its metrics, in one call. */
export type RequestLines = (entry: Counted & Readonly<Record<string, unknown>>, start?: Start) => void;

/** Given for the first request of an instance. */
interface Start {
  readonly functionName: string | undefined;
}

/** With these variables, Powertools writes its lines in other ways. */
const OTHER_FORMS = [
  'POWERTOOLS_DEV',
  'POWERTOOLS_LOGGER_SAMPLE_RATE',
  'POWERTOOLS_METRICS_FUNCTION_NAME',
  'AWS_LAMBDA_MAX_CONCURRENCY',
];

/**
 * Makes what writes the end of a request as Powertools writes it, member by member, without its general copies and checks (ADR 59).
 *
 * @param sensitive names of properties that the definition marks `x-sensitive`.
 * @returns undefined where a variable changes the form of the lines: then Powertools writes them.
 */
export function requestLines(
  api: string,
  sensitive: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): RequestLines | undefined {
  const isSet = (name: string) => (environment[name] ?? '').trim() !== '';
  const isUtc = !isSet('TZ') || environment['TZ']?.includes('UTC') === true;
  // Without a namespace Powertools adds a warning to each request.
  if (!isUtc || !isSet('POWERTOOLS_METRICS_NAMESPACE') || OTHER_FORMS.some(isSet)) return undefined;
  const entryLine = logLine(environment, sensitive);
  const metricsLine = requestLine(api, environment);
  return (entry, start) => {
    const { route, status, latencyMs } = entry;
    const started = start === undefined ? '' : coldStartLine(environment)(start.functionName);
    writeLines(process.stdout, entryLine('INFO', 'request', entry) + started + metricsLine(route, status, latencyMs));
  };
}
