import { setTimeout } from 'node:timers/promises';
import { loadSdk } from '../../aws/sdk.ts';
import { ConfigError } from '../../definition/errors.ts';
import type { LogSource, Source } from './source.ts';

/** A line of a log. */
export interface LogEvent {
  readonly log: LogSource;
  /** Milliseconds since 1970: when the service received it. */
  readonly received: number;
  readonly message: string;
}

/** In milliseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** A query reads so many log groups: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatchlogs_limits.html */
const MAX_GROUPS = 50;
const POLL_MS = 400;
/** Between two looks of `--follow`; FilterLogEvents allows 5 a second in some regions. */
const FOLLOW_MS = 2_000;
/** Lines arrive late, and in another order: so far back is read again. */
const OVERLAP_MS = 60_000;

/**
 * Runs a query of Logs Insights over logs. It is billed by what it reads, so it reads the named logs and the range alone.
 *
 * @throws {ConfigError} `aws-call-failed` when the service does not finish it. Errors of the service are thrown unchanged.
 */
export async function queried(
  source: Source,
  { logs, range, query }: { readonly logs: readonly LogSource[]; readonly range: TimeRange; readonly query: string },
): Promise<readonly LogEvent[]> {
  const { cloudWatchLogs: sdk } = await loadSdk('cloudWatchLogs');
  const client = new sdk.CloudWatchLogsClient(source.settings('CLOUDWATCH_LOGS'));
  const run = async (some: readonly LogSource[]): Promise<readonly LogEvent[]> => {
    const { queryId } = await client.send(
      new sdk.StartQueryCommand({
        logGroupNames: some.map(({ logGroup }) => logGroup),
        startTime: Math.floor(range.from / 1000),
        endTime: Math.ceil(range.to / 1000),
        queryString: query,
      }),
    );
    for (;;) {
      const { status = 'Unknown', results = [] } = await client.send(new sdk.GetQueryResultsCommand({ queryId }));
      if (status === 'Complete') return results.map((row) => eventOf(row, some));
      if (status !== 'Scheduled' && status !== 'Running') throw unfinished(status);
      await setTimeout(POLL_MS);
    }
  };
  try {
    const parts = Array.from({ length: Math.ceil(logs.length / MAX_GROUPS) }, (_, index) =>
      logs.slice(index * MAX_GROUPS, (index + 1) * MAX_GROUPS),
    );
    return (await Promise.all(parts.map(run))).flat();
  } finally {
    client.destroy();
  }
}

function eventOf(
  row: readonly { readonly field?: string; readonly value?: string }[],
  logs: readonly LogSource[],
): LogEvent {
  const values = new Map(row.map(({ field, value = '' }) => [field, value]));
  // On AWS, the account stands before the name.
  const group = values.get('@log')?.split(':').at(-1);
  const log = logs.find(({ logGroup }) => logGroup === group) ?? {
    kind: 'function',
    name: group ?? '?',
    logGroup: group ?? '',
  };
  const received = Date.parse(`${values.get('@timestamp')?.replace(' ', 'T')}Z`);
  return { log, received, message: values.get('@message') ?? '' };
}

function unfinished(status: string): ConfigError {
  return new ConfigError({
    code: 'aws-call-failed',
    location: 'CloudWatch Logs Insights',
    found: `a query that ended as ${status}`,
    expected: 'its results',
    fix: 'Name a shorter time: --since 15m.',
  });
}

/** How far a log was read. It stays when a reader of another source goes on. */
export interface Read {
  /** Milliseconds since 1970. */
  from: number;
  /** When each line after it that was read arrived, by time and content. */
  seen: ReadonlyMap<string, number>;
}

/**
 * Reads the new lines of a log until the process ends, by FilterLogEvents: it is free of charge and leaves nothing out. A live tail would be
 * faster by a second or two, but costs for each minute, and shows a sample of more than 500 lines a second.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs_LiveTail.html
 */
export async function* followed(
  source: Source,
  { log, read, pattern }: { readonly log: LogSource; readonly read: Read; readonly pattern: string },
): AsyncGenerator<readonly LogEvent[]> {
  const { cloudWatchLogs: sdk } = await loadSdk('cloudWatchLogs');
  const client = new sdk.CloudWatchLogsClient(source.settings('CLOUDWATCH_LOGS'));
  for (;;) {
    const fresh: LogEvent[] = [];
    const seen = new Map(read.seen);
    const input = {
      logGroupName: log.logGroup,
      startTime: read.from,
      ...(pattern === '' ? {} : { filterPattern: pattern }),
    };
    for await (const { events = [] } of sdk.paginateFilterLogEvents({ client }, input)) {
      for (const { timestamp = 0, message = '' } of events) {
        // Its id is another one where stored logs are read.
        const key = `${timestamp} ${message}`;
        if (seen.has(key)) continue;
        seen.set(key, timestamp);
        fresh.push({ log, received: timestamp, message });
      }
    }
    const newest = [...seen.values()].reduce((latest, timestamp) => Math.max(latest, timestamp), read.from);
    read.from = Math.max(read.from, newest - OVERLAP_MS);
    read.seen = new Map([...seen].filter(([, timestamp]) => timestamp >= read.from));
    yield fresh.toSorted((one, other) => one.received - other.received);
    await setTimeout(FOLLOW_MS);
  }
}
