import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSource } from '../../lib/cli/observe/openSource.ts';
import { type Client, clientOf } from '../support/client.ts';
import { deployedStack } from '../support/deployedStack.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';

let gateway: RunningGateway;
let call: Client;
/** The id of a request that was denied. */
let denied: string;
beforeAll(async () => {
  gateway = await startGateway();
  call = clientOf(gateway.ready);
  const [editor, viewer] = [await gateway.token('editor', { client: 'acme' }), await gateway.token('viewer')];
  expect((await call('GET', '/me', { token: editor })).status).toBe(200);
  expect((await call('GET', '/documents', { token: editor })).status).toBe(200);
  expect((await call('GET', '/me', { headers: { 'user-agent': 'curl \u0085\u009b31m' } })).status).toBe(401);
  const rejected = await call('POST', '/documents', { token: viewer, body: { title: 'x' } });
  expect(rejected.status).toBe(403);
  denied = rejected.json<{ instance: string }>().instance;
});
afterAll(() => gateway?.stop());

const local = () => ['--data', gateway.ready.data];
const run = (command: string, ...args: readonly string[]) => cli([...command.split(' '), ...args, ...local()]);
const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');
interface Line {
  readonly log: string;
  readonly time: string;
  readonly entry: Readonly<Record<string, string>>;
}
const jsonLines = (text: string) => linesOf(text).map((line) => JSON.parse(line) as Line);

