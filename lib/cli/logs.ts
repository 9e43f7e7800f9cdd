import { setTimeout } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError, Option } from 'commander';
import { redactString } from '../../lambdas/shared/redact.ts';
import { isReported } from '../definition/errors.ts';
import { EXIT } from './exitCodes.ts';
import { DEFINITION_OPTION, loadDefinition } from './loadDefinition.ts';
import { duration } from './observe/duration.ts';
import { entryJson, entryOf, type LogEntry, membersOf } from './observe/entries.ts';
import { followed, type LogEvent, queried, type Read } from './observe/logEvents.ts';
import { type Paint, requestColumns, requestLine, requestTable, story } from './observe/logFormat.ts';
import { openLogs, type SourceOptions, withSource } from './observe/openSource.ts';
import {
  checkedId,
  filterPattern,
  idsOfOneQuery,
  insightsQuery,
  isId,
  matches,
  type Search,
  storyQuery,
} from './observe/searched.ts';
import type { LogSource, Source } from './observe/source.ts';
import { missingOption, wholeNumber, withExamples } from './options.ts';
import { print, progress } from './output.ts';
import { routeById } from './simulateOptions.ts';

interface LogsOptions extends SourceOptions {
  readonly request?: string;
  readonly client?: string;
  readonly subject?: string;
  readonly route?: string;
  readonly status?: string;
  readonly since?: number;
  readonly follow?: boolean;
  readonly limit: number;
  readonly definition?: string;
  readonly json?: boolean;
}

const HOUR_MS = 3_600_000;
const MAX_LINES = 10_000;
const MINUTE_MS = 60_000;
const RETRY_MS = 1_000;
/** Columns of lines that come one by one have no longest cell. */
const FOLLOW_WIDTHS = [24, 3, 28, 24, 15, 8, 20];
const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

/** `secure-api logs`: the requests of an API, or all that its logs say about one of them. */
export function logsCommand(): Command {
  const searching = ['client', 'subject', 'route', 'status', 'follow'];
  const command = withSource(
    new Command('logs')
      .description('show the requests of an API, on this machine or deployed, or all that its logs say about one')
      .addOption(
        new Option('--request <id>', 'all lines of all logs about this request, in the order of time').conflicts(
          searching,
        ),
      )
      .option('--client <id>', 'requests of this client')
      .option('--subject <sub>', 'requests of this subject')
      .option('--route <route>', 'requests to this route: its id, or as "GET /documents/{id}"')
      .addOption(
        new Option('--status <status>', 'requests with this status, or a class such as 4xx').argParser(statusOf),
      )
      .addOption(
        new Option(
          '--since <time>',
          'how far back, such as 15m, 6h or 2d (default: 1h, 1d with --request, 1m with --follow)',
        ).argParser(duration),
      )
      .option('--follow', 'show new requests until Ctrl-C')
      .addOption(new Option('--limit <count>', 'the newest so many').argParser(wholeNumber(1, MAX_LINES)).default(100))
      .option(...DEFINITION_OPTION),
  )
    .option('--json', 'print a JSON document for each line')
    .action(run);
  return withExamples(
    command,
    'secure-api logs --status 4xx --since 15m',
    'secure-api logs --request 8f1c2d3e-0a1b-4c5d-8e9f-001122334455',
    "secure-api logs --client acme --route 'GET /documents/{documentId}' --stack Documents",
    'secure-api logs --follow --json | jq .entry.status',
  );
}

function statusOf(value: string): string {
  if (/^[1-5](?:\d\d|xx)$/.test(value)) return value;
  throw new InvalidArgumentError('expected a status such as 403, or a class such as 4xx.');
}

async function run(options: LogsOptions): Promise<void> {
  const request = options.request === undefined ? undefined : checkedId(options.request);
  const source = await openLogs(options);
  try {
    if (request !== undefined) return await showStory(source, request, options);
    const search = await searchOf(options, source);
    await (options.follow === true ? follow : list)(source, search, options);
  } finally {
    await source.close();
  }
}

async function list(source: Source, search: Search, { since = HOUR_MS, limit, json }: LogsOptions): Promise<void> {
  const range = { from: Date.now() - since, to: Date.now() + MINUTE_MS };
  const query = insightsQuery(search, limit);
  const events = await queried(source, { logs: accessLogs(source), range, query });
  const entries = inOrder(events.filter(isFound(search)).map(entryOf)).slice(-limit);
  if (entries.length > 0) print(json === true ? entries.map(entryJson).join('\n') : requestTable(entries, paint));
  else progress(`No such request since ${new Date(range.from).toISOString()}.${hintOn(search)}`);
  if (events.length >= limit) progress(`There may be more: this is the newest ${limit}. Name another --limit.`);
}

