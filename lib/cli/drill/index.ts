import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import { EXIT } from '../exitCodes.ts';
import { loadLocal } from '../localPackage.ts';
import { invalidOption, missingOption, withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { type Context, contextOption, synthesize } from '../synthesize.ts';
import { drilledAlarms } from './alarms.ts';
import { withDeployedDrills } from './deployed.ts';
import { drilledEvents } from './events.ts';
import { isGood, type Row, startStage } from './run.ts';

interface DrillOptions {
  readonly assembly?: string;
  readonly context: Context;
  readonly stack?: string;
  readonly deployed?: boolean;
  readonly api?: string;
  readonly region?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `secure-api drill`: makes the condition of an alarm on a separate gateway, and shows that the alarm fires, ends and notifies. */
export function drillCommand(): Command {
  const command = new Command('drill')
    .description('make alarms fire and end on a separate local gateway, and see their messages arrive at a webhook')
    .argument(
      '[alarm]',
      'end of the name of an alarm, such as failed-logins, an event, such as guard-duty, or all',
      'all',
    )
    .option('--assembly <dir>', 'take this cloud assembly without a synth')
    .addOption(contextOption())
    .option('--stack <name>', 'stack to take, when several have an API; the deployed stack with --deployed')
    .addOption(
      new Option(
        '--deployed',
        'drill the alarms of a deployed test stage, which notify people, instead of a gateway',
      ).conflicts(['assembly']),
    )
    .option('--api <name>', 'name of the API, when the deployed stack has several')
    .option('--region <region>', 'AWS region of the deployed stack (default: that of the AWS configuration)')
    .option('--yes', 'confirm that alarms of the deployed stack notify people')
    .option('--json', 'print [{ alarm, how, fired, cleared, notified, seconds }] as JSON')
    .action(drill);
  return withExamples(
    command,
    'secure-api drill failed-logins',
    'secure-api drill all --json',
    'secure-api drill --assembly cdk.out',
    'secure-api drill failed-logins --deployed --stack Documents-Test --yes',
  );
}

async function drill(alarm: string, options: DrillOptions): Promise<void> {
  if (options.deployed === true) return drillDeployed(alarm, options);
  const given = options.api !== undefined ? '--api' : options.region !== undefined ? '--region' : undefined;
  if (given !== undefined) {
    const fix = `Add --deployed, or leave ${given} out to drill on this machine.`;
    throw missingOption({ location: '--deployed', found: `${given} alone`, expected: 'a deployed stack', fix });
  }
  const local = await loadLocal();
  const outdir = mkdtempSync(join(tmpdir(), 'secure-api-drill-app-'));
  try {
    const assembly =
      options.assembly === undefined
        ? await synthesize(options.context, { print: progress, outdir })
        : resolve(options.assembly);
    const stage = await startStage(local, { assembly, stack: options.stack });
    try {
      const { model } = stage.gateway;
      const alarms = drilledAlarms(model).map((one) => ({
        ...one,
        how: one.drill?.how ?? 'no drill',
        run: () => stage.carryOut(one),
      }));
      const events = drilledEvents(model).map((one) => ({ ...one, name: one.id, run: () => stage.send(one) }));
      await runAll(choose([...alarms, ...events], alarm), options);
    } finally {
      await stage.close();
    }
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Drills of a deployed stage change the states of its alarms, and people are notified. */
async function drillDeployed(alarm: string, { stack, yes, ...options }: DrillOptions): Promise<void> {
  if (stack === undefined) {
    const fix = 'Name a stack for tests, such as --stack Documents-Test.';
    throw missingOption({ location: '--stack', found: '--deployed alone', expected: 'the deployed stack', fix });
  }
  if (yes !== true) {
    throw missingOption({
      location: '--yes',
      found: '--deployed without it',
      expected: 'a confirmation, because the alarms notify people',
      fix: 'Tell those who are notified about the drill, then add --yes.',
    });
  }
  await withDeployedDrills({ ...options, stack }, (drills) => runAll(choose(drills, alarm), options));
}

interface Runnable {
  readonly id: string;
  readonly how: string;
  run(): Promise<Row>;
}

async function runAll(drills: readonly Runnable[], { json }: Pick<DrillOptions, 'json'>): Promise<void> {
  const rows: Row[] = [];
  for (const { id, how, run } of drills) {
    progress(`${id}: ${how}`);
    const row = await run();
    rows.push(row);
    progress(`  ${resultOf(row)}`);
  }
  print(json === true ? JSON.stringify(rows) : tableOf(rows));
  if (!rows.every(isGood)) process.exitCode = EXIT.drillFailed;
}

function choose<T extends { readonly id: string; readonly name: string }>(
  all: readonly T[],
  alarm: string,
): readonly T[] {
  const chosen = alarm === 'all' ? all : all.filter(({ id, name }) => id === alarm || name === alarm);
  if (chosen.length > 0) return chosen;
  throw invalidOption({
    location: 'alarm',
    found: JSON.stringify(alarm),
    expected: `all, or one of ${all.map(({ id }) => id).join(', ')}`,
    fix: 'Name an alarm of the stack; the names are in docs/alarms.md.',
  });
}

function resultOf(row: Row): string {
  const { fired, cleared, notified, seconds, error } = row;
  const text = `fired ${fired}×, ${cleared === null ? '' : `cleared ${cleared}×, `}${notified === null ? '' : `${notified} messages, `}${seconds} s${error === undefined ? '' : `: ${error}`}`;
  return styleText(isGood(row) ? 'green' : 'red', text, { stream: process.stderr });
}

function tableOf(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ alarm }) => alarm.length));
  const lines = rows.map((row) => {
    const { alarm, fired, cleared, notified, seconds, how, error } = row;
    const numbers = [fired, cleared ?? '–', notified ?? '–', seconds]
      .map((value) => String(value).padStart(8))
      .join('');
    return `${alarm.padEnd(width)}${numbers}  ${how}${error === undefined ? '' : ` (${error})`}`;
  });
  const head = `${'alarm'.padEnd(width)}${['fired', 'cleared', 'notified', 'seconds'].map((name) => ` ${name}`.padStart(8)).join('')}  how`;
  const bad = rows.filter((row) => !isGood(row)).length;
  return [
    head,
    ...lines,
    '',
    bad === 0 ? `All ${rows.length} drills went well.` : `${bad} of ${rows.length} drills failed.`,
  ].join('\n');
}