describe('secure-api logs', () => {
  it('shows requests, the newest last, in columns and as JSON', async () => {
    const { stdout } = await run('logs');
    expect(linesOf(stdout).map((line) => line.split(/ {2,}/).slice(1, 3))).toEqual([
      ['200', 'GET /me'],
      ['200', 'GET /documents'],
      ['401', 'GET /me'],
      ['403', 'POST /documents'],
    ]);
    expect(stdout).toMatch(/403 {2}POST \/documents.* {2}ACCESS_DENIED permission-missing {2}/);
    const lines = jsonLines((await run('logs --json')).stdout);
    expect(lines.map(({ log, entry }) => [log, entry['status']])).toContainEqual(['access', '401']);
  });

  it.each([
    ['--client acme', ['200', '200']],
    ['--subject acme --route listDocuments', ['200']],
    ['--route GET/me', ['200', '401']],
    ['--status 4xx', ['401', '403']],
    ['--status 403 --client acme', []],
    ['--limit 1', ['403']],
  ])('finds requests by %s', async (options, statuses) => {
    const { stdout } = await run(`logs --json ${options}`);
    expect(jsonLines(stdout).map(({ entry }) => entry['status'])).toEqual(statuses);
  });

  it('finds a client whose name has the form of a secret, does not show it, and says why a search may find none', async () => {
    const name = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    const other = 'ghp_9876543210abcdefghijABCDEFGHIJ012345';
    await call('GET', '/documents', { token: await gateway.token('viewer', { client: name }) });
    const found = await run('logs', '--json', '--client', name);
    expect(jsonLines(found.stdout).map(({ entry }) => entry['status'])).toEqual(['200']);
    expect(found.stdout + found.stderr).not.toContain(name);
    const none = await run('logs', '--subject', other);
    expect([none.code, none.stdout]).toEqual([0, '']);
    expect(none.stderr).toContain('The value of --subject has the form of a secret');
    expect((await run('logs', '--subject', 'nobody')).stderr).not.toContain('form of a secret');
  });

  it('knows the routes and who has access to them from the gateway, without the definition', async () => {
    const { access, routes, close } = await openSource({ data: gateway.ready.data });
    await close();
    const route = access?.routes.find(({ id }) => id === 'createDocument');
    expect([route?.access, access?.roles['viewer']]).toEqual([
      { kind: 'permission', permission: 'document:create' },
      expect.arrayContaining(['document:read']),
    ]);
    expect(routes).toContainEqual(expect.objectContaining({ id: 'listDocuments', method: 'GET', path: '/documents' }));
  });

  it('tells the story of a request: each line of each log, in the order of time', async () => {
    const { stdout, code } = await run('logs', '--request', denied);
    const [head, ...lines] = linesOf(stdout);
    expect(code).toBe(0);
    expect(head).toMatch(/^POST \/documents · 403 · ACCESS_DENIED permission-missing · \d+ ms$/);
    expect(lines.map((line) => line.split(/ {2,}/).slice(1, 3))).toEqual([
      ['access', '403'],
      ['authorizer', 'deny: permission-missing'],
    ]);
    const json = jsonLines((await run('logs --json --request', denied)).stdout);
    expect(json.map(({ log }) => log)).toEqual(['access', 'authorizer']);
    expect(new Set(json.map(({ entry }) => entry['requestId']))).toEqual(new Set([denied]));
  });

  it('finds a request by its extended id, too, and says where it looked when there is none', async () => {
    const [line] = jsonLines((await run('logs --json --request', denied)).stdout);
    const { stdout } = await run('logs --json', `--request=${line?.entry['extendedRequestId']}`);
    expect(jsonLines(stdout).map(({ log }) => log)).toEqual(['access', 'authorizer']);
    const none = await run('logs --request 00000000-0000-0000-0000-000000000000');
    expect([none.code, none.stdout, none.stderr]).toEqual([1, '', expect.stringContaining('No log has a line of')]);
  });

  it('joins the line of the web ACL, which knows the extended id alone', async () => {
    const [line] = jsonLines((await run('logs --json --request', denied)).stdout);
    const { extendedRequestId, time } = line?.entry ?? {};
    const httpRequest = { requestId: extendedRequestId, httpMethod: 'POST', uri: '/documents', clientIp: '127.0.0.1' };
    const counted = { timestamp: Number(time), action: 'COUNT', terminatingRuleId: 'Default_Action', httpRequest };
    appendFileSync(join(gateway.ready.data, 'logs', 'web-acl.log'), `${JSON.stringify(counted)}\n`);
    const { stdout } = await run('logs --request', denied);
    expect(stdout).toMatch(/ {2}web-acl +COUNT by Default_Action {2}POST \/documents {2}127\.0\.0\.1$/m);
  });

  it.each([
    ['--client', 'acme" or client like /./ | stats count(*) by client'],
    ['--subject', 'a\\" or 1 = 1 #'],
    ['--client', 'x\'\n| filter status = "200"'],
    ['--route', 'GET /me" or status = "403'],
  ])('does not let %s %j change the query', async (option, value) => {
    expect(await run('logs --json', option, value)).toMatchObject({ code: 0, stdout: '' });
  });

  it('rejects an id, a status and a time that are none', async () => {
    for (const args of [
      ['--request', 'a" or 1 = 1'],
      ['--status', '4*'],
      ['--since', 'yesterday'],
    ]) {
      expect((await run('logs', ...args)).code, args.join(' ')).toBe(2);
    }
  });

  it('shows no control character and no secret, whatever a handler printed', async () => {
    const hostile = {
      requestId: denied,
      level: 'INFO',
      message: '\u001b[31mred\u202e\nsecond line',
      password: 'hunter2!x',
    };
    appendFileSync(join(gateway.ready.data, 'logs', 'documents.log'), `${JSON.stringify(hostile)}\n`);
    for (const format of ['', ' --json']) {
      const { stdout } = await run(`logs${format} --request`, denied);
      expect(stdout).toMatch(/\\u001b\[31mred\\u202e(\\n|\\u000a)second line/);
      for (const hidden of ['\u001b', '\u202e', 'hunter2']) expect(stdout).not.toContain(hidden);
      expect(stdout).toContain('[redacted]');
    }
  });

  it('follows new requests until it is ended', async () => {
    const args = ['bin/secure-api.js', 'logs', '--follow', '--json', '--status', '404', '--since', '1s', ...local()];
    const child = spawn(process.execPath, args, { cwd: root });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    const statuses = () => jsonLines(output.slice(0, output.lastIndexOf('\n') + 1)).map(({ entry }) => entry['status']);
    for (const count of [1, 2]) {
      await call('GET', '/nowhere');
      await call('GET', '/health');
      await expect.poll(statuses, { timeout: 20_000 }).toEqual(Array(count).fill('404'));
    }
    child.kill('SIGTERM');
  });
});

describe('secure-api alarms', () => {
  it('shows what fires, how bad it is, who causes it and what to do', async () => {
    const speedy = await startGateway({ args: ['--speed', '60'] });
    try {
      const rejected = clientOf(speedy.ready);
      const alarms = (...args: readonly string[]) => cli(['alarms', ...args, '--data', speedy.ready.data]);
      const quiet = await alarms('--exit-code');
      expect([quiet.code, quiet.stdout]).toEqual([0, expect.stringMatching(/^\d+ alarms: 0 ALARM, /)]);
      for (let i = 0; i < 30; i++) await rejected('GET', '/me', { token: `wrong-${i}` });
      const states = async () => JSON.parse((await alarms('--json', '--state', 'alarm')).stdout).alarms;
      await expect.poll(states, { timeout: 30_000 }).not.toEqual([]);
      expect(await states()).toContainEqual(
        expect.objectContaining({
          alarm: 'failed-logins',
          state: 'ALARM',
          severity: 'page',
          measured: expect.stringMatching(/^\d+ responses with 401 in five minutes\. It fires at 20 or more\.$/),
          contributors: [{ title: 'Rejected tokens', rows: [{ name: '127.0.0.1', requests: '30' }] }],
          runbook: expect.stringContaining('/runbooks/failed-logins'),
        }),
      );
      const { code, stdout } = await alarms('--exit-code');
      expect([code, stdout]).toEqual([3, expect.stringContaining('Rejected tokens: 127.0.0.1 (30)')]);
      const history = async () => JSON.parse((await alarms('failed-logins', '--history', '--json')).stdout).history;
      expect(await history()).toContainEqual(expect.objectContaining({ alarm: 'failed-logins', to: 'ALARM' }));
      await speedy.stop();
      // What was notified is still known.
      expect(await history()).toContainEqual(expect.objectContaining({ to: 'ALARM' }));
      expect((await alarms()).stderr).toContain('gateway-not-running');
    } finally {
      await speedy.stop();
    }
  });

  it('rejects a name that no alarm has', async () => {
    expect(await run('alarms nobody')).toMatchObject({ code: 2, stderr: expect.stringContaining('failed-logins') });
  });
});

describe('secure-api metrics', () => {
  it('shows metrics by short names over time', async () => {
    const { stdout } = await run('metrics --json requests 4xx unauthorized denied-tokens p99 --since 10m');
    const { metrics } = JSON.parse(stdout) as {
      readonly metrics: readonly { readonly name: string; readonly points: readonly { readonly value: number }[] }[];
    };
    const sums = metrics.map(({ name, points }) => [name, points.reduce((sum, { value }) => sum + value, 0)]);
    expect(Object.fromEntries(sums)).toMatchObject({ unauthorized: 1, 'denied-tokens': 1, p99: expect.any(Number) });
    expect(metrics[0]?.points.length).toBeGreaterThan(0);
    const table = await run('metrics');
    expect(table.stdout).toMatch(/^requests +\d+ +\d+ +\d+ .*█/m);
    expect((await run('metrics nothing')).code).toBe(2);
  });
});

describe('with a deployed stack', () => {
  it('finds logs, alarms and metrics by its template and its resources', async () => {
    const { endpoint, ask } = await deployedStack(gateway.ready, ['failed-logins']);
    await using _ = endpoint;
    const requests = await ask('logs', '--route', 'createDocument', '--json');
    expect(requests.stderr).toBe('');
    expect(jsonLines(requests.stdout).map(({ entry }) => entry['requestId'])).toEqual([denied]);
    const lines = await ask('logs', '--request', denied, '--json');
    expect(jsonLines(lines.stdout).map(({ log }) => log)).toEqual(
      expect.arrayContaining(['access', 'authorizer', 'web ACL']),
    );
    expect(JSON.parse((await ask('alarms', '--json')).stdout)).toMatchObject({
      alarms: [{ alarm: 'failed-logins', severity: 'page' }],
    });
    const { metrics } = JSON.parse((await ask('metrics', 'requests', '--json')).stdout);
    expect(metrics[0].points.length).toBeGreaterThan(0);
    expect(new Set(endpoint.calls.map(({ operation }) => operation))).toEqual(
      new Set(['DescribeStacks', 'GetTemplate', 'ListStackResources']),
    );
  });
});

describe('without a gateway', () => {
  it('reads the logs of the one that ran last', async () => {
    const data = temporaryFolder();
    const ended = await startGateway({ data });
    const response = await clientOf(ended.ready)('GET', '/me');
    await ended.stop();
    const { stdout } = await cli(['logs', '--json', '--data', data]);
    const [line] = jsonLines(stdout);
    expect([response.status, line?.entry['status']]).toEqual([401, '401']);
    const story = await cli(['logs', '--request', line?.entry['requestId'] ?? '', '--data', data]);
    expect(story.stdout).toContain('GET /me · 401');
    expect((await cli(['metrics', '--data', data])).stderr).toContain('gateway-not-running');
    expect((await cli(['logs', '--data', temporaryFolder()])).stderr).toContain('gateway-not-running');
  });
});