/** When the gateway ends, its log files are read, which the next one writes on. */
async function follow(first: Source, search: Search, options: LogsOptions): Promise<void> {
  const read: Read = { from: Date.now() - (options.since ?? MINUTE_MS), seen: new Map() };
  for (let source = first; ; source = await reopened(options)) {
    try {
      for await (const events of followed(source, { ...logOf(source), read, pattern: filterPattern(search) })) {
        for (const entry of events.filter(isFound(search)).map(entryOf))
          print(options.json === true ? entryJson(entry) : requestLine(requestColumns(entry), FOLLOW_WIDTHS, paint));
      }
    } catch (error) {
      if (options.stack !== undefined || !isDisconnected(error)) throw error;
      progress('The gateway has ended. New requests are shown when it serves again.');
      await setTimeout(RETRY_MS);
    } finally {
      await source.close();
    }
  }
}

/** With a ready file, nothing says where its gateway had its logs: the next one is waited for. */
async function reopened(options: LogsOptions): Promise<Source> {
  for (;;) {
    try {
      return await openLogs(options);
    } catch (error) {
      if (!isReported(error) || error.faults[0]?.code !== 'gateway-not-running') throw error;
      await setTimeout(RETRY_MS);
    }
  }
}

function logOf(source: Source) {
  const [log] = accessLogs(source);
  return { log };
}

function isDisconnected(error: unknown): boolean {
  return /^(?:ECONNREFUSED|ECONNRESET|EPIPE)$/.test(String((error as NodeJS.ErrnoException | null)?.code));
}

/** Names are compared as the log has them; what is shown has no secrets. */
function isFound(search: Search) {
  return ({ message }: LogEvent) => matches(search, membersOf(message) ?? {});
}

/** Why a name finds nothing, where that may be the reason. */
function hintOn({ client, subject }: Search): string {
  const secret = Object.entries({ client, subject }).find(
    ([, name]) => name !== undefined && redactString(name) !== name,
  );
  if (secret === undefined) return '';
  return ` The value of --${secret[0]} has the form of a secret, and logs can have [redacted] in its place: search for the request with --request, or by --route, --status and --since.`;
}

/** A line that is found can name the request otherwise: WAF knows its extended id alone, and a client its own. */
async function showStory(source: Source, id: string, { since = 24 * HOUR_MS, json }: LogsOptions): Promise<void> {
  const range = { from: Date.now() - since, to: Date.now() + MINUTE_MS };
  const ask = async (ids: readonly string[]) =>
    (await queried(source, { logs: source.logs, range, query: storyQuery(ids, MAX_LINES) })).map(entryOf);
  const first = await ask([id]);
  const others = [
    ...new Set(first.flatMap(({ members = {} }) => [members['requestId'], members['extendedRequestId']])),
  ];
  const more = others.filter((other) => isId(other) && other !== id) as readonly string[];
  const asked = idsOfOneQuery([id, ...more], MAX_LINES);
  const entries = inOrder(more.length === 0 ? first : await ask(asked));
  const left = more.length + 1 - asked.length;
  if (left > 0)
    progress(`This has ${left} more ids than one query can ask for: --request with one of them shows its lines.`);
  if (entries.length === 0) {
    progress(
      `No log has a line of the request ${id} since ${new Date(range.from).toISOString()}. AWS shows lines after a minute or so; --since looks further back.`,
    );
    process.exitCode = EXIT.failure;
    return;
  }
  print(json === true ? entries.map(entryJson).join('\n') : story(entries, paint));
}

function accessLogs({ logs }: Source): readonly [LogSource] {
  const access = logs.filter(({ kind }) => kind === 'access');
  const [only] = access;
  if (only !== undefined && access.length === 1) return [only];
  throw missingOption({
    location: '--api',
    found: access.length === 0 ? 'no access log' : `several access logs: ${access.map(({ name }) => name).join(', ')}`,
    expected: 'the API whose requests are shown',
    fix: access.length === 0 ? 'Send a request first, or check --data.' : 'Name the folder of its logs: --api NAME.',
  });
}

async function searchOf({ client, subject, status, route, definition }: LogsOptions, source: Source): Promise<Search> {
  const wanted = { client, subject, status, ...(route === undefined ? {} : await routeOf(route, definition, source)) };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

/** A method and a path, or the id of a route: of the deployed stack, or of the definition. */
async function routeOf(route: string, definition: string | undefined, { routes }: Source) {
  const [, written, path] = /^([A-Za-z]+)\s*(\/.*)$/.exec(route) ?? [];
  if (written !== undefined && path !== undefined) return { method: written.toUpperCase(), path };
  const found = routes?.find(({ id }) => id === route) ?? routeById(await loadDefinition(definition), route);
  return { method: found.method, path: found.path };
}

function inOrder(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.toSorted((one, other) => one.time - other.time);
}
