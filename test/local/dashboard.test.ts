import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf } from '../support/client.ts';
import { folderOf, temporaryFolder } from '../support/folders.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';

interface Shown {
  readonly kind: string;
  readonly title: string;
  readonly error?: string;
  readonly series?: readonly { readonly label: string; readonly points: readonly (readonly [string, number])[] }[];
  readonly contributors?: readonly { readonly keys: readonly string[]; readonly count: number }[];
  readonly alarms?: readonly { readonly name: string; readonly state: string }[];
}

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
  const call = clientOf(gateway.ready);
  const token = await gateway.token('viewer', { client: 'viewer-app' });
  for (let i = 0; i < 3; i++) await call('GET', '/documents', { token });
  await call('GET', '/documents/unknown/path', { token });
  await call('GET', '/me', { token: 'planted-in-the-token' });
});
afterAll(() => gateway?.stop());

const dashboard = (...args: readonly string[]) => cli(['dashboard', '--data', gateway.ready.data, ...args]);

it('reads each widget of the dashboard from a running gateway, with the requests that it served', async () => {
  const { stdout, code } = await dashboard('--json', '--since', '30m');
  expect(code).toBe(0);
  const { widgets } = JSON.parse(stdout) as { readonly widgets: readonly Shown[] };
  expect(widgets.filter(({ error }) => error !== undefined)).toEqual([]);
  const lines = (title: string) => {
    const found = widgets.find((widget) => widget.title === title)?.series ?? [];
    return Object.fromEntries(
      found.map(({ label, points }) => [label, points.reduce((sum, [, value]) => sum + value, 0)]),
    );
  };
  expect(lines('Requests')).toMatchObject({ requests: 5 });
  expect(lines('Requests in five minutes, and what is usual')).toMatchObject({ all: 5, '4xx': 2, '5xx': 0 });
  expect(lines('Rejected requests by reason')).toMatchObject({ '401 no valid token': 1, '404 not found': 1 });
  expect(lines('Requests by tier')).toMatchObject({ free: 3 });
  expect(lines('Latency p99 by tier')['free']).toBeGreaterThan(0);
  expect(lines('Requests that reached functions, by group of routes')).toMatchObject({ documents: 3 });
  expect(lines('Ingested logs, bytes: the 10 largest')['access log']).toBeGreaterThan(0);
  const clients = widgets.find(({ title }) => title === 'Clients with most requests');
  expect(clients?.contributors).toEqual([{ keys: ['viewer-app', 'free'], count: 3 }]);
  const states = widgets.flatMap(({ alarms = [] }) => alarms.map(({ state }) => state));
  expect(states.length).toBeGreaterThan(20);
  expect(states).not.toContain('missing');
});

it('writes one page, which holds no token', async () => {
  const file = join(temporaryFolder(), 'page.html');
  const { stdout, code } = await dashboard('--html', file);
  expect([code, stdout]).toEqual([0, expect.stringContaining(`${file} shows`)]);
  const html = readFileSync(file, 'utf8');
  expect(html).toContain('<h3>Health</h3>');
  expect(html.match(/<svg /g)?.length).toBeGreaterThan(20);
  expect(html).not.toMatch(/<script|planted|eyJ/);
});

it('replaces no file that is no page, and what a link leads to is left as it is', async () => {
  const folder = folderOf({ 'definition.ts': 'kept', 'linked.txt': 'kept' });
  const { code, stderr } = await dashboard('--html', join(folder, 'definition.ts'));
  expect([code, stderr]).toEqual([2, expect.stringContaining('ends with .html')]);
  symlinkSync(join(folder, 'linked.txt'), join(folder, 'page.html'));
  const linked = await dashboard('--html', join(folder, 'page.html'));
  expect([linked.code, linked.stderr]).toEqual([2, expect.stringContaining('which is a link')]);
  for (const more of [['--force'], []])
    expect((await dashboard('--html', join(folder, 'page.html'), ...more)).code).toBe(0);
  for (const name of ['definition.ts', 'linked.txt']) expect(readFileSync(join(folder, name), 'utf8')).toBe('kept');
  expect(statSync(join(folder, 'page.html')).mode & 0o777).toBe(0o600);
});

it('says that no gateway runs, writes nothing, and ends with exit code 2', async () => {
  const [data, file] = [temporaryFolder(), join(temporaryFolder(), 'page.html')];
  const { stderr, code } = await cli(['dashboard', '--data', data, '--html', file, '--since', '1h']);
  expect([code, stderr, existsSync(file)]).toEqual([2, expect.stringContaining('gateway-not-running'), false]);
});
