import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type EntryBytes, NOW } from '../../docs/costUsage.ts';
import { clientOf } from '../support/client.ts';
import { temporaryFolder } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

interface Entry {
  readonly bytes: number;
  readonly text: string;
  readonly message?: string;
  readonly requestId?: string;
  readonly status?: number | string;
  readonly decision?: string;
  readonly sampledFrom?: number;
  readonly Requests?: number | readonly number[];
  readonly AuthorizerAllow?: number;
  readonly AuthorizerReject?: number;
}

const LIMIT = 60;
const UNKNOWN = '/documents/00000000-0000-4000-8000-000000000000';

/** Entries of a log that a gateway wrote, after it ended. */
function entriesOf(gateway: RunningGateway, name: string): readonly Entry[] {
  const lines = readFileSync(join(gateway.ready.data, 'logs', `${name}.log`), 'utf8')
    .split('\n')
    .filter(Boolean);
  return lines.map((text) => {
    const fields = text.startsWith('{') ? (JSON.parse(text) as Partial<Entry>) : {};
    return { ...fields, text, bytes: Buffer.byteLength(text) };
  });
}

/** The sample, whose functions have the limit. */
async function limitedSample(): Promise<string> {
  const folder = temporaryFolder();
  cpSync(await sampleAssembly(), folder, { recursive: true });
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.template.json'))) {
    const template = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const resource of Object.values<{ Type: string; Properties: Record<string, never> }>(template.Resources)) {
      if (resource.Type !== 'AWS::Lambda::Function') continue;
      const { Environment } = resource.Properties as { Environment?: { Variables?: Record<string, string> } };
      if (Environment?.Variables) Environment.Variables['SECURE_API_ALLOWED_LINES'] = String(LIMIT);
    }
    writeFileSync(join(folder, name), JSON.stringify(template));
  }
  return folder;
}

it('the page of costs has the lengths of entries that real requests write, within five percent', async () => {
  const gateway = await startGateway();
  const call = clientOf(gateway.ready);
  const token = await gateway.token('viewer', { tier: 'premium' });
  const headers = { 'user-agent': 'example-client/1.0 (linux)' };
  for (let i = 0; i < 30; i += 1) {
    await call('GET', '/documents', { token, headers });
    await call('GET', UNKNOWN, { token, headers });
    await call('GET', '/documents', { token: `${token}x${i}`, headers });
  }
  await gateway.stop();
  const mean = (entries: readonly Entry[]) => entries.reduce((sum, { bytes }) => sum + bytes, 0) / entries.length;
  const access = entriesOf(gateway, 'access').filter(({ status }) => status === '200');
  const handler = entriesOf(gateway, 'documents');
  const authorizer = entriesOf(gateway, 'authorizer');
  const measured: EntryBytes = {
    access: mean(access),
    allowed: mean(handler.filter(({ status }) => status === 200)),
    failed: mean(handler.filter(({ status }) => status === 404)),
    metrics: mean(handler.filter(({ Requests }) => Requests !== undefined)),
    allowedDecision: mean(authorizer.filter(({ decision }) => decision === 'allow')),
    rejectedDecision: mean(authorizer.filter(({ decision }) => decision === 'reject')),
    decisionMetrics: mean(authorizer.filter((entry) => entry.AuthorizerAllow || entry.AuthorizerReject)),
    // The paths in its stack are those of this machine.
    invokeError: NOW.invokeError,
  };
  const wrong = Object.entries(measured).filter(
    ([name, bytes]) => Math.abs(bytes / NOW[name as keyof EntryBytes] - 1) > 0.05,
  );
  expect(wrong).toEqual([]);
});

it('a limit leaves out lines about allowed requests alone: each rejection and each error is in every log', async () => {
  const gateway = await startGateway({ assembly: await limitedSample() });
  const call = clientOf(gateway.ready);
  const token = await gateway.token('viewer', { tier: 'premium' });
  const counts = new Map<string, number>();
  const send = async (kind: string, path: string, credentials?: string) => {
    const { status } = await call('GET', path, credentials === undefined ? {} : { token: credentials });
    const key = `${kind} ${status}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  const started = Date.now();
  for (let i = 0; i < 200; i += 1) {
    const allowed = Array.from({ length: 10 }, () => send('allowed', '/documents', token));
    await Promise.all([...allowed, send('unknown', UNKNOWN, token), send('forged', '/documents', `${token}x${i}`)]);
    await send('missing', '/documents');
    await sleep(60);
  }
  const windows = Math.ceil((Date.now() - started) / 10_000) + 1;
  await gateway.stop();

  const sent = (pattern: RegExp) =>
    [...counts].filter(([key]) => pattern.test(key)).reduce((sum, [, count]) => sum + count, 0);
  expect(sent(/./)).toBe(2600);
  const access = entriesOf(gateway, 'access');
  for (const status of ['200', '401', '404', '429']) {
    expect(access.filter((entry) => entry.status === status).length, status).toBe(sent(new RegExp(` ${status}$`)));
  }
  const authorizer = entriesOf(gateway, 'authorizer');
  expect(authorizer.filter(({ decision }) => decision === 'reject').length).toBe(sent(/^forged 401/));

  const handler = entriesOf(gateway, 'documents');
  const requests = handler.filter(({ message }) => message === 'request');
  expect(requests.filter(({ status }) => status === 404).length).toBe(sent(/^unknown 404/));
  expect(requests.filter(({ status }) => status !== 200 && status !== 404)).toEqual([]);
  const allowed = requests.filter(({ status }) => status === 200);
  const instances = new Set(handler.filter(({ text }) => text.includes('"ColdStart":1')).map(({ text }) => text)).size;
  expect(allowed.length).toBeLessThanOrEqual((LIMIT / 6) * windows * Math.max(1, instances));
  expect(allowed.length).toBeLessThan(sent(/^allowed 200/) / 2);
  // Metrics come with the 404 of the other route and with each line; the last ones of an instance are lost.
  const counted = handler.flatMap(({ Requests }) => (Requests === undefined ? [] : [Requests].flat().length));
  const total = sent(/ (200|404)$/);
  const ended = counted.reduce((sum, count) => sum + count, 0);
  expect(ended).toBeLessThanOrEqual(total);
  expect(ended).toBeGreaterThan(total - 99 * Math.max(1, instances) - 1);
  const estimated = allowed.reduce((sum, { sampledFrom = 1 }) => sum + sampledFrom, 0);
  expect(estimated).toBeLessThanOrEqual(sent(/^allowed 200/));
  // Those after the last line of an instance are in no line: at most what came in one of the windows.
  expect(estimated).toBeGreaterThan(sent(/^allowed 200/) * 0.5);
});
