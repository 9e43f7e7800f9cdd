import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import { ACCOUNT_RATE } from '../limits/index.ts';
import {
  type Account,
  apiGatewaySettings,
  countFindings,
  openAccount,
  type PreflightReport,
  preflight,
  preflightPolicy,
  readStack,
  reportJson,
  reportText,
  type Severity,
  type SynthesizedStack,
} from '../preflight/index.ts';
import { CONTEXT_FILE, writeContextNumber } from './contextFile.ts';
import { EXIT } from './exitCodes.ts';
import { invalidOption, wholeNumber, withExamples } from './options.ts';
import { print, progress } from './output.ts';
import { type Context, contextOf, contextOption, synthesize } from './synthesize.ts';

interface PreflightOptions {
  readonly stack?: string;
  readonly region?: string;
  readonly assembly?: string;
  readonly context: Context;
  readonly timeout: number;
  readonly writeContext?: boolean;
  readonly policy?: boolean;
  readonly json?: boolean;
}

const DEFAULT_TIMEOUT_S = 60;
const MAX_TIMEOUT_S = 900;

/** `secure-api preflight`: reports what would fail in the account, before a deployment. */
export function preflightCommand(): Command {
  const command = new Command('preflight')
    .description('read the AWS account and report what would fail in a deployment; changes nothing in the account')
    .option('--stack <name>', 'stack to check, when several have an API')
    .option('--region <region>', 'AWS region (default: that of the stack, then that of the AWS configuration)')
    .option('--assembly <dir>', 'check this cloud assembly without a synth')
    .addOption(contextOption())
    .addOption(
      new Option('--timeout <seconds>', 'report what did not respond within this time as unchecked')
        .argParser(wholeNumber(1, MAX_TIMEOUT_S))
        .default(DEFAULT_TIMEOUT_S),
    )
    .addOption(
      new Option('--write-context', `first write ${ACCOUNT_RATE} of the account into ${CONTEXT_FILE}`).conflicts(
        'assembly',
      ),
    )
    .option('--policy', 'print the IAM policy that allows every call of this command, and read nothing')
    .option('--json', 'print { stack, account, region, findings, counts } as JSON')
    .action(run);
  return withExamples(
    command,
    'secure-api preflight',
    'secure-api preflight --stack Documents --region eu-west-1 --json',
    'secure-api preflight --assembly cdk.out',
    'secure-api preflight --write-context',
    'secure-api preflight --policy > preflight-policy.json',
  );
}

async function run(options: PreflightOptions): Promise<void> {
  if (options.policy === true) return print(JSON.stringify(preflightPolicy(), null, 2));
  const { assembly, context, region, timeout } = options;
  const given = assembly === undefined ? undefined : readStack(assembly, options.stack);
  const account = await openAccount(region ?? given?.region, AbortSignal.timeout(timeout * 1000));
  if (options.writeContext === true) await writeAccountRate(account);
  const environment = { CDK_DEFAULT_ACCOUNT: account.id, CDK_DEFAULT_REGION: account.region };
  const stack = given ?? readStack(await synthesize(context, { print: progress, environment }), options.stack);
  // The synth can take long, and a stack can fix another region than that of the configuration.
  const target = await openAccount(targetRegion(stack, account, region), AbortSignal.timeout(timeout * 1000));
  progress(`Reading account ${target.id} in ${target.region}`);
  const accountRate = given === undefined ? { written: contextOf(context)[ACCOUNT_RATE] } : undefined;
  const report = await preflight(target, stack, { accountRate, now: new Date() });
  print(options.json === true ? reportJson(report) : reportText(report, colour));
  process.exitCode = exitCodeOf(report);
}

/** The region of the stack. One that the app fixes cannot be another than the option's. */
function targetRegion(stack: SynthesizedStack, account: Account, region: string | undefined): string {
  if (stack.region === undefined || stack.region === region || region === undefined)
    return stack.region ?? account.region;
  throw invalidOption({
    location: '--region',
    found: region,
    expected: `${stack.region}, which the app fixes for the stack ${stack.displayName}`,
    fix: 'Leave out the option, or change the region of the stack in the app.',
  });
}

/** Writes the rate of the account into the project, so that every synth uses it. */
async function writeAccountRate(account: Account): Promise<void> {
  const { rate } = await apiGatewaySettings(account);
  const overriding = contextOf({})[ACCOUNT_RATE];
  const changed = writeContextNumber(CONTEXT_FILE, ACCOUNT_RATE, rate);
  progress(`${CONTEXT_FILE}: ${ACCOUNT_RATE} ${changed ? 'is now' : 'was already'} ${rate}`);
  const effective = contextOf({})[ACCOUNT_RATE];
  if (effective === rate || overriding === undefined) return;
  throw invalidOption({
    location: `cdk.json context ${ACCOUNT_RATE}`,
    found: JSON.stringify(effective),
    expected: `no such key: it overrides ${CONTEXT_FILE}`,
    fix: 'Remove the key from cdk.json.',
  });
}

function exitCodeOf(report: PreflightReport): number {
  const { error, unchecked } = countFindings(report);
  if (error > 0) return EXIT.wouldFail;
  return unchecked > 0 ? EXIT.unchecked : EXIT.success;
}

const COLOURS = { error: 'red', warning: 'yellow', unchecked: 'magenta', ok: 'green' } as const;

/** `styleText` respects NO_COLOR, FORCE_COLOR and whether the stream is a terminal. */
function colour(severity: Severity, text: string): string {
  return styleText(COLOURS[severity], text, { stream: process.stdout });
}
