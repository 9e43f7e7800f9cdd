import type { Ending } from '../gateway/contextVariables.ts';
import type { RequestState } from '../gateway/requestState.ts';
import type { Rejection } from '../gateway/step.ts';

/** What a developer sees of requests and functions while the gateway runs. */
export interface Terminal {
  /** A line that a function logged. */
  readonly logged: (logGroup: string, line: string) => void;
  readonly ended: (state: RequestState, ending: Ending, rejection: Rejection | undefined) => void;
  /** Prints what is waiting. */
  readonly flush: () => void;
}

type Entry = Readonly<Record<string, unknown>>;

/** Lines are printed together, because a write to a terminal or pipe waits for it. */
const FLUSH_AFTER_MS = 50;
const MAX_LENGTH = 400;
/** Reasons of requests that never end here, such as those of a function that another one calls, are dropped. */
const MAX_REASONS = 1_000;
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL'];
/** Members that each entry has, and those that the line has already. */
const COMMON = ['level', 'message', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id', 'cold_start', 'error'];
const SHOWN = [...COMMON, 'requestId', 'route', 'subject', 'function_name', 'function_arn', 'function_memory_size'];

/**
 * Prints one line for each request (method, path template, status, time, and why it failed) and for each entry of a structured
 * log, with the first frame of an error. A function can print such an entry itself, and Lambda logs an error as it is, so `redact` is
 * applied to each of them. What a function prints in another form, such as by `console.log`, is in its log file only.
 *
 * @param redact hides the secrets in a string; JSON stays JSON
 */
export function createTerminal(print: (line: string) => void, redact: (text: string) => string): Terminal {
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let hasHint = false;
  const reasons = new Map<string, string>();
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length > 0) print(waiting.join('\n'));
    waiting = [];
  };
  const put = (line: string) => {
    waiting.push(`${new Date().toTimeString().slice(0, 8)} ${line}`);
    timer ??= setTimeout(flush, FLUSH_AFTER_MS);
  };
  const logged: Terminal['logged'] = (logGroup, line) => {
    const entry = entryOf(line);
    // Metrics.
    if (entry !== undefined && '_aws' in entry) return;
    if (entry === undefined || !isLogged(entry)) {
      const failure = failureOf(line, redact);
      if (failure !== undefined) return put(`ERROR ${nameOf(logGroup)}: ${failure}`);
      if (!hasHint)
        put(`${nameOf(logGroup)} wrote to its output (console.log), which is only in its log file: use log.info(…)`);
      hasHint = true;
      return;
    }
    const { message, requestId, reason, code } = entry;
    const isSummary = message === 'request' || message === 'authorizer decision';
    const why = message === 'request' ? code : reason;
    if (isSummary && typeof requestId === 'string' && typeof why === 'string') {
      if (reasons.size >= MAX_REASONS) reasons.clear();
      if (entry['decision'] !== 'allow') reasons.set(requestId, plain(redact(why)));
    }
    // The line of the request says it.
    if (isSummary && entry['error'] === undefined) return;
    put(lineOf(entryOf(redact(line)) ?? {}, nameOf(logGroup)));
  };
  return {
    logged,
    ended: ({ request, route }, { status, latencyMs }, rejection) => {
      const why = reasons.get(request.requestId) ?? rejection?.type ?? '';
      reasons.delete(request.requestId);
      put(
        `${request.method} ${route?.resourcePath ?? '(no route)'} ${status} ${latencyMs} ms ${status >= 400 ? why : ''}`.trimEnd(),
      );
    },
    flush,
  };
}

/** An entry in one line, with a second one for the frame of its error. */
function lineOf(entry: Entry, name: string): string {
  const { level, message, route, error } = entry;
  const more = Object.entries(entry).filter(([key]) => !SHOWN.includes(key));
  const members = more.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(more))}`;
  const start = `${String(level ?? 'INFO')} ${typeof route === 'string' ? route : name}: ${String(message ?? '')}`;
  return `${plain(`${start}${members}`)}${errorLines(error)}`;
}

/** Name, message and first frame outside of Node.js. */
function errorLines(error: unknown): string {
  if (error === undefined) return '';
  if (typeof error !== 'object' || error === null) return `\n  ${plain(String(error))}`;
  const { name, message, stack } = error as Entry;
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  const frame = frames.find((line) => !/node:|node_modules/.test(line)) ?? frames[0];
  // Only the name of the file: its folder is that of the build.
  const where = frame === undefined ? '' : `\n    ${plain(frame.trim().replace(/(?:file:\/\/)?\/\S*\//, ''))}`;
  return `\n  ${plain([name, message].filter((part) => typeof part === 'string' && part !== '').join(': '))}${where}`;
}

/** The line that Lambda writes for an event that failed: its error, or that its time is over. */
function failureOf(line: string, redact: (text: string) => string): string | undefined {
  const [, json] = /^\S+\t\S+\tERROR\t(?:Invoke Error|Unhandled Promise Rejection)\t(\{.*)$/.exec(line) ?? [];
  const { errorType, errorMessage } = entryOf(redact(json ?? '')) ?? {};
  if (json !== undefined) return plain([errorType, errorMessage].filter((part) => typeof part === 'string').join(': '));
  return /(?<=^\S+ \S+ )Task timed out after [\d.]+ seconds$/.exec(line)?.[0];
}

function entryOf(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}

/** Whether the logger wrote it: it has the members that the logger adds to each entry. Without text, it has no message. */
function isLogged({ level, message = '', timestamp, service, sampling_rate }: Entry): boolean {
  return (
    typeof level === 'string' &&
    LEVELS.includes(level) &&
    typeof message === 'string' &&
    typeof timestamp === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/.test(timestamp) &&
    typeof service === 'string' &&
    typeof sampling_rate === 'number'
  );
}

/** The name of a function in the name of its log group. */
function nameOf(logGroup: string): string {
  return logGroup.slice(logGroup.lastIndexOf('/') + 1);
}

/** A client can choose what is logged: control characters, which could change the terminal, are escaped. */
function plain(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return short.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
