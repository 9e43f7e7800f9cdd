import { setTimeout as wait } from 'node:timers/promises';
import { deployedApi } from '../deployedApi.ts';
import { alarmHistory, type CloudWatch, describedAlarms, isNotifying, withCloudWatch } from '../observe/alarmList.ts';
import { openSource } from '../observe/openSource.ts';
import type { Source } from '../observe/source.ts';
import { DEFAULT_DATA } from '../options.ts';
import type { Row } from './run.ts';

/** Which API of which stack. */
export interface DeployedOptions {
  readonly stack: string;
  readonly api?: string;
  readonly region?: string;
}

/** A drill of a deployed alarm. */
export interface DeployedDrill {
  readonly id: string;
  readonly name: string;
  readonly how: string;
  run(): Promise<Row>;
}

/** More than the threshold of one address, and less than any limit of a tier or of the web ACL. */
const REQUESTS = 100;
/** CloudWatch evaluates an alarm once a minute, and the access log arrives within minutes. */
const FIRES_WITHIN_MS = 15 * 60_000;
/** A window of five minutes slides out of the requests, then the alarm ends. */
const ENDS_WITHIN_MS = 30 * 60_000;
const POLL_MS = 2_000;
/** For the message that was held. */
const ARRIVAL_MS = 10_000;
const REASON = 'secure-api drill';
const SET = 'state set by SetAlarmState, because the condition would harm a deployed API';

/** Alarms whose condition is requests that anybody can send, and that change nothing. */
const REAL: Readonly<Record<string, { readonly how: string; readonly path: (source: Source) => string | undefined }>> =
  {
    'failed-logins': { how: `${REQUESTS} real requests without a token`, path: protectedPath },
    scanning: { how: `${REQUESTS} real requests to unknown paths`, path: () => '/secure-api-drill' },
  };

/**
 * Gives the drills of a deployed API to `use`. They notify people, so their messages are not counted here.
 *
 * @throws {ConfigError} as `deployedApi`.
 */
export async function withDeployedDrills(
  { stack, api, region }: DeployedOptions,
  use: (drills: readonly DeployedDrill[]) => Promise<void>,
): Promise<void> {
  const selection = {
    stack,
    ...(api === undefined ? {} : { api }),
    ...(region === undefined ? {} : { region }),
  };
  const { outputs } = await deployedApi(selection);
  const source = await openSource({ ...selection, data: DEFAULT_DATA });
  await withCloudWatch(source, async (cloudWatch) => {
    const alarms = (await describedAlarms(cloudWatch)).filter(isNotifying);
    await use(
      alarms.map((alarm) => {
        const { AlarmName: name = '', StateValue: state } = alarm;
        const id = name.slice(source.name.length + 1);
        const real = REAL[id];
        const path = real?.path(source);
        const url = outputs.url === undefined || path === undefined ? undefined : `${outputs.url}${path}`;
        const how = url === undefined ? SET : (real?.how ?? SET);
        const deployed = { id, name, how, url, isFiring: state === 'ALARM', heldMs: heldMsOf(alarm) };
        return { id, name, how, run: () => carryOut(deployed, cloudWatch) };
      }),
    );
  });
}

interface Deployed {
  readonly id: string;
  readonly name: string;
  readonly how: string;
  /** Where real requests go. */
  readonly url: string | undefined;
  readonly isFiring: boolean;
  /** How long it notifies nobody: it waits for the alarm that names the cause. */
  readonly heldMs: number;
}

/**
 * How long an alarm that has a suppressor holds its message.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
 */
export function heldMsOf(alarm: object): number {
  const seconds = 'ActionsSuppressorWaitPeriod' in alarm ? Number(alarm.ActionsSuppressorWaitPeriod) : Number.NaN;
  return Number.isNaN(seconds) ? 0 : seconds * 1000 + ARRIVAL_MS;
}

/** OK → ALARM → OK, as the history of the alarm has it. */
async function carryOut({ id, name, how, url, isFiring, heldMs }: Deployed, cloudWatch: CloudWatch): Promise<Row> {
  const start = performance.now();
  const since = cloudWatch.source.now() - 1;
  const times = async (state: string) => {
    const changes = (await alarmHistory(cloudWatch, since, name)).toReversed();
    // An alarm can get its first data just then.
    const first = changes.findIndex(({ to }) => to === 'ALARM');
    return first === -1 ? 0 : changes.slice(first).filter(({ to }) => to === state).length;
  };
  const reach = async (state: string, withinMs: number) => {
    const until = performance.now() + withinMs;
    while ((await times(state)) === 0) {
      if (performance.now() > until) throw new Error(`it did not become ${state}`);
      await wait(POLL_MS);
    }
  };
  let error: string | undefined;
  try {
    if (isFiring) throw new Error('it fires already, so a drill shows nothing: end its cause first');
    if (url === undefined) {
      await setState(cloudWatch, name, 'ALARM');
      try {
        await reach('ALARM', FIRES_WITHIN_MS);
        await wait(heldMs);
      } finally {
        // CloudWatch does it by itself for an alarm that has data, and not for one that is made of others.
        await setState(cloudWatch, name, 'OK');
      }
    } else {
      await send(url);
      await reach('ALARM', FIRES_WITHIN_MS);
    }
    await reach('OK', ENDS_WITHIN_MS);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  return {
    alarm: id,
    how,
    fired: await times('ALARM'),
    cleared: await times('OK'),
    notified: null,
    seconds: Math.round((performance.now() - start) / 100) / 10,
    ...(error === undefined ? {} : { error }),
  };
}

async function setState({ sdk, client }: CloudWatch, AlarmName: string, StateValue: 'ALARM' | 'OK'): Promise<void> {
  await client.send(new sdk.SetAlarmStateCommand({ AlarmName, StateValue, StateReason: REASON }));
}

/** One after the other: a drill is no flood. */
async function send(url: string): Promise<void> {
  for (let i = 0; i < REQUESTS; i += 1) {
    const response = await fetch(url, { redirect: 'manual' });
    await response.body?.cancel();
  }
}

/** The path of a route that needs a token: requests without one end at the authorizer. */
function protectedPath({ access }: Source): string | undefined {
  const route = access?.routes.find(({ method, access: needed }) => method === 'GET' && needed.kind !== 'public');
  return route?.path.replaceAll(/\{[^}]+\}/g, 'drill');
}
