import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isRecord, type Json, list } from '../../assembly/values.ts';

/** A line of a log. */
export interface LogEvent {
  readonly logGroup: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
  /** The message parsed, when it is a JSON object. */
  readonly json: Json | undefined;
  /** The same for the same event, however often it is read. */
  readonly id: string;
}

/** The events of a log group, oldest first. */
export function readEvents(directory: string, logGroup: string, file: string): readonly LogEvent[] {
  const seen = new Map<string, number>();
  // A full file was renamed; it has the older lines.
  const events = [`${file}.1.log`, `${file}.log`].flatMap((name) => eventsOf(join(directory, 'logs', name), logGroup));
  const stable = events.map((event) => {
    const content = `${event.timestamp}\n${event.message}`;
    const nth = seen.get(content) ?? 0;
    seen.set(content, nth + 1);
    return { ...event, id: createHash('sha256').update(`${logGroup}\n${nth}\n${content}`).digest('hex').slice(0, 40) };
  });
  return stable.toSorted((one, other) => one.timestamp - other.timestamp);
}

/** The names of the log files below a data directory, without `.log`. */
export function logFilesIn(directory: string): readonly string[] {
  const logs = join(directory, 'logs');
  const all = statSync(logs, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(logs, { recursive: true, encoding: 'utf8' })
    : [];
  const names = all.filter((name) => name.endsWith('.log')).map((name) => name.replace(/(?:\.1)?\.log$/, ''));
  return [...new Set(names.map((name) => relative('.', name).split(sep).join('/')))].sort();
}

/** Lines have no time of their own: an entry says when it was written, and what follows it belongs to it. */
function eventsOf(path: string, logGroup: string): readonly Omit<LogEvent, 'id'>[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  let time: number | undefined;
  const events: Omit<LogEvent, 'id'>[] = [];
  for (const message of lines) {
    if (message === '') continue;
    const json = objectIn(message);
    time = timeOf(json) ?? time;
    events.push({ logGroup, timestamp: time ?? stats.birthtimeMs, message, json });
  }
  return events;
}

function objectIn(message: string): Json | undefined {
  if (!message.startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(message);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Of the embedded metric format, of Powertools and WAF, and of the access log. */
function timeOf(json: Json | undefined): number | undefined {
  if (json === undefined) return undefined;
  const { _aws: metrics, timestamp, time } = json;
  const emf = isRecord(metrics) ? metrics['Timestamp'] : undefined;
  for (const value of [emf, timestamp, time]) {
    const number = typeof value === 'string' && /^\d{10,16}$/.test(value) ? Number(value) : value;
    const ms = typeof number === 'string' ? Date.parse(number) : number;
    if (typeof ms === 'number' && Number.isFinite(ms)) return ms;
  }
  return undefined;
}

/** The value of a field: a member of the JSON, a member of a member after a dot, or what begins with @. */
export function fieldOf(event: LogEvent, field: string): unknown {
  switch (field) {
    case '@timestamp':
    case '@ingestionTime':
      return insightsTime(event.timestamp);
    case '@message':
      return event.message;
    case '@logStream':
      return LOG_STREAM;
    case '@log':
      return event.logGroup;
    case '@ptr':
      return event.id;
    default:
      return memberAt(event.json, field);
  }
}

/** Files have no streams; a name is needed where AWS has one. */
export const LOG_STREAM = 'local';

function memberAt(json: unknown, path: string): unknown {
  if (isRecord(json) && Object.hasOwn(json, path)) return json[path];
  const [first = '', ...rest] = path.split('.');
  const member = Array.isArray(json)
    ? list(json)[Number(first)]
    : isRecord(json) && Object.hasOwn(json, first)
      ? json[first]
      : undefined;
  return rest.length === 0 || member === undefined ? member : memberAt(member, rest.join('.'));
}

/** As Logs Insights writes an instant. */
export function insightsTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
