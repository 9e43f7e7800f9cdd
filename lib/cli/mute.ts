import type { CloudWatchClientConfig, CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { Command } from 'commander';
import { loadSdk, type Sdk } from '../aws/sdk.ts';
import { type ApiSelection, deployedApi, selectionOf, withStackOrLocal } from './deployedApi.ts';
import { findGateway } from './findGateway.ts';
import { wholeNumber, withExamples, withGateway } from './options.ts';
import { print } from './output.ts';

interface MuteOptions extends Partial<ApiSelection> {
  readonly minutes: number;
  readonly end?: boolean;
  readonly json?: boolean;
  readonly data: string;
  readonly readyFile?: string;
}

/** Where the alarms of an API are. */
interface Target {
  readonly config: CloudWatchClientConfig;
  /** What the names of its alarms begin with. */
  readonly name: string;
}

const DEFAULT_MINUTES = 30;
const MOST_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MuteTargets.html */
const ALARMS_PER_RULE = 100;
/** The line of a description by which the construct marks an alarm. */
const FOLLOWS_DEPLOYMENTS = /^Deployments: /m;

/** `secure-api mute`: holds notifications of the alarms that a deployment can cause. */
export function muteCommand(): Command {
  const command = new Command('mute').description(
    'hold the notifications of alarms that a deployment can cause, while it runs; those about attacks still notify',
  );
  withGateway(withStackOrLocal(command, ['data', 'readyFile']))
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
  const { cloudWatch } = await loadSdk('cloudWatch');
  const { config, name } = await targetOf(options);
  const client = new cloudWatch.CloudWatchClient(config);
  try {
    const alarms = await alarmsOf(cloudWatch, client, `${name}-`);
    const rules = chunksOf(alarms).map((names, i) => ({ name: `${name}-deployment${i === 0 ? '' : i + 1}`, names }));
    if (options.end === true) {
      for (const rule of rules)
        await client.send(new cloudWatch.DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: rule.name }));
      return print(options.json === true ? JSON.stringify({ alarms: [] }) : `The alarms of ${name} notify again.`);
    }
    const window = windowOf(options.minutes);
    for (const rule of rules) {
      await client.send(
        new cloudWatch.PutAlarmMuteRuleCommand({
          Name: rule.name,
          Description: `secure-api mute: a deployment of ${name}.`,
          Rule: { Schedule: { Expression: window.expression, Duration: `PT${options.minutes}M`, Timezone: 'UTC' } },
          MuteTargets: { AlarmNames: rule.names },
          ExpireDate: window.until,
        }),
      );
    }
    const [from, until] = [window.from.toISOString(), window.until.toISOString()];
    print(
      options.json === true
        ? JSON.stringify({ alarms, from, until })
        : `${alarms.length} alarms of ${name} notify nobody from ${from} to ${until}. One that still fires then notifies.`,
    );
  } finally {
    client.destroy();
  }
}

async function targetOf(options: MuteOptions): Promise<Target> {
  const selection = selectionOf(options);
  if (selection !== undefined) {
    const { name, region } = await deployedApi(selection);
    return { name, config: { region } };
  }
  const { apis, environment } = findGateway(options);
  const { AWS_ENDPOINT_URL_CLOUDWATCH: endpoint, AWS_REGION: region = '' } = environment;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = environment;
  return { name: apis[0]?.name ?? '', config: { endpoint, region, credentials: { accessKeyId, secretAccessKey } } };
}

async function alarmsOf(
  { DescribeAlarmsCommand }: Sdk<'cloudWatch'>['cloudWatch'],
  client: InstanceType<Sdk<'cloudWatch'>['cloudWatch']['CloudWatchClient']>,
  prefix: string,
): Promise<readonly string[]> {
  const found: (MetricAlarm | CompositeAlarm)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], NextToken }),
    );
    found.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return found
    .filter(({ AlarmDescription = '' }) => FOLLOWS_DEPLOYMENTS.test(AlarmDescription))
    .flatMap(({ AlarmName }) => AlarmName ?? []);
}

/** From the next minute on: a rule has minutes, and one that begins in the past may never begin. */
function windowOf(minutes: number) {
  const from = new Date(Math.ceil((Date.now() + 1) / MINUTE_MS) * MINUTE_MS);
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
