import { describeError } from './describeError.ts';
import { redactedAndCut } from './redact.ts';
import { type Redactor, redactor } from './redactor.ts';

/** Ranks of the levels that Powertools has. */
const RANKS = { TRACE: 6, DEBUG: 8, INFO: 12, WARN: 16, ERROR: 20, CRITICAL: 24, SILENT: 28 } as const;
const MAX_REASON_LENGTH = 200;
/** What Powertools calls a service without a name. */
const UNNAMED = 'service_undefined';

/** The levels of entries. */
export type LogLevel = 'INFO' | 'WARN' | 'ERROR';

/**
 * The line of an entry with its line break, or the empty string where its level is not logged. Members that are undefined, null or empty
 * strings are left out. It never throws: where an entry cannot be written, the line says so.
 */
export type LogLine = (level: LogLevel, message: string, entry: Readonly<Record<string, unknown>>) => string;

/**
 * Makes the function that writes entries of the log as the logger of `makeLogger` does, member by member, secrets hidden, without Powertools
 * (ADR 56). Names of members are constants of the caller: none is a secret's, or says how another member is read. Level and service come
 * from the variables that Powertools reads: `AWS_LAMBDA_LOG_LEVEL`, `POWERTOOLS_LOG_LEVEL`, `LOG_LEVEL` and `POWERTOOLS_SERVICE_NAME`.
 *
 * @param sensitive names of properties that the definition marks `x-sensitive`; their values are hidden, too.
 * @example
 * ```ts
 * writeLines(process.stdout, logLine()('INFO', 'authorizer decision', { decision: 'allow' }));
 * ```
 */
export function logLine(environment: NodeJS.ProcessEnv = process.env, sensitive: readonly string[] = []): LogLine {
  const hide = redactor(sensitive);
  const least = leastRank(environment);
  const service = environment['POWERTOOLS_SERVICE_NAME']?.trim() || UNNAMED;
  const ofService = `${member('service', service, hide)}${member('sampling_rate', 0, hide)}`;
  const lineOf: LogLine = (level, message, entry) => {
    const trace = xrayRoot(process.env['_X_AMZN_TRACE_ID']);
    let line = `{"level":${jsonOf('level', level, hide)}${member('message', message, hide)},"timestamp":${jsonOf('timestamp', new Date().toISOString(), hide)}${ofService}${member('xray_trace_id', trace, hide)}`;
    for (const name of Object.keys(entry)) line += member(name, entry[name], hide);
    return `${line}}\n`;
  };
  return (level, message, entry) => {
    if (RANKS[level] < least) return '';
    try {
      return lineOf(level, message, entry);
    } catch (error) {
      const reason = error instanceof Error ? redactedAndCut(error.message, MAX_REASON_LENGTH) : typeof error;
      return lineOf('ERROR', 'a log entry could not be written', { call: level.toLowerCase(), reason });
    }
  };
}

/** The first level that is logged. What Lambda itself is set to (advanced logging controls) takes precedence. */
function leastRank(environment: NodeJS.ProcessEnv): number {
  const ofLambda = environment['AWS_LAMBDA_LOG_LEVEL']?.trim();
  const ofPowertools = environment['POWERTOOLS_LOG_LEVEL']?.trim() || environment['LOG_LEVEL']?.trim();
  return rankOf(ofLambda === 'FATAL' ? 'CRITICAL' : ofLambda) ?? rankOf(ofPowertools) ?? RANKS.INFO;
}

function rankOf(level: string | undefined): number | undefined {
  return level !== undefined && Object.hasOwn(RANKS, level) ? RANKS[level as keyof typeof RANKS] : undefined;
}

/** `1-…` of `Root=1-…;Parent=…;Sampled=1`; a value without fields is the id itself. */
function xrayRoot(trace: string | undefined): string | undefined {
  if (trace === undefined || !trace.includes('=')) return trace?.trim();
  return trace
    .trim()
    .split(';')
    .map((field) => field.split('='))
    .findLast(([name]) => name === 'Root')?.[1];
}

/** A member with the comma before it; empty for one that is left out. */
function member(name: string, value: unknown, hide: Redactor): string {
  if (value === undefined || value === null || value === '') return '';
  const json = jsonOf(name, value, hide);
  return json === undefined ? '' : `,"${name}":${json}`;
}

/** Strings and lists of them are most of what is logged, and faster without a general serializer. */
function jsonOf(name: string, value: unknown, hide: Redactor): string | undefined {
  if (typeof value === 'object')
    return Array.isArray(value) ? listOf(name, value, hide) : serialized(name, value, hide);
  const shown = hide(name, value);
  return JSON.stringify(typeof shown === 'bigint' ? String(shown) : shown);
}

function listOf(name: string, list: readonly unknown[], hide: Redactor): string | undefined {
  if (!list.every((item) => typeof item === 'string')) return serialized(name, list, hide);
  const shown = hide(name, list);
  if (!Array.isArray(shown)) return JSON.stringify(shown);
  return `[${shown.map((item, index) => JSON.stringify(hide(String(index), item))).join(',')}]`;
}

function serialized(name: string, value: unknown, hide: Redactor): string | undefined {
  const holder = { [name]: value };
  const json = JSON.stringify(holder, (key, inner: unknown) => {
    if (inner === holder) return holder;
    const shown = hide(key, inner instanceof Error ? describeError(inner) : inner);
    return typeof shown === 'bigint' ? String(shown) : shown;
  });
  return json === '{}' ? undefined : json.slice(json.indexOf(':') + 1, -1);
}
