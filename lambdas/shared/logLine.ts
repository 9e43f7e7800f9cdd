import { describeError } from './describeError.ts';
import { ofLast } from './ofLast.ts';
import { onePiece } from './onePiece.ts';
import { redactedAndCut, redactMember, redactValue } from './redact.ts';
import { type Redactor, redactor } from './redactor.ts';
import { serviceName } from './serviceName.ts';
import { timeWriter } from './timeWriter.ts';

/** Ranks of the levels that Powertools has. */
const RANKS = { TRACE: 6, DEBUG: 8, INFO: 12, WARN: 16, ERROR: 20, CRITICAL: 24, SILENT: 28 } as const;
const MAX_REASON_LENGTH = 200;

/** The levels of entries. */
export type LogLevel = 'INFO' | 'WARN' | 'ERROR';

/** What a line says, member by member. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** An object that lines are about. It holds its members as they were written, because to find them in a `WeakMap` takes longer (ADR 64). */
export interface Described {
  /** Undefined until a line is about it. What a copy of the object holds is about the first one. */
  described?: { readonly of: Described; readonly log: object; readonly members: string } | undefined;
}

/**
 * The line of an entry with its line break, or the empty string where its level is not logged. Members that are undefined, null or empty
 * strings are left out. It never throws: where an entry cannot be written, the line says so.
 *
 * @param about has the last members of the line.
 */
export type LogLine<T extends Described = Described> = (
  level: LogLevel,
  message: string,
  entry: LogEntry,
  about?: T | undefined,
) => string;

/** What repeats from line to line is short. */
const LONGEST_REPEATED = 200;

/**
 * Makes the function that writes entries of the log as the logger of `makeLogger` does, member by member, secrets hidden, without Powertools
 * (ADR 56). Names of members are constants of the caller: none is a secret's, or says how another member is read. Level and service come
 * from the variables that Powertools reads: `AWS_LAMBDA_LOG_LEVEL`, `POWERTOOLS_LOG_LEVEL`, `LOG_LEVEL` and `POWERTOOLS_SERVICE_NAME`.
 *
 * @param sensitive names of properties that the definition marks `x-sensitive`; their values are hidden, too.
 * @param membersOf the members about an object, which does not change besides: they are written once, for all lines about it.
 * @example
 * ```ts
 * writeLines(process.stdout, logLine()('INFO', 'authorizer decision', { decision: 'allow' }));
 * ```
 */
export function logLine<T extends Described>(
  environment: NodeJS.ProcessEnv = process.env,
  sensitive: readonly string[] = [],
  membersOf?: (about: T) => LogEntry,
): LogLine<T> {
  const member = memberWriter({
    value: redactor(sensitive, redactMember),
    inner: redactor(sensitive, redactValue),
  });
  // What has no secret is searched for none, but its name can be sensitive.
  const plain = (name: string, value: string) =>
    sensitive.length === 0 ? `,"${name}":"${value}"` : member(name, value);
  const least = leastRank(environment);
  const ofService = onePiece(`${member('service', serviceName(environment))}${member('sampling_rate', 0)}`);
  const traceOf = ofLast(xrayRootOf);
  const timeOf = timeWriter();
  const membersIn = (entry: LogEntry) => {
    let members = '';
    for (const name of Object.keys(entry)) members += member(name, entry[name]);
    return members;
  };
  const membersAbout = (about: T) => {
    const { described } = about;
    if (described?.of === about && described.log === member) return described.members;
    const members = membersOf === undefined ? '' : onePiece(membersIn(membersOf(about)));
    about.described = { of: about, log: member, members };
    return members;
  };
  const lineOf: LogLine<T> = (level, message, entry, about) => {
    const start = `${plain('level', level)}${member('message', message)}${plain('timestamp', timeOf(Date.now()))}`;
    const trace = process.env['_X_AMZN_TRACE_ID'];
    const ofTrace = trace === undefined ? '' : member('xray_trace_id', traceOf(trace));
    return `{${start.slice(1)}${ofService}${ofTrace}${membersIn(entry)}${about === undefined ? '' : membersAbout(about)}}\n`;
  };
  return (level, message, entry, about) => {
    if (RANKS[level] < least) return '';
    try {
      return lineOf(level, message, entry, about);
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

/** Reads `1-…` of `Root=1-…;Parent=…;Sampled=1`; a value without fields is the id itself. */
function xrayRootOf(trace: string): string | undefined {
  if (!trace.includes('=')) return trace.trim();
  let root: string | undefined;
  for (const field of trace.trim().split(';'))
    if (field === 'Root' || field.startsWith('Root=')) root = field.split('=')[1];
  return root;
}

/** What hides secrets in members of a line, whose names are constants, and in what is inside their values. */
interface Hiding {
  readonly value: Redactor;
  readonly inner: Redactor;
}

/**
 * Makes the function that writes a member with the comma before it; empty for one that is left out. Level, message, route and others are
 * mostly those of the line before, so the last string of each name, or list of strings, is not searched for secrets again.
 */
function memberWriter(hide: Hiding): (name: string, value: unknown) => string {
  const last = new Map<string, { value: string | readonly string[]; text: string }>();
  return (name, value) => {
    if (value === undefined || value === null || value === '') return '';
    const repeatable = typeof value === 'string' || isListOfStrings(value) ? value : undefined;
    const before = repeatable === undefined ? undefined : last.get(name);
    if (before !== undefined && isSame(before.value, value)) return before.text;
    const json = jsonOf(name, value, hide);
    const text = json === undefined ? '' : `,"${name}":${json}`;
    if (repeatable === undefined || lengthOf(repeatable) > LONGEST_REPEATED) return text;
    const kept = typeof repeatable === 'string' ? repeatable : [...repeatable];
    if (before === undefined) {
      last.set(name, { value: kept, text });
    } else {
      before.value = kept;
      before.text = text;
    }
    return text;
  };
}

function isListOfStrings(value: unknown): value is readonly string[] {
  // `every` skips holes.
  return Array.isArray(value) && !value.includes(undefined) && value.every((item) => typeof item === 'string');
}

function lengthOf(value: string | readonly string[]): number {
  return typeof value === 'string' ? value.length : value.reduce((sum, item) => sum + item.length + 1, 0);
}

function isSame(before: string | readonly string[], value: unknown): boolean {
  if (typeof before === 'string' || !Array.isArray(value)) return before === value;
  return before.length === value.length && before.every((item, index) => item === value[index]);
}

/** Strings and lists of them are most of what is logged, and faster without a general serializer. */
function jsonOf(name: string, value: unknown, hide: Hiding): string | undefined {
  if (typeof value === 'object')
    return Array.isArray(value) ? listOf(name, value, hide) : serialized(name, value, hide.inner);
  const shown = hide.value(name, value);
  return JSON.stringify(typeof shown === 'bigint' ? String(shown) : shown);
}

function listOf(name: string, list: readonly unknown[], hide: Hiding): string | undefined {
  if (!isListOfStrings(list)) return serialized(name, list, hide.inner);
  const shown = hide.value(name, list);
  if (!Array.isArray(shown)) return JSON.stringify(shown);
  return `[${shown.map((item) => JSON.stringify(hide.value('', item))).join(',')}]`;
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
