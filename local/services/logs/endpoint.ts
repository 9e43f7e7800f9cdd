/**
 * The part of CloudWatch Logs' API that runs queries, over the log files of a data directory.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
 */
import { randomUUID } from 'node:crypto';
import { type Json, number, string, strings } from '../../assembly/values.ts';
import { type AwsJsonKind, OperationError } from '../awsJson.ts';
import { matchesPattern, parseFilterPattern } from '../cloudwatch/pattern/filterPattern.ts';
import { LOG_STREAM, type LogEvent, readEvents } from './events.ts';
import { parseQuery } from './parseQuery.ts';
import { type QueryResult, runQuery } from './runQuery.ts';

/** What is asked. */
export interface Logs {
  /** The data directory. */
  readonly directory: string;
  /** The files of the log groups, by their names, without `.log`. */
  files(): Readonly<Record<string, string>>;
  /** Writes what is buffered. */
  flush(): Promise<void>;
}

/** Results are kept for so many queries. */
const MAX_QUERIES = 100;
/** The most events and log groups of a response. */
const MAX_EVENTS = 10_000;
const MAX_GROUPS = 50;

interface Finished extends QueryResult {
  readonly scanned: number;
  readonly bytes: number;
}

/** Operations by name, in AWS JSON 1.1. A query has run when StartQuery returns. */
export function logsKind(logs: Logs): AwsJsonKind {
  const finished = new Map<string, Finished>();
  return {
    service: 'logs',
    target: 'Logs_20140328',
    version: '1.1',
    operations: {
      DescribeLogGroups: (input) => describeLogGroups(logs, input),
      FilterLogEvents: (input) => filterLogEvents(logs, input),
      async StartQuery(input) {
        const queryId = randomUUID();
        finished.set(queryId, await finishedQuery(logs, input));
        const [oldest] = finished.keys();
        if (finished.size > MAX_QUERIES && oldest !== undefined) finished.delete(oldest);
        return { queryId };
      },
      GetQueryResults(input) {
        const result = finished.get(string(input['queryId']) ?? '');
        if (result === undefined) throw new OperationError('ResourceNotFoundException', 'There is no such query.');
        const { rows, matched, scanned, bytes } = result;
        const statistics = { recordsMatched: matched, recordsScanned: scanned, bytesScanned: bytes };
        return { queryLanguage: 'CWLI', status: 'Complete', results: rows, statistics };
      },
      StopQuery: () => ({ success: false }),
    },
  };
}

function describeLogGroups({ files }: Logs, input: Json): Json {
  const prefix = string(input['logGroupNamePrefix']) ?? '';
  const part = string(input['logGroupNamePattern']) ?? '';
  const names = Object.keys(files()).filter((name) => name.startsWith(prefix) && name.includes(part));
  const start = number(input['nextToken']) ?? 0;
  const end = start + (number(input['limit']) ?? MAX_GROUPS);
  return {
    logGroups: names
      .toSorted()
      .slice(start, end)
      .map((logGroupName) => ({ logGroupName })),
    ...(end < names.length && { nextToken: String(end) }),
  };
}

async function finishedQuery(logs: Logs, input: Json): Promise<Finished> {
  const query = understood('MalformedQueryException', () => parseQuery(string(input['queryString']) ?? ''));
  const [start, end] = [number(input['startTime']), number(input['endTime'])];
  if (start === undefined || end === undefined || start > end)
    throw new OperationError('InvalidParameterException', 'startTime and endTime are epoch seconds, in this order.');
  const names = [input['logGroupName'], ...strings(input['logGroupNames']), ...strings(input['logGroupIdentifiers'])];
  const groups = names.flatMap((name) => string(name) ?? []).map(groupName);
  if (groups.length === 0) throw new OperationError('InvalidParameterException', 'A log group is required.');
  await logs.flush();
  const events = groups.flatMap((group) => eventsIn(logs, group));
  // The end is a whole second that belongs to the range.
  const inRange = events.filter(({ timestamp }) => timestamp >= start * 1000 && timestamp < (end + 1) * 1000);
  const ordered = inRange.toSorted((one, other) => one.timestamp - other.timestamp);
  const bytes = inRange.reduce((total, { message }) => total + Buffer.byteLength(message), 0);
  return { ...runQuery(query, ordered, number(input['limit'])), scanned: inRange.length, bytes };
}

async function filterLogEvents(logs: Logs, input: Json): Promise<Json> {
  const group = groupName(string(input['logGroupName']) ?? string(input['logGroupIdentifier']) ?? '');
  const pattern = understood('InvalidParameterException', () =>
    parseFilterPattern(string(input['filterPattern']) ?? ''),
  );
  await logs.flush();
  const [start, end] = [number(input['startTime']) ?? 0, number(input['endTime']) ?? Number.POSITIVE_INFINITY];
  const matching = eventsIn(logs, group)
    .filter(({ timestamp }) => timestamp >= start && timestamp < end)
    .filter(({ message, json }) => matchesPattern(pattern, message, json));
  const first = number(input['nextToken']) ?? 0;
  const next = first + Math.min(number(input['limit']) ?? MAX_EVENTS, MAX_EVENTS);
  return {
    events: matching.slice(first, next).map(({ timestamp, message, id }) => {
      return { logStreamName: LOG_STREAM, timestamp, message, ingestionTime: timestamp, eventId: id };
    }),
    searchedLogStreams: [],
    ...(next < matching.length && { nextToken: String(next) }),
  };
}

/** An ARN names its group after `log-group:`. */
function groupName(identifier: string): string {
  return /:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier;
}

function eventsIn({ directory, files }: Logs, group: string): readonly LogEvent[] {
  const names = files();
  const file = Object.hasOwn(names, group) ? names[group] : undefined;
  if (file === undefined) throw new OperationError('ResourceNotFoundException', `There is no log group ${group}.`);
  return readEvents(directory, group, file);
}

function understood<T>(code: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new OperationError(code, error instanceof Error ? error.message : String(error));
  }
}
