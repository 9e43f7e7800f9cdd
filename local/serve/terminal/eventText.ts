import type { LineStyle } from '../../contracts.ts';
import { type ErrorReport, reportLines } from './errorReport.ts';
import { plain } from './plain.ts';
import type { RequestEvent } from './requestEvent.ts';

/** What is printed, as data. Strings have no secrets. */
export type TerminalEvent =
  | RequestEvent
  | {
      readonly event: 'log';
      readonly time: string;
      readonly function: string;
      /** Name of the API, where the stack has several. */
      readonly api?: string;
      readonly level: string;
      readonly message: string;
      readonly route?: string;
      readonly fields?: Readonly<Record<string, unknown>>;
      readonly error?: ErrorReport;
    }
  /** What a function printed in another form than its logger. */
  | { readonly event: 'output'; readonly time: string; readonly function: string; readonly lines: readonly string[] }
  /** Log lines that are only in the log file, because there were too many. */
  | { readonly event: 'dropped'; readonly time: string; readonly function: string; readonly lines: number };

type Paint = (style: LineStyle, text: string) => string;

const LEVEL_STYLES: Readonly<Record<string, LineStyle>> = { WARN: 'yellow', ERROR: 'red', CRITICAL: 'red' };
/** Characters of all fields of an entry. */
const MAX_FIELDS = 400;

/** An event in one line, or in several for an error or for output. */
export function textOf(event: TerminalEvent, paint: Paint): string {
  const time = paint('dim', new Date(event.time).toTimeString().slice(0, 8));
  if (event.event === 'request') return `${time} ${requestText(event, paint)}`;
  if (event.event === 'log') return `${time} ${logText(event, paint)}`;
  const mark = paint('dim', `${event.function} |`);
  if (event.event === 'output') return event.lines.map((line) => `${time} ${mark} ${line}`).join('\n');
  return `${time} ${mark} ${paint('dim', `${event.lines} more lines, which are only in the log file`)}`;
}

function requestText(request: RequestEvent, paint: Paint): string {
  const { api, method, path, status, latencyMs, step, reason, note } = request;
  const cause = [step, reason].filter((part) => part !== undefined).join(': ');
  const why = note === undefined ? cause : `${cause} (${note})`;
  const who = callerOf(request);
  return [
    ...(api === undefined ? [] : [paint('dim', api)]),
    `${method} ${path}`,
    paint(styleOf(status), String(status ?? '-')),
    paint('dim', `${latencyMs} ms`),
    ...(who === '' ? [] : [who]),
    ...(why === '' ? [] : [paint(styleOf(status), why)]),
  ].join(' ');
}

/** Such as `ada via web-app (editor)`. */
function callerOf({ subject, client, roles }: RequestEvent): string {
  const caller = [subject, client].filter((part) => part !== undefined).join(' via ');
  return roles === undefined ? caller : `${caller} (${roles.replaceAll(' ', ', ')})`;
}

function styleOf(status = 400): LineStyle {
  if (status >= 500) return 'red';
  if (status >= 400) return 'yellow';
  return status >= 300 ? 'cyan' : 'green';
}

function logText(entry: Extract<TerminalEvent, { event: 'log' }>, paint: Paint): string {
  const { api, level, message, route, fields, error } = entry;
  const style = LEVEL_STYLES[level];
  const of = api === undefined ? '' : `${paint('dim', api)} `;
  const start = `${style === undefined ? level : paint(style, level)} ${of}${route ?? entry.function}: ${message}`;
  const more = fields === undefined ? '' : ` ${paint('dim', fieldsText(fields))}`;
  return [`${start}${more}`, ...(error === undefined ? [] : reportLines(error))].join('\n');
}

/** `name=value` for each member: a value is a word, or JSON. */
function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(fields).map(([name, value]) => {
    const isWord = typeof value === 'string' && /^[^\s"=]+$/.test(value);
    return `${name}=${isWord ? value : JSON.stringify(value)}`;
  });
  return plain(words.join(' '), MAX_FIELDS);
}
