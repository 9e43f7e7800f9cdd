import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { clientOf } from '../support/client.ts';
import { temporaryFolder } from '../support/folders.ts';
import { startGateway } from '../support/gateway.ts';

describe('state', () => {
  it('every acknowledged document survives kill -9 and a restart', async () => {
    const data = temporaryFolder();
    const first = await startGateway({ data });
    const call = clientOf(first.ready);
    const token = await first.token('editor', { tier: 'premium' });
    const ids: string[] = [];
    for (let i = 0; i < 10; i++) {
      const response = await call('POST', '/documents', { token, body: { title: `Kept ${i}` } });
      expect(response.status).toBe(201);
      ids.push(response.json<{ id: string }>().id);
    }
    await first.stop('SIGKILL');

    const second = await startGateway({ data });
    try {
      const again = clientOf(second.ready);
      const reader = await second.token('viewer', { tier: 'premium' });
      for (const id of ids) expect((await again('GET', `/documents/${id}`, { token: reader })).status).toBe(200);
    } finally {
      await second.stop();
    }
  });

  it('Ctrl-C ends the gateway cleanly', async () => {
    const gateway = await startGateway();
    expect(await gateway.stop('SIGINT')).toBe(0);
  });
});

describe('alarms, with the clock driven sixty times', () => {
  const notifications = (data: string): readonly string[] => {
    try {
      return readFileSync(join(data, 'notifications.jsonl'), 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  };

  /** An alarm that gets its first data changes to OK, which is no alarm. */
  const fired = (data: string) => notifications(data).filter((line) => line.includes('"newState":"ALARM"'));

  it('thirty failed logins raise their alarm and the notification is kept; quiet traffic raises none', async () => {
    const gateway = await startGateway({ args: ['--speed', '60'] });
    try {
      const call = clientOf(gateway.ready);
      const token = await gateway.token('viewer', { tier: 'premium' });
      for (let i = 0; i < 20; i++) expect((await call('GET', '/me', { token })).status).toBe(200);
      // A few tokens that ran out are quiet traffic, too.
      for (let i = 0; i < 3; i++) expect((await call('GET', '/me', { token: `old-${i}` })).status).toBe(401);
      await sleep(8_000);
      expect(fired(gateway.ready.data)).toEqual([]);

      for (let i = 0; i < 30; i++) expect((await call('GET', '/me', { token: `wrong-${i}` })).status).toBe(401);
      await expect.poll(() => fired(gateway.ready.data).length, { timeout: 15_000 }).toBeGreaterThan(0);
      // Ten simulated minutes: the alarm ends, and the same burst does not fire it again.
      await sleep(10_000);
      expect(fired(gateway.ready.data)).toEqual([expect.stringMatching(/failed-logins.*ALARM/)]);
      await expect.poll(() => gateway.output()).toMatch(/ALARM/);
    } finally {
      await gateway.stop();
    }
  });
});
