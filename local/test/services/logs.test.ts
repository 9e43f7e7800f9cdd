import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { startAwsJson } from '../../services/awsJson.ts';
import { logsKind } from '../../services/logs/endpoint.ts';
import { serveStoredLogs } from '../../services/logs/start.ts';
import { access, signedFetch } from '../support/services.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const START = Date.UTC(2026, 10, 29, 10);
const entry = (second: number, members: object) => JSON.stringify({ time: String(START + second * 1000), ...members });
const ACCESS = [
  entry(0, { requestId: 'r1', status: '200', client: 'acme', latency: '12', routePath: '/documents' }),
  entry(1, { requestId: 'r2', status: '401', client: '-', latency: '3', routePath: '/documents' }),
  entry(2, { requestId: 'r3', status: '429', client: 'acme', latency: '2', routePath: '/documents/{id}' }),
  entry(70, { requestId: 'r4', status: '503', client: 'say "hi" \\ | #', latency: '900', routePath: '/documents' }),
];
const DOCUMENTS = [
  JSON.stringify({ timestamp: '2026-11-29T10:00:02.500Z', requestId: 'r3', error: { name: 'Boom', list: ['a'] } }),
  'a line without a time',
];

/** Asks the logs of two groups, as an SDK does. */
async function start(files: Readonly<Record<string, readonly string[]>> = { access: ACCESS, documents: DOCUMENTS }) {
  const directory = temporaryFolder();
  mkdirSync(join(directory, 'logs'));
  for (const [name, lines] of Object.entries(files))
    writeFileSync(join(directory, 'logs', `${name}.log`), `${lines.join('\n')}\n`);
  const names = { '/aws/access': 'access', '/aws/lambda/documents': 'documents' };
  const kind = logsKind({ directory, files: () => names, flush: async () => undefined });
  const { url, close } = await startAwsJson(kind, access);
  closing.push(close);
  const call = async (operation: string, input: object) => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` };
    const response = await signedFetch(url, { service: 'logs', headers, body: JSON.stringify(input) });
    return (await response.json()) as Readonly<Record<string, unknown>>;
  };
  const query = async (queryString: string, more: object = {}) => {
    const range = { startTime: START / 1000, endTime: START / 1000 + 3_600 };
    const started = await call('StartQuery', { logGroupName: '/aws/access', ...range, queryString, ...more });
    if (started['queryId'] === undefined) return started;
    const { results } = await call('GetQueryResults', started);
    return (results as readonly (readonly { readonly field: string; readonly value: string }[])[]).map((row) =>
      Object.fromEntries(row.map(({ field, value }) => [field, value])),
    );
  };
  return { call, query, directory };
}

describe('queries of Logs Insights over the log files', () => {
  it('count by fields, sort and limit, as the saved queries do', async () => {
    const { query } = await start();
    const rejected = `filter status like /^4/
      | stats count(*) as requests by client, status
      | sort requests desc
      | limit 50`;
    expect(await query(rejected)).toEqual([
      { client: 'acme', status: '429', requests: '1' },
      { client: '-', status: '401', requests: '1' },
    ]);
    expect(
      await query('stats count(*) as n, pct(latency, 99) as p99, avg(latency), max(latency) by client'),
    ).toContainEqual({ client: 'acme', n: '2', p99: '12', 'avg(latency)': '7', 'max(latency)': '12' });
    expect(await query('stats count(*) as n by bin(1m) as minute | sort minute asc')).toEqual([
      { minute: '2026-11-29 10:00:00.000', n: '3' },
      { minute: '2026-11-29 10:01:00.000', n: '1' },
    ]);
  });

  it('show events, the newest first, with their time, message and pointer', async () => {
    const { query } = await start();
    expect(await query('filter status = "503"')).toEqual([
      { '@timestamp': '2026-11-29 10:01:10.000', '@message': ACCESS[3], '@ptr': expect.any(String) },
    ]);
    expect(await query('fields requestId | limit 1')).toEqual([{ requestId: 'r4', '@ptr': expect.any(String) }]);
  });

  it('join several groups, and read members of members', async () => {
    const { query } = await start();
    const both = { logGroupName: undefined, logGroupNames: ['/aws/access', '/aws/lambda/documents'] };
    const story = await query(
      'fields @log, error.name, error.list.0 | filter requestId = "r3" | sort @timestamp asc',
      both,
    );
    expect(story).toMatchObject([
      { '@log': '/aws/access' },
      { '@log': '/aws/lambda/documents', 'error.name': 'Boom', 'error.list.0': 'a' },
    ]);
  });

  it('compare strings and numbers, and combine conditions', async () => {
    const { query } = await start();
    const ids = async (condition: string) => {
      const rows = await query(`fields requestId | filter ${condition} | sort requestId asc`);
      return (rows as readonly Record<string, string>[]).map((row) => row['requestId']);
    };
    expect(await ids('latency > 10')).toEqual(['r1', 'r4']);
    expect(await ids('status = "200" or (client = "acme" and latency <= 2)')).toEqual(['r1', 'r3']);
    expect(await ids('status in ["200", "401"] and not client like "ac"')).toEqual(['r2']);
    expect(await ids('status not in ["200", "401"]')).toEqual(['r3', 'r4']);
    expect(await ids('routePath =~ /\\{id\\}$/ and ispresent(client)')).toEqual(['r3']);
    expect(await ids('client like /(?i)ACME/')).toEqual(['r1', 'r3']);
    expect(await ids('client = "say \\"hi\\" \\\\ | #"')).toEqual(['r4']);
    expect(await ids('nothing = "x"')).toEqual([]);
  });

  it.each([
    'parse @message "x*" as y',
    'filter status = 200 | delete',
    'filter tolower(client) = "acme"',
    'fields latency * 2',
    'stats stddev(latency)',
    'filter status = "unclosed',
    'filter status like /(/',
    '',
  ])('reject what is not computed here, such as %j, so that no result is wrong', async (text) => {
    const { query } = await start();
    expect(await query(text)).toMatchObject({ __type: 'MalformedQueryException', message: expect.any(String) });
  });

  it('need a log group that exists, and a range', async () => {
    const { query } = await start();
    expect(await query('limit 1', { logGroupName: '/nobody' })).toMatchObject({ __type: 'ResourceNotFoundException' });
    expect(await query('limit 1', { endTime: 0 })).toMatchObject({ __type: 'InvalidParameterException' });
  });
});

describe('events of the log files', () => {
  it('are filtered by patterns, in pages, with ids that stay', async () => {
    const { call } = await start();
    const filter = (more: object) => call('FilterLogEvents', { logGroupName: '/aws/access', ...more });
    const first = await filter({ filterPattern: '{ $.client = "acme" }', limit: 1 });
    expect(first).toMatchObject({ events: [{ message: ACCESS[0], timestamp: START }], nextToken: '1' });
    const second = await filter({ filterPattern: '{ $.client = "acme" }', limit: 1, nextToken: '1' });
    expect(second).toMatchObject({ events: [{ message: ACCESS[2] }] });
    expect(await filter({ filterPattern: '{ $.client = "acme" }', limit: 1 })).toEqual(first);
    expect((await filter({ startTime: START + 3_000 }))['events']).toHaveLength(1);
  });

  it('without a time of their own belong to the entry before, and a file that was renamed is read too', async () => {
    const { call, directory } = await start();
    const { events } = await call('FilterLogEvents', { logGroupName: '/aws/lambda/documents' });
    expect(events).toMatchObject([{ timestamp: START + 2_500 }, { timestamp: START + 2_500 }]);
    writeFileSync(join(directory, 'logs', 'access.1.log'), `${entry(-5, { requestId: 'r0' })}\n`);
    const all = await call('FilterLogEvents', { logGroupName: '/aws/access' });
    expect(all['events']).toHaveLength(5);
  });

  it('of a gateway that does not run are served as well, by the names of their files', async () => {
    const { directory } = await start();
    const stored = await serveStoredLogs(directory);
    closing.push(stored.close);
    expect(stored.logGroups).toEqual(['access', 'documents']);
    expect((await serveStoredLogs(temporaryFolder()).then((none) => none.close().then(() => none))).logGroups).toEqual(
      [],
    );
  });
});
