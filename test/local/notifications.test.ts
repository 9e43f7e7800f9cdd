import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { clientOf } from '../support/client.ts';
import { wordsOf } from '../support/commandLines.ts';
import { httpServer } from '../support/faultyServer.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { cli, startGateway } from '../support/gateway.ts';

interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe('notifications of the local gateway', () => {
  it('are readable in the terminal and in the file, and reach a webhook on this machine, signed', async () => {
    const received: Received[] = [];
    const port = await httpServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      received.push({
        headers: Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)])),
        body,
      });
      response.writeHead(204).end();
    });
    const url = `http://127.0.0.1:${port}/alarms`;
    const gateway = await startGateway({ args: ['--speed', '60', '--notify-url', url] });
    try {
      const call = clientOf(gateway.ready);
      for (let i = 0; i < 30; i++) {
        expect((await call('GET', '/me', { token: `wrong-${i}` })).status).toBe(401);
        expect((await call('GET', '/me')).status).toBe(401);
      }
      await expect.poll(() => received.length, { timeout: 30_000 }).toBeGreaterThan(0);
      const [first = expect.fail('nothing arrived')] = received;
      const key = readFileSync(join(gateway.ready.data, 'notify-secret'), 'utf8').trim();
      const message = new Webhook(key).verify(first.body, first.headers) as { readonly data: Record<string, unknown> };
      expect(message).toMatchObject({
        type: 'alarm.firing',
        data: {
          severity: 'page',
          title: 'documents: failed logins',
          measured: expect.stringMatching(/^\d+ responses with 401/),
          // Who sent wrong tokens, and who sent none.
          contributors: ['Rejected tokens', 'Rejected subjects', 'Rejected clients', 'Missing tokens'].map((title) => {
            // Wrong tokens name nobody.
            const isNobody = title === 'Rejected subjects' || title === 'Rejected clients';
            return {
              title,
              rows: isNobody ? [] : [{ name: '127.0.0.1', requests: expect.stringMatching(/^\d+$/) }],
            };
          }),
        },
      });
      const stored = () => readFileSync(join(gateway.ready.data, 'notifications.jsonl'), 'utf8').split('\n');
      await expect.poll(() => stored().length, { timeout: 10_000 }).toBeGreaterThan(1);
      expect(JSON.parse(stored()[0] ?? '')).toMatchObject({
        newState: 'ALARM',
        text: message.data['text'],
        channels: [{ kind: 'webhook', result: 'sent' }],
      });
      await expect.poll(() => gateway.output()).toContain(String(message.data['text']).split('\n')[0]);
      expect(gateway.output()).toContain('Sent to the webhook of --notify-url');
      expect(gateway.output()).not.toContain(key);
      // What the message names exists, and its commands run as they are printed.
      const { runbookFile, commands } = message.data as { readonly runbookFile: string; readonly commands: string[] };
      expect(existsSync(resolve(root, runbookFile))).toBe(true);
      expect(message.data['text']).toContain(`Runbook: ${runbookFile}`);
      expect(commands.map((command) => command.replace(/ --data .*/, ''))).toEqual([
        'npx secure-api alarms failed-logins',
        'npx secure-api logs --status 401 --since 15m',
        'npx secure-api dashboard --html',
      ]);
      const cwd = temporaryFolder();
      const shown = [];
      for (const command of commands) {
        const { code, stdout } = await cli(wordsOf(command).slice(2), cwd);
        expect(code, command).toBe(0);
        shown.push(stdout);
      }
      // It may have ended: an hour is a minute.
      expect(shown[0]).toMatch(/^(?:ALARM|OK) +page +failed-logins/);
      expect(shown[1]).toMatch(/ 401 .* 127\.0\.0\.1 /);
      expect(existsSync(join(cwd, 'dashboard.html'))).toBe(true);
    } finally {
      await gateway.stop();
    }
  });

  it('are sent to this machine alone', async () => {
    for (const url of [
      'https://hooks.example.com',
      'http://10.0.0.1/x',
      'ftp://127.0.0.1/x',
      'http://u:p@127.0.0.1/',
    ]) {
      const { code, stderr } = await cli(['dev', '--notify-url', url]);
      expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('expected a URL of this machine')]);
    }
  });
});
