import { existsSync, rmSync } from 'node:fs';
import { Command, Option } from 'commander';
import { loadLocal, type Ready } from '../localPackage.ts';
import { DEFAULT_DATA, unreadable, usableData, wholeNumber, withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { type Context, contextOption, synthesize } from '../synthesize.ts';
import { writeAtomically } from '../writeAtomically.ts';
import { requestLines, serving } from './serving.ts';

interface DevOptions {
  readonly assembly?: string;
  readonly context: Context;
  readonly stack?: string;
  readonly port: number;
  readonly data: string;
  readonly speed: number;
  readonly scan: 'emulate' | 'hold';
  readonly scanDelay: number;
  readonly readyFile?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const DEFAULT_PORT = 8443;
/** Alarms are evaluated once a minute. Beyond this speed, a simulated minute is shorter than one evaluation. */
const MAX_SPEED = 600;

/** Long enough to see the states of an upload one by one. */
const MAX_SCAN_DELAY_S = 3_600;

/** `secure-api dev`: synthesizes the CDK app and serves its stack on this machine until it is interrupted. */
export function devCommand(): Command {
  const command = new Command('dev')
    .description('synthesize the CDK app and serve its stack over HTTPS on this machine')
    .option('--assembly <dir>', 'serve this cloud assembly without a synth')
    .addOption(contextOption())
    .option('--stack <name>', 'stack to serve, when several have an API')
    .addOption(
      new Option('--port <number>', 'port to listen on; 0 picks a free port')
        .argParser(wholeNumber(0, 65_535))
        .default(DEFAULT_PORT),
    )
    .option('--data <dir>', 'directory of certificates, tables, logs and notifications', DEFAULT_DATA)
    .addOption(
      new Option('--speed <factor>', 'simulated seconds a second, for metrics, alarms and quotas')
        .argParser(wholeNumber(1, MAX_SPEED))
        .default(1),
    )
    .addOption(
      new Option('--scan <mode>', 'emulate scans of uploads, or hold every upload in quarantine')
        .choices(['emulate', 'hold'])
        .default('emulate'),
    )
    .addOption(
      new Option('--scan-delay <seconds>', 'seconds from an upload to the result of its emulated scan')
        .argParser(wholeNumber(0, MAX_SCAN_DELAY_S))
        .default(1),
    )
    .option('--ready-file <file>', 'write { url, ca, issuer, pid, … } to this file once it serves')
    .option('--quiet', 'print no requests and no log entries, and one line at the start')
    .option('--verbose', 'list all that is not emulated')
    .option(
      '--json',
      'print the same JSON to stdout once it serves, then one JSON document a line for each request and log entry',
    )
    .action(dev);
  return withExamples(
    command,
    'secure-api dev',
    'secure-api dev --port 0 --ready-file ready.json',
    'secure-api dev -c issuer=https://login.example.com -c keys=https://login.example.com/keys -c audience=documents',
    'secure-api dev --assembly cdk.out --speed 60',
    'secure-api dev --scan hold',
  );
}

async function dev(options: DevOptions): Promise<void> {
  const { serve } = await loadLocal();
  const data = usableData(options.data);
  const say = options.json === true ? () => undefined : progress;
  const assembly = options.assembly ?? (await synthesize(options.context, { print: say }));
  if (!existsSync(assembly)) throw missingAssembly(assembly);
  const { stack, port, speed, scan, scanDelay } = options;
  const gateway = await serve({
    assembly,
    stack,
    data,
    port,
    speed,
    scan,
    scanDelay,
    print: progress,
    requests: requestLines(options),
  });
  if (options.readyFile !== undefined) writeAtomically(options.readyFile, JSON.stringify(gateway.ready));
  if (options.json) print(JSON.stringify(withoutSecret(gateway.ready)));
  else progress(serving(gateway, options));

  const signal = await interrupted();
  progress(`${signal}: finishing open requests`);
  if (options.readyFile !== undefined) rmSync(options.readyFile, { force: true });
  await gateway.close();
}

/** Output is often kept in a log. The ready file has the whole environment. */
function withoutSecret(ready: Ready): Ready {
  const { AWS_SECRET_ACCESS_KEY: _, ...environment } = ready.environment;
  return { ...ready, environment };
}

/** Waits for the first signal to stop; a second one stops at once. */
function interrupted(): Promise<NodeJS.Signals> {
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  return new Promise((done) => {
    for (const signal of signals) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        done(signal);
      });
    }
  });
}

function missingAssembly(assembly: string): Error {
  return unreadable({
    location: '--assembly',
    found: `no directory ${assembly}`,
    expected: 'a cloud assembly, as "cdk synth" writes it',
    fix: 'Run "npx cdk synth", or omit the option to synthesize first.',
  });
}
