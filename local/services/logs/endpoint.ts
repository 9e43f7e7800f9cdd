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
import { TimeExceeded, withinTime } from './withinTime.ts';

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
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
const LONGEST_QUERY = 10_000;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const LONGEST_PATTERN = 1_024;
/** Queries end as `Timeout` after an hour on AWS, and after so long here, because nothing else runs meanwhile. */
const LONGEST_MS = 2_000;

interface Finished extends QueryResult {
  readonly scanned: number;
  readonly bytes: number;
  readonly status: 'Complete' | 'Timeout';
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
        const { rows, matched, scanned, bytes, status } = result;
        const statistics = { recordsMatched: matched, recordsScanned: scanned, bytesScanned: bytes };
        return { queryLanguage: 'CWLI', status, results: rows, statistics };
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
  const end = start + limitOf(input, MAX_GROUPS);
  return {
    logGroups: names
      .toSorted()
      .slice(start, end)
      .map((logGroupName) => ({ logGroupName })),
    ...(end < names.length && { nextToken: String(end) }),
  };
}

async function finishedQuery(logs: Logs, input: Json): Promise<Finished> {
  const text = string(input['queryString']) ?? '';
  if (text.length > LONGEST_QUERY) throw invalid(`queryString is longer than ${LONGEST_QUERY} characters.`);
  const query = understood('MalformedQueryException', () => parseQuery(text));
  const [start, end] = [number(input['startTime']), number(input['endTime'])];
  if (start === undefined || end === undefined || start > end)
    throw invalid('startTime and endTime are epoch seconds, in this order.');
  const limit = limitOf(input, MAX_EVENTS);
  const names = [input['logGroupName'], ...strings(input['logGroupNames']), ...strings(input['logGroupIdentifiers'])];
  const groups = names.flatMap((name) => string(name) ?? []).map(groupName);
  if (groups.length === 0 || groups.length > MAX_GROUPS) throw invalid(`1–${MAX_GROUPS} log groups are required.`);
  await logs.flush();
  const events = groups.flatMap((group) => eventsIn(logs, group));
  // The end is a whole second that belongs to the range.
  const inRange = events.filter(({ timestamp }) => timestamp >= start * 1000 && timestamp < (end + 1) * 1000);
  const ordered = inRange.toSorted((one, other) => one.timestamp - other.timestamp);
  const bytes = inRange.reduce((total, { message }) => total + Buffer.byteLength(message), 0);
  const scanned = inRange.length;
  try {
    return { ...withinTime(LONGEST_MS, () => runQuery(query, ordered, limit)), scanned, bytes, status: 'Complete' };
  } catch (error) {
    if (!(error instanceof TimeExceeded)) throw error;
    return { rows: [], matched: 0, scanned, bytes, status: 'Timeout' };
  }
}

/** How many the caller wants. */
function limitOf(input: Json, most: number): number {
  const limit = input['limit'] === undefined ? most : number(input['limit']);
  if (limit !== undefined && Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw invalid(`limit is a whole number from 1 to ${most}.`);
}

function invalid(message: string): OperationError {
  return new OperationError('InvalidParameterException', message);
}

async function filterLogEvents(logs: Logs, input: Json): Promise<Json> {
  const group = groupName(string(input['logGroupName']) ?? string(input['logGroupIdentifier']) ?? '');
  const written = string(input['filterPattern']) ?? '';
  if (written.length > LONGEST_PATTERN) throw invalid(`filterPattern is longer than ${LONGEST_PATTERN} characters.`);
  const pattern = understood('InvalidParameterException', () => parseFilterPattern(written));
  await logs.flush();
  const [start, end] = [number(input['startTime']) ?? 0, number(input['endTime']) ?? Number.POSITIVE_INFINITY];
  const matching = eventsIn(logs, group)
    .filter(({ timestamp }) => timestamp >= start && timestamp < end)
    .filter(({ message, json }) => matchesPattern(pattern, message, json));
  const first = number(input['nextToken']) ?? 0;
  const next = first + limitOf(input, MAX_EVENTS);
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
