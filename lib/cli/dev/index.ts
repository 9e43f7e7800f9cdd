import { Command, Option } from 'commander';
import { DEFAULT_DATA, wholeNumber, withExamples } from '../options.ts';
import { contextOption } from '../synthesize.ts';
import { dev } from './dev.ts';
import { inspectOption } from './inspect.ts';
import { loopbackUrl } from './notifyUrl.ts';

const DEFAULT_PORT = 8443;
/** Alarms are evaluated once a minute. Beyond this speed, a simulated minute is shorter than one evaluation. */
const MAX_SPEED = 600;

/** Long enough to see the states of an upload one by one. */
const MAX_SCAN_DELAY_S = 3_600;

/** `secure-api dev`: synthesizes the CDK app, serves its stack on this machine until it is interrupted, and takes what is saved. */
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
    .addOption(
      new Option('--notify-url <url>', 'send each notification to a webhook on this machine, signed').argParser(
        loopbackUrl,
      ),
    )
    .addOption(new Option('--no-watch', 'do not reload when files change').conflicts('assembly'))
    .option('--ready-file <file>', 'write { url, ca, issuer, pid, … } to this file once it serves')
    .option('--quiet', 'print no requests and no log entries, and one line at the start')
    .addOption(inspectOption())
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
    'secure-api dev --speed 60 --notify-url http://127.0.0.1:9000/alarms',
    'secure-api dev --inspect   # see docs/dev.md for the launch file of VS Code',
  );
}
