import { Command } from 'commander';
import { describedAlarms, withCloudWatch } from './observe/alarmList.ts';
import { openSource, type SourceOptions, withSource } from './observe/openSource.ts';
import { wholeNumber, withExamples } from './options.ts';
import { print } from './output.ts';

interface MuteOptions extends SourceOptions {
  readonly minutes: number;
  readonly end?: boolean;
  readonly json?: boolean;
}

const DEFAULT_MINUTES = 30;
const MOST_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MuteTargets.html */
const ALARMS_PER_RULE = 100;
/** No API has more alarms that a deployment can cause than two rules name. */
const MOST_RULES = 2;
/** The line of a description by which the construct marks an alarm. */
const FOLLOWS_DEPLOYMENTS = /^Deployments: /m;

/** `secure-api mute`: holds notifications of the alarms that a deployment can cause. */
export function muteCommand(): Command {
  const command = new Command('mute').description(
    'hold the notifications of alarms that a deployment can cause, while it runs; those about attacks still notify',
  );
  withSource(command)
    .option('--minutes <count>', `for how long, 1–${MOST_MINUTES}`, wholeNumber(1, MOST_MINUTES), DEFAULT_MINUTES)
    .option('--end', 'end it before its time')
    .option('--json', 'print { alarms, from, until } as JSON')
    .action(mute);
  return withExamples(
    command,
    'secure-api mute --stack Documents --minutes 20 && npx cdk deploy Documents',
    'secure-api mute --stack Documents --end',
  );
}

async function mute(options: MuteOptions): Promise<void> {
  const source = await openSource(options);
  const { name } = source;
  await withCloudWatch(source, async (cloudWatch) => {
    const { sdk, client } = cloudWatch;
    const described = await describedAlarms(cloudWatch);
    const alarms = described.flatMap(({ AlarmName = '', AlarmDescription = '' }) =>
      FOLLOWS_DEPLOYMENTS.test(AlarmDescription) ? [AlarmName] : [],
    );
    const ruleName = (i: number) => `${name}-deployment${i === 0 ? '' : i + 1}`;
    const rules = chunksOf(alarms).map((names, i) => ({ name: ruleName(i), names }));
    // There may have been more alarms before. To delete a rule that does not exist is no error.
    const endFrom = async (first: number) => {
      for (let i = first; i < Math.max(rules.length, MOST_RULES); i += 1)
        await client.send(new sdk.DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: ruleName(i) }));
    };
    if (options.end === true) {
      await endFrom(0);
      return print(options.json === true ? JSON.stringify({ alarms: [] }) : `The alarms of ${name} notify again.`);
    }
    const window = windowOf(source.now(), options.minutes);
    for (const rule of rules) {
      await client.send(
        new sdk.PutAlarmMuteRuleCommand({
          Name: rule.name,
          Description: `secure-api mute: a deployment of ${name}.`,
          Rule: { Schedule: { Expression: window.expression, Duration: `PT${options.minutes}M`, Timezone: 'UTC' } },
          MuteTargets: { AlarmNames: rule.names },
          ExpireDate: window.until,
        }),
      );
    }
    await endFrom(rules.length);
    const [from, until] = [window.from.toISOString(), window.until.toISOString()];
    print(
      options.json === true
        ? JSON.stringify({ alarms, from, until })
        : `${alarms.length} alarms of ${name} notify nobody from ${from} to ${until}. One that still fires then notifies.`,
    );
  });
}

/** From the next minute on: a rule has minutes, and one that begins in the past may never begin. */
function windowOf(now: number, minutes: number) {
  const from = new Date(Math.ceil((now + 1) / MINUTE_MS) * MINUTE_MS);
  return {
    from,
    until: new Date(from.getTime() + minutes * MINUTE_MS),
    expression: `at(${from.toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length)})`,
  };
}

function chunksOf(names: readonly string[]): readonly string[][] {
  const count = Math.ceil(names.length / ALARMS_PER_RULE);
  return Array.from({ length: count }, (_, i) => names.slice(i * ALARMS_PER_RULE, (i + 1) * ALARMS_PER_RULE));
}
