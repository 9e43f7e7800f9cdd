import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { program } from '../../lib/cli/program.ts';
import { clientOf } from '../support/client.ts';
import { commandsOf } from '../support/commandLines.ts';
import { root } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

/** Commands that read the gateway of this machine. A page of a dashboard is written by the test of notifications. */
const READING = ['alarms', 'logs', 'metrics', 'mute'];
const folder = join(root, 'docs/runbooks');
const commands = readdirSync(folder)
  .flatMap((name) => commandsOf(readFileSync(join(folder, name), 'utf8')))
  .filter(([name = '']) => READING.includes(name));
const lines = [...new Set(commands.map((words) => words.join(' ')))];

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
  const call = clientOf(gateway.ready);
  for (let i = 0; i < 30; i++) await call('GET', '/me', { token: `wrong-${i}` });
}, 200_000);
afterAll(async () => {
  await gateway?.stop();
});

/** Runs a command as it is printed, and returns what it prints; only the data directory of the test is added. */
async function printed(line: string): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await (await program()).parseAsync([...line.split(' '), '--data', gateway.ready.data], { from: 'user' });
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

describe('the commands of runbooks about this machine', () => {
  it('run as they are printed, and show the alarm, its requests and its metrics', async () => {
    expect(lines.length).toBeGreaterThan(30);
    await expect
      .poll(() => printed('alarms --state alarm'), { timeout: 90_000, interval: 2_000 })
      .toContain('failed-logins');
    const unknown = [];
    for (const line of lines) {
      try {
        expect(await printed(line), line).toMatch(line.startsWith('logs') ? /^/ : /\S/);
      } catch (error) {
        // An alarm of a feature that the sample does not have.
        if (!line.startsWith('alarms ')) throw error;
        unknown.push(`${line}: ${String((error as Error).message).split('\n')[0]}`);
      }
    }
    expect(unknown.filter((one) => !one.includes('option-invalid'))).toEqual([]);
    expect(unknown.length).toBeLessThan(lines.length / 4);
    expect(await printed('alarms failed-logins')).toMatch(/^ALARM +page +failed-logins[\s\S]*127\.0\.0\.1 \(\d+\)/);
    expect(await printed('logs --status 401 --since 1h')).toMatch(/ 401 .*127\.0\.0\.1/);
  });
});
