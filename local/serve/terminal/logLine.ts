/** What a line of a function's log is. */
export type LogLine =
  | { readonly kind: 'metrics' }
  /** How an authorizer asks API Gateway for a 401: the line of the request says it. */
  | { readonly kind: 'rejection' }
  /** Written by the logger of a handler, or by that of the runtime. */
  | { readonly kind: 'entry'; readonly entry: Entry }
  /** Written by Lambda itself about an event that failed. */
  | { readonly kind: 'failure'; readonly entry: Entry }
  /** Anything else, such as what `console.log` prints. */
  | { readonly kind: 'output' };

export type Entry = Readonly<Record<string, unknown>>;

/** A longer line is not read: it is output, whatever it is, and shown from its start. */
export const MAX_LINE = 65_536;
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL'];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/;
const FAILED = /^\S+\t\S+\tERROR\t(?:Invoke Error|Unhandled Promise Rejection)\t(\{.*)$/;
const TIMED_OUT = /(?<=^\S+ \S+ )Task timed out after [\d.]+ seconds$/;

/**
 * Reads a line. An entry is one that has the members that the logger adds to each; without text, it has no message.
 *
 * @param redact hides the secrets in what is read; JSON stays JSON
 */
export function readLogLine(line: string, redact: (text: string) => string): LogLine {
  const entry = entryOf(line);
  if (entry !== undefined && '_aws' in entry) return { kind: 'metrics' };
  if (entry !== undefined && isLogged(entry)) return { kind: 'entry', entry: entryOf(redact(line)) ?? {} };
  if (isRejection(line)) return { kind: 'rejection' };
  const failure = failureOf(line, redact);
  return failure === undefined ? { kind: 'output' } : { kind: 'failure', entry: failure };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html */
function isRejection(line: string): boolean {
  const { errorType, errorMessage } = entryOf(FAILED.exec(line)?.[1] ?? '') ?? {};
  return errorType === 'Error' && errorMessage === 'Unauthorized';
}

function failureOf(line: string, redact: (text: string) => string): Entry | undefined {
  const [, json] = FAILED.exec(line) ?? [];
  if (json !== undefined) {
    const { errorType, errorMessage, stack } = entryOf(redact(json)) ?? {};
    const text = Array.isArray(stack) ? stack.map(String).join('\n') : undefined;
    return {
      level: 'ERROR',
      message: 'the function failed',
      error: { name: errorType, message: errorMessage, stack: text },
    };
  }
  const [message] = TIMED_OUT.exec(line) ?? [];
  return message === undefined ? undefined : { level: 'ERROR', message };
}

function entryOf(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}

function isLogged({ level, message = '', timestamp, service, sampling_rate }: Entry): boolean {
  return (
    typeof level === 'string' &&
    LEVELS.includes(level) &&
    typeof message === 'string' &&
    typeof timestamp === 'string' &&
    TIME.test(timestamp) &&
    typeof service === 'string' &&
    typeof sampling_rate === 'number'
  );
}
