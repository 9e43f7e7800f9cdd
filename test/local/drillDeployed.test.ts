import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldMsOf } from '../../lib/cli/drill/deployed.ts';
import { deployedStack } from '../support/deployedStack.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';

// A gateway whose clock runs fast stands for the deployed stage: its CloudWatch has the alarms and evaluates them by itself.
let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ args: ['--speed', '60'] });
});
afterAll(() => gateway?.stop());

const DRILL = ['drill', 'all', '--deployed', '--json'];
const rowsOf = (stdout: string) => JSON.parse(stdout) as readonly Readonly<Record<string, unknown>>[];
const messages = () => {
  const file = join(gateway.ready.data, 'notifications.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
};

describe('secure-api drill --deployed', () => {
  it('fires and ends alarms of the stack, by requests or by their state, and says how', {
    timeout: 180_000,
  }, async () => {
    const { endpoint, ask } = await deployedStack(gateway.ready, ['failed-logins', 'table-errors']);
    await using _ = endpoint;
    const { stdout, stderr, code } = await ask(...DRILL, '--yes');
    const rows = rowsOf(stdout);
    expect(rows.map(({ alarm, how }) => [alarm, how]).toSorted()).toEqual([
      ['failed-logins', '100 real requests without a token'],
      ['table-errors', 'state set by SetAlarmState, because the condition would harm a deployed API'],
    ]);
    for (const row of rows) expect(row).toMatchObject({ fired: 1, cleared: 1, notified: null });
    expect([code, stderr]).toEqual([0, expect.stringContaining('failed-logins: 100 real requests')]);
    // People are notified, as of any alarm.
    const states = messages().map(({ alarm, newState }) => `${alarm} ${newState}`);
    for (const { alarm } of rows) {
      expect(states).toContain(`${gateway.ready.apis[0]?.name}-${alarm} ALARM`);
      expect(states).toContain(`${gateway.ready.apis[0]?.name}-${alarm} OK`);
    }
  });

  it('asks for a confirmation before anything is read or changed', async () => {
    const { endpoint, ask } = await deployedStack(gateway.ready, ['table-errors']);
    await using _ = endpoint;
    const before = messages().length;
    const { code, stderr } = await ask(...DRILL);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/option-missing at --yes.* people/s)]);
    expect([endpoint.calls, messages().length]).toEqual([[], before]);
  });

  it.each([
    [['--yes'], /option-missing at --stack/],
    [['--yes', '--assembly', 'x', '--stack', 'y'], /--assembly.*cannot be used/s],
  ])('rejects %j', async (args, message) => {
    const { code, stderr } = await cli([...DRILL, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('lists the alarms of the stack when it has none of the name', async () => {
    const { endpoint, ask } = await deployedStack(gateway.ready, ['table-errors']);
    await using _ = endpoint;
    const { code, stderr } = await ask('drill', 'fire', '--deployed', '--yes');
    expect([code, stderr]).toEqual([2, expect.stringContaining('table-errors')]);
  });
});

it('an alarm that waits for the alarm of its cause is held in its state for as long, so that its message is sent', () => {
  expect([heldMsOf({}), heldMsOf({ ActionsSuppressorWaitPeriod: 120 })]).toEqual([0, 130_000]);
});

it('secure-api drill rejects options of a deployed stack without --deployed', async () => {
  const { code, stderr } = await cli(['drill', 'all', '--region', 'eu-west-1']);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/option-missing at --deployed/)]);
});
