import { isRecord } from '../../../lambdas/shared/json.ts';
import { escapeUnseen } from '../../../lambdas/shared/unseen.ts';
import type { LogEntry } from './entries.ts';

type Members = Readonly<Record<string, unknown>>;
/** Adds a colour; a terminal without colours shows the text alone. */
export type Paint = (style: 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold', text: string) => string;

/** Characters of one value; a client can choose some. */
const MAX_VALUE = 300;
/** Members that stand elsewhere in a line, or say what every line of a function says. */
const SHOWN_ELSEWHERE = [
  'level',
  'message',
  'timestamp',
  'requestId',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'cold_start',
  'function_name',
  'function_memory_size',
  'function_arn',
  'function_request_id',
];
const LEVEL_STYLES = { ERROR: 'red', CRITICAL: 'red', WARN: 'yellow' } as const;

/** A value on one line of a terminal: a client can choose it, so no character of it has an effect. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text === undefined) return '';
  const cut = text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
  return escapeUnseen(cut);
}

/** The columns of a line of the access log: what happened, to whom, why, and its id. */
export function requestColumns({ time, members = {} }: LogEntry): readonly string[] {
  return [
    new Date(time).toISOString(),
    known(members['status']),
    routeOf(members),
    callerOf(members),
    known(members['clientIp']) || known(members['ip']),
    `${known(members['latency']) || '?'} ms`,
    reasonOf(members),
    known(members['requestId']),
  ];
}

/** Lines of the access log as aligned columns. */
export function requestTable(entries: readonly LogEntry[], paint: Paint): string {
  const rows = entries.map(requestColumns);
  const widths = rows.reduce<readonly number[]>(
    (longest, row) => row.map((cell, index) => Math.max(longest[index] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) => requestLine(row, widths, paint)).join('\n');
}

/** A line of the access log with columns of these widths. */
export function requestLine(row: readonly string[], widths: readonly number[], paint: Paint): string {
  const cells = row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)));
  const [time = '', status = '', ...more] = cells;
  return [paint('dim', time), paint(styleOf(status), status), ...more].join('  ').trimEnd();
}

/** The story of a request: each line of each log, in the order of time, below a line that says what it was. */
export function story(entries: readonly LogEntry[], paint: Paint): string {
  const access = entries.find(({ log }) => log.kind === 'access')?.members;
  const width = Math.max(...entries.map(({ log }) => shown(log.name).length));
  const head = access === undefined ? [] : [paint('bold', headOf(access)), ''];
  const isCached = access !== undefined && known(access['subject']) !== '' && !has(entries, 'authorizer');
  const lines = entries.map((entry) => {
    const time = new Date(entry.time).toISOString().slice(11, -1);
    return `${paint('dim', time)}  ${paint('cyan', shown(entry.log.name).padEnd(width))}  ${said(entry, paint)}`;
  });
  const note = isCached
    ? [paint('dim', 'No line of the authorizer: the gateway used a decision that it had cached.')]
    : [];
  return [...head, ...lines, ...note].join('\n');
}

function has(entries: readonly LogEntry[], kind: LogEntry['log']['kind']): boolean {
  return entries.some(({ log }) => log.kind === kind);
}

function headOf(members: Members): string {
  const parts = [routeOf(members), known(members['status']), reasonOf(members), `${known(members['latency'])} ms`];
  return parts.filter((part) => part.trim() !== '').join(' · ');
}

function said({ log, members, text }: LogEntry, paint: Paint): string {
  if (members === undefined) return shown(text);
  switch (log.kind) {
    case 'access':
      return accessLine(members, paint);
    case 'authorizer':
      return 'decision' in members ? decisionLine(members, paint) : functionLine(members, paint);
    case 'webAcl':
      return webAclLine(members, paint);
    case 'function':
      return functionLine(members, paint);
  }
}

function accessLine(members: Members, paint: Paint): string {
  const status = known(members['status']);
  const parts = [routeOf(members), reasonOf(members), callerOf(members), known(members['tier']), known(members['ip'])];
  return [
    paint(styleOf(status), status),
    ...parts.filter((part) => part !== ''),
    `${known(members['latency'])} ms`,
  ].join('  ');
}

function decisionLine(members: Members, paint: Paint): string {
  const { decision, reason } = members;
  const words = `${shown(decision)}: ${shown(reason)}`;
  return `${paint(decision === 'allow' ? 'green' : 'red', words)}  ${rest(members, ['decision', 'reason'])}`.trimEnd();
}

function webAclLine(members: Members, paint: Paint): string {
  const { action, terminatingRuleId, httpRequest, labels } = members;
  const request = isRecord(httpRequest) ? httpRequest : {};
  const names = Array.isArray(labels) ? labels.map((label) => shown(isRecord(label) ? label['name'] : label)) : [];
  const rule = paint(action === 'BLOCK' ? 'red' : 'yellow', `${shown(action)} by ${shown(terminatingRuleId)}`);
  const parts = [
    `${known(request['httpMethod'])} ${known(request['uri'])}`.trim(),
    known(request['clientIp']),
    names.join(' '),
  ];
  return [rule, ...parts.filter((part) => part !== '')].join('  ');
}

function functionLine(members: Members, paint: Paint): string {
  const level = String(members['level'] ?? '');
  const style = level in LEVEL_STYLES ? LEVEL_STYLES[level as keyof typeof LEVEL_STYLES] : 'dim';
  return [paint(style, shown(level)), shown(members['message'] ?? ''), rest(members, [])]
    .filter((part) => part !== '')
    .join('  ');
}

/** The other members, as `name=value`. */
function rest(members: Members, without: readonly string[]): string {
  return Object.entries(members)
    .filter(([name, value]) => !SHOWN_ELSEWHERE.includes(name) && !without.includes(name) && value !== null)
    .map(([name, value]) => `${shown(name)}=${shown(name === 'error' ? errorOf(value) : value)}`)
    .join(' ');
}

/** The name and the message of an error; its stack is in the JSON. */
function errorOf(error: unknown): unknown {
  if (!isRecord(error)) return error;
  const { name, message, location } = error;
  return [name, message, location].filter((part) => typeof part === 'string').join(': ');
}

function routeOf(members: Members): string {
  return `${known(members['method'])} ${known(members['routePath'])}`.trim();
}

function callerOf(members: Members): string {
  return [...new Set([known(members['client']), known(members['subject'])])].filter((part) => part !== '').join(' · ');
}

/** Why it was rejected: the kind, and why the caller was denied. */
function reasonOf(members: Members): string {
  const [errorType, denialReason] = [known(members['errorType']), known(members['denialReason'])];
  return [errorType, errorType === 'ACCESS_DENIED' ? denialReason : ''].filter((part) => part !== '').join(' ');
}

/** API Gateway writes `-` for what it does not know. */
function known(value: unknown): string {
  return value === undefined || value === '-' ? '' : shown(value);
}

function styleOf(status: string): 'red' | 'yellow' | 'green' {
  return status.startsWith('5') ? 'red' : status.startsWith('4') ? 'yellow' : 'green';
}
