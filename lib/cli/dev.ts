import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../definition/errors.ts';
import { writeAtomically } from './files.ts';
import { loadLocal, type Ready } from './local.ts';
import { wholeNumber } from './numbers.ts';
import { print, progress } from './output.ts';
import { DEFAULT_DATA } from './ready.ts';
import { type Context, synthesize } from './synthesize.ts';

interface DevOptions {
  readonly assembly?: string;
  readonly context: Context;
  readonly stack?: string;
  readonly port: number;
  readonly data: string;
  readonly speed: number;
  readonly readyFile?: string;
  readonly json?: boolean;
}

const DEFAULT_PORT = 8443;
/** Alarms look at minutes; faster than this a minute is shorter than the evaluation that must happen in it. */
const FASTEST = 600;

/** `secure-api dev`: synthesizes the app and serves the stack on this machine until it is interrupted. */
export function devCommand(): Command {
  return new Command('dev')
    .description('synthesize the CDK app and serve its stack over HTTPS on this machine')
    .option('--assembly <dir>', 'serve this cloud assembly as it is, without a synth')
    .addOption(
      new Option('-c, --context <key=value>', 'a value of the CDK context, as for "cdk deploy"; may be repeated')
        .conflicts('assembly')
        .argParser(contextValue)
        .default({}, 'that of cdk.json'),
    )
    .option('--stack <name>', 'the stack to serve, when several have an API')
    .addOption(
      new Option('--port <number>', 'port to listen on; 0 picks a free one')
        .argParser(wholeNumber(0, 65_535))
        .default(DEFAULT_PORT),
    )
    .option('--data <dir>', 'where certificates, tables, logs and notifications live', DEFAULT_DATA)
    .addOption(
      new Option('--speed <factor>', 'simulated seconds in a second, for metrics, alarms and quotas')
        .argParser(wholeNumber(1, FASTEST))
        .default(1),
    )
    .option('--ready-file <file>', 'write { url, ca, issuer, pid } there once it serves')
    .option('--json', 'print the same JSON on stdout once it serves')
    .addHelpText(
      'after',
      '\nExamples:\n  $ secure-api dev\n  $ secure-api dev --port 0 --ready-file ready.json\n  $ secure-api dev -c issuer=https://login.example.com -c audience=documents\n  $ secure-api dev --assembly cdk.out --speed 60',
    )
    .action(dev);
}

async function dev(options: DevOptions): Promise<void> {
  const { serve } = await loadLocal();
  const assembly = options.assembly ?? (await synthesize(options.context));
  if (!existsSync(assembly)) throw missingAssembly(assembly);
  const { stack, port, speed } = options;
  const gateway = await serve({ assembly, stack, data: resolve(options.data), port, speed, print: progress });
  if (options.readyFile !== undefined) writeAtomically(options.readyFile, JSON.stringify(gateway.ready));
  if (options.json) print(JSON.stringify(gateway.ready));
  else progress(serving(gateway.ready));

  const signal = await interrupted();
  progress(`${signal}: finishing open requests`);
  if (options.readyFile !== undefined) rmSync(options.readyFile, { force: true });
  await gateway.close();
}

/** One more value of the context. */
function contextValue(text: string, before: Context): Context {
  const end = text.indexOf('=');
  if (end < 1) throw new InvalidArgumentError('Give a key and its value: key=value.');
  return { ...before, [text.slice(0, end)]: text.slice(end + 1) };
}

/** What to know once it serves; the last line of a start. */
function serving({ url, ca, issuer, apis }: Ready): string {
  const others = apis.slice(1).map((api) => `  also     ${api.url} (${api.name})`);
  const lines = [
    `  CA       ${ca}`,
    `  issuer   ${issuer}`,
    '  token    npx secure-api token --role <role>',
    ...others,
  ];
  return [...lines, `Serving ${url} (Ctrl-C ends it)`].join('\n');
}

/** Waits for the first signal to end; a second one ends at once. */
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

function missingAssembly(assembly: string): ConfigError {
  return new ConfigError({
    code: 'file-unreadable',
    location: '--assembly',
    found: `no directory ${assembly}`,
    expected: 'a cloud assembly, as "cdk synth" writes it',
    fix: 'Run "npx cdk synth", or leave the option out to synthesize first.',
  });
}
