import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import { isRecord } from '../../lambdas/shared/json.ts';
import { EXIT } from './exitCodes.ts';
import { runningGateway } from './findGateway.ts';
import { alarmsText, historyText } from './observe/alarmFormat.ts';
import { type AlarmEvent, alarmHistory, observedAlarms, withCloudWatch } from './observe/alarmList.ts';
import { duration } from './observe/duration.ts';
import type { Paint } from './observe/logFormat.ts';
import { openSource, type SourceOptions, withSource } from './observe/openSource.ts';
import { invalidOption, withExamples } from './options.ts';
import { print, progress } from './output.ts';

interface AlarmsOptions extends SourceOptions {
  readonly state?: keyof typeof STATES;
  readonly history?: boolean;
  readonly since: number;
  readonly exitCode?: boolean;
  readonly json?: boolean;
}

const STATES = { alarm: 'ALARM', ok: 'OK', 'no-data': 'INSUFFICIENT_DATA' } as const;
const DAY_MS = 86_400_000;
/** The name of a REST API ends with a digest, which no alarm has. */
const PREFIX = /^.*-[0-9A-F]{8}-/;
const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

/** `secure-api alarms`: which alarms of an API fire, since when, who causes it, and what to do. */
export function alarmsCommand(): Command {
  const command = withSource(
    new Command('alarms')
      .description('show which alarms of an API fire, since when, how bad it is, who causes it, and what to do first')
      .argument('[alarm...]', 'alarms to show, such as failed-logins (default: all)')
      .addOption(new Option('--state <state>', 'alarms in this state, a line each').choices(Object.keys(STATES)))
      .option(
        '--history',
        'changes of states instead, the newest first; without a running gateway those that were notified',
      )
      .addOption(new Option('--since <time>', 'how far back --history looks').argParser(duration).default(DAY_MS, '1d'))
      .option('--exit-code', 'exit with 3 while an alarm of the severity page fires'),
  )
    .option('--json', 'print { alarms }, or { history }, as JSON')
    .action(run);
  return withExamples(
    command,
    'secure-api alarms',
    'secure-api alarms --stack Documents --exit-code',
    'secure-api alarms failed-logins --json',
    'secure-api alarms --history --since 7d',
  );
}

async function run(names: readonly string[], options: AlarmsOptions): Promise<void> {
  if (options.history === true) return showHistory(names, options);
  const all = await withCloudWatch(await openSource(options), observedAlarms);
  const unknown = names.find((name) => !all.some(({ alarm }) => alarm === name));
  if (unknown !== undefined)
    throw unknownAlarm(
      unknown,
      all.map(({ alarm }) => alarm),
    );
  const wanted = options.state === undefined ? undefined : STATES[options.state];
  const alarms = all.filter(
    ({ alarm, state }) => (names.length === 0 || names.includes(alarm)) && (wanted === undefined || state === wanted),
  );
  if (options.json === true) print(JSON.stringify({ alarms }));
  else print(alarmsText(alarms, paint, names.length > 0 || wanted !== undefined) || 'No alarm is in this state.');
  const isUrgent = alarms.some(({ state, severity }) => state === 'ALARM' && severity === 'page');
  if (options.exitCode === true && isUrgent) process.exitCode = EXIT.pages;
}

async function showHistory(names: readonly string[], options: AlarmsOptions): Promise<void> {
  const isStored =
    options.stack === undefined && options.readyFile === undefined && runningGateway(options) === undefined;
  const all = isStored ? storedHistory(options) : await askedHistory(options);
  const history = all.filter(({ alarm }) => names.length === 0 || names.includes(alarm));
  if (options.json === true) return print(JSON.stringify({ history }));
  if (history.length > 0) return print(historyText(history, paint));
  progress('No alarm changed its state in that time.');
}

async function askedHistory(options: AlarmsOptions): Promise<readonly AlarmEvent[]> {
  return withCloudWatch(await openSource(options), (cloudWatch) =>
    alarmHistory(cloudWatch, cloudWatch.source.now() - options.since),
  );
}

/** What a gateway that has ended notified. */
function storedHistory({ data, since }: AlarmsOptions): readonly AlarmEvent[] {
  return linesOf(join(data, 'notifications.jsonl'))
    .map(({ timestamp, alarm, oldState, newState, reason }) => {
      return {
        time: String(timestamp),
        alarm: String(alarm).replace(PREFIX, ''),
        from: String(oldState ?? ''),
        to: String(newState),
        reason: String(reason ?? ''),
      };
    })
    .filter(({ time }) => Date.parse(time) >= Date.now() - since)
    .toReversed();
}

function linesOf(file: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as unknown).filter(isRecord);
  } catch {
    return [];
  }
}

function unknownAlarm(name: string, names: readonly string[]) {
  return invalidOption({
    location: 'alarm',
    found: JSON.stringify(name),
    expected: `one of ${names.join(', ')}`,
    fix: 'Name an alarm without the name of the API. The command alone lists those that fire.',
  });
}
