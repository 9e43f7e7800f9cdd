import type { RequestLines } from '../../contracts.ts';
import type { Ending } from '../../gateway/contextVariables.ts';
import type { RequestState } from '../../gateway/requestState.ts';
import type { Rejection } from '../../gateway/step.ts';
import { type ErrorReport, errorReport } from './errorReport.ts';
import { type TerminalEvent, textOf } from './eventText.ts';
import { type Entry, MAX_LINE, readLogLine } from './logLine.ts';
import { outputBlock } from './outputBlock.ts';
import { plain } from './plain.ts';
import { type Reason, requestEvent } from './requestEvent.ts';
import { secretNames } from './secretName.ts';

/** What a developer sees of requests and functions while the gateway runs. */
export interface Terminal {
  /** Takes a line that a function logged. Returns the error in it, without secrets, if the terminal shows one. */
  readonly logged: (logGroup: string, line: string) => ErrorReport | undefined;
  readonly ended: (state: RequestState, ending: Ending, rejection: Rejection | undefined, api: RequestedApi) => void;
  /** Prints what is waiting. */
  readonly flush: () => void;
}

/** The API that a request was for. */
export interface RequestedApi {
  /** Where the stack has several. */
  readonly name?: string;
  /** Explains a reason of its authorizer that only this machine has. */
  readonly noteOf: (reason: string) => string | undefined;
}

/** What the terminal prints with. */
export interface TerminalOptions extends RequestLines {
  readonly print: (lines: string) => void;
  /** The name of a function, by its log group. */
  readonly nameOf: (logGroup: string) => string;
  /** The name of the API that a log group belongs to, where the stack has several. */
  readonly apiOf: (logGroup: string) => string | undefined;
  /** Paths below it are shown relative to it. */
  readonly directory: string;
}

/** Lines are printed together, because a write to a terminal or pipe waits for it. */
const FLUSH_AFTER_MS = 50;
/** Log lines that are shown of each such time: nobody reads more, and each has to be searched for secrets. */
const MAX_LINES = 300;
/** Reasons of requests that never end here, such as those of a function that another one calls, are dropped. */
const MAX_REASONS = 1_000;
/** What explains a request is read at any rate. */
const SUMMARY = /"message":"(?:request|authorizer decision)"/;
/** Members that each entry has, and those that its line shows in another way. */
const COMMON = ['level', 'message', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id', 'cold_start', 'error'];
/** What every entry of a request has: the log files and `traces.jsonl` are searched by it. */
const TRACE = ['traceId', 'spanId', 'clientRequestId', 'callerTraceId'];
const SHOWN = [
  ...COMMON,
  ...TRACE,
  'requestId',
  'route',
  'subject',
  'function_name',
  'function_arn',
  'function_memory_size',
];
const NOT_SHOWN = '[not shown]';

/**
 * Prints each request, each entry of a structured log with the source of its error, and what functions print in another form. A function
 * can print an entry itself, and Lambda logs an error as it is, so `redact` is applied to each of them.
 */
export function createTerminal(options: TerminalOptions): Terminal {
  const { print, write = print, nameOf, apiOf, directory, format = 'text', paint = (_, text) => text } = options;
  const redact = neverThrows(options.redact);
  const isSecret = secretNames(redact);
  const reasons = new Map<string, Reason>();
  let events: TerminalEvent[] = [];
  /** Output of one function that is not searched for secrets yet. */
  let block: { readonly logGroup: string; readonly lines: string[] } | undefined;
  let shown = 0;
  const dropped = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  const put = (event: TerminalEvent) => events.push(event);
  const endBlock = () => {
    if (block === undefined) return;
    const { logGroup, lines } = block;
    block = undefined;
    const time = new Date().toISOString();
    put({ event: 'output', time, function: nameOf(logGroup), lines: outputBlock(lines, redact) });
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    endBlock();
    const time = new Date().toISOString();
    for (const [logGroup, lines] of dropped) put({ event: 'dropped', time, function: nameOf(logGroup), lines });
    dropped.clear();
    shown = 0;
    const lines = events.map((event) => (format === 'json' ? JSON.stringify(event) : textOf(event, paint)));
    events = [];
    if (lines.length > 0) write(lines.join('\n'));
  };
  const soon = () => {
    timer ??= setTimeout(flush, FLUSH_AFTER_MS);
  };
  const explain = ({ message, requestId, reason, code, decision }: Entry) => {
    const why = message === 'request' ? code : reason;
    if (typeof requestId !== 'string' || typeof why !== 'string' || decision === 'allow') return;
    if (reasons.size >= MAX_REASONS) reasons.clear();
    reasons.set(requestId, { step: message === 'request' ? 'handler' : 'authorizer', reason: why });
  };
  const logged: Terminal['logged'] = (logGroup, line) => {
    soon();
    if (shown >= MAX_LINES && !(line.length < MAX_LINE && SUMMARY.test(line))) {
      dropped.set(logGroup, (dropped.get(logGroup) ?? 0) + 1);
      return undefined;
    }
    const read = line.length > MAX_LINE ? ({ kind: 'output' } as const) : readLogLine(line, redact);
    if (read.kind === 'metrics' || read.kind === 'rejection') return undefined;
    shown += 1;
    if (read.kind === 'output') {
      if (block?.logGroup !== logGroup) endBlock();
      block ??= { logGroup, lines: [] };
      block.lines.push(line);
      return undefined;
    }
    endBlock();
    const { entry } = read;
    const isSummary = entry['message'] === 'request' || entry['message'] === 'authorizer decision';
    if (isSummary) explain(entry);
    // The line of the request says it.
    if (isSummary && entry['error'] === undefined) return undefined;
    const report = errorReport(entry['error'], { directory, redact });
    put(entryEvent(entry, nameOf(logGroup), apiOf(logGroup), report));
    return report;
  };
  return {
    logged,
    ended: (state, ending, rejection, { name, noteOf }) => {
      soon();
      endBlock();
      const { requestId } = state.request;
      const event = requestEvent(state, ending, rejection, reasons.get(requestId), { redact, isSecret, noteOf });
      put(name === undefined ? event : { ...event, api: plain(name) });
      reasons.delete(requestId);
    },
    flush,
  };
}

function entryEvent(
  entry: Entry,
  name: string,
  api: string | undefined,
  report: ErrorReport | undefined,
): TerminalEvent {
  const { level, message, route } = entry;
  const fields = Object.fromEntries(Object.entries(entry).filter(([key]) => !SHOWN.includes(key)));
  return {
    event: 'log',
    ...(api === undefined ? {} : { api: plain(api) }),
    time: new Date().toISOString(),
    function: name,
    level: String(level ?? 'INFO'),
    message: plain(String(message ?? '')),
    ...(typeof route === 'string' ? { route: plain(route) } : {}),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(report === undefined ? {} : { error: report }),
  };
}

/** A string that cannot be searched is not shown: a log must not end the gateway. */
function neverThrows(redact: (text: string) => string): (text: string) => string {
  return (text) => {
    try {
      return redact(text);
    } catch {
      return NOT_SHOWN;
    }
  };
}
