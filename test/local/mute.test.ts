import { CloudWatchClient, GetAlarmMuteRuleCommand, PutAlarmMuteRuleCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';

let gateway: RunningGateway;
let client: CloudWatchClient;
let name: string;
beforeAll(async () => {
  gateway = await startGateway();
  const { environment, apis } = gateway.ready;
  name = apis[0]?.name ?? '';
  client = new CloudWatchClient({
    endpoint: environment['AWS_ENDPOINT_URL_CLOUDWATCH'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
});
afterAll(async () => {
  client.destroy();
  await gateway.stop();
});

const mute = (...args: readonly string[]) => cli(['mute', '--data', gateway.ready.data, ...args]);
const rule = () => client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: `${name}-deployment` }));

/** The second rule of an API that had more alarms before. */
async function ruleOfMoreAlarms() {
  const named = { AlarmMuteRuleName: `${name}-deployment2` };
  await client.send(
    new PutAlarmMuteRuleCommand({
      Name: named.AlarmMuteRuleName,
      Rule: { Schedule: { Expression: 'at(2099-01-01T00:00)', Duration: 'PT20M', Timezone: 'UTC' } },
      MuteTargets: { AlarmNames: [`${name}-latency`] },
    }),
  );
  return named;
}

it('holds the alarms that a deployment can cause from the next minute on, and none about attacks', async () => {
  const { code, stdout } = await mute('--minutes', '20', '--json');
  expect(code).toBe(0);
  const { alarms, from, until } = JSON.parse(stdout) as { alarms: string[]; from: string; until: string };
  const ends = alarms.map((alarm) => alarm.slice(name.length + 1));
  expect(ends).toEqual(
    expect.arrayContaining(['server-errors', 'latency', 'function-errors', 'authorizer-failures', 'drop']),
  );
  expect(
    ends.filter((end) => /login|forged|probing|scanning|fuzzing|blocks|throttling|certificate|notifications/.test(end)),
  ).toEqual([]);
  expect(Date.parse(until) - Date.parse(from)).toBe(20 * 60_000);
  const made = await rule();
  expect(made.MuteTargets?.AlarmNames).toEqual(alarms);
  expect(made.Rule?.Schedule).toEqual({ Expression: `at(${from.slice(0, 16)})`, Duration: 'PT1200S', Timezone: 'UTC' });
  expect(made.ExpireDate).toEqual(new Date(until));
});

it('ends it before its time, also where it had ended', async () => {
  await mute();
  for (let times = 0; times < 2; times += 1) {
    const { code, stdout } = await mute('--end');
    expect([code, stdout.trim()]).toEqual([0, `The alarms of ${name} notify again.`]);
  }
  await expect(rule()).rejects.toThrow('There is no such mute rule.');
});

it('ends it also for alarms that the deployment removed', async () => {
  const named = await ruleOfMoreAlarms();
  expect((await mute('--end')).code).toBe(0);
  await expect(client.send(new GetAlarmMuteRuleCommand(named))).rejects.toThrow('There is no such mute rule.');
});

it('ends what an earlier one muted, when fewer alarms follow deployments now', async () => {
  const named = await ruleOfMoreAlarms();
  expect((await mute('--minutes', '5')).code).toBe(0);
  await expect(client.send(new GetAlarmMuteRuleCommand(named))).rejects.toThrow('There is no such mute rule.');
});

it.each(['0', '-1', '1.5', '1441', '1e3', '', 'soon', '30m'])('rejects --minutes %j in one line', async (minutes) => {
  const { code, stderr } = await mute(`--minutes=${minutes}`);
  expect([code, stderr]).toEqual([2, expect.stringContaining('expected a whole number from 1 to 1440')]);
});

it('is one mute, when two begin at once', async () => {
  const both = await Promise.all([mute('--minutes', '5', '--json'), mute('--minutes', '5', '--json')]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const untils = both.map(({ stdout }) => (JSON.parse(stdout) as { until: string }).until);
  expect(untils).toContain((await rule()).ExpireDate?.toISOString());
});
