import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../exitCodes.ts';
import { wholeNumber, withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { domainFindings } from './status/address.ts';
import { certificateFindings } from './status/certificate.ts';
import { type DeployedDomains, deployedDomains } from './status/deployed.ts';
import { type Dns, openDns } from './status/dns.ts';
import { fault, type StatusFinding, waiting } from './status/finding.ts';
import { countsOf, reportJson, reportText, type StatusReport } from './status/report.ts';

interface StatusOptions {
  readonly stack: string;
  readonly region?: string;
  readonly wait?: number;
  readonly interval: number;
  readonly dnsServer?: string;
  readonly json?: boolean;
}

const DEFAULT_WAIT_S = 7_200;
/** ACM gives up after 72 hours. https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html */
const MAX_WAIT_S = 259_200;
const DEFAULT_INTERVAL_S = 15;
const MAX_INTERVAL_S = 300;

/** `secure-api domain status`: what the domains of a stack wait for. It changes nothing. */
export function statusCommand(): Command {
  const command = new Command('status')
    .description('say what the domains of a stack wait for: certificates, DNS records; also while cdk deploy waits')
    .requiredOption('--stack <name>', 'name or ARN of the stack with the domain')
    .option('--region <region>', 'AWS region (default: that of the AWS configuration)')
    .addOption(
      new Option('--wait [seconds]', 'look again until everything works, or something has failed')
        .argParser(wholeNumber(1, MAX_WAIT_S))
        .preset(`${DEFAULT_WAIT_S}`),
    )
    .addOption(
      new Option('--interval <seconds>', 'time between two looks with --wait')
        .argParser(wholeNumber(1, MAX_INTERVAL_S))
        .default(DEFAULT_INTERVAL_S),
    )
    .addOption(
      new Option('--dns-server <address>', 'DNS server to ask, such as 1.1.1.1 or 127.0.0.1:5353').argParser(dnsServer),
    )
    .option('--json', 'print { stack, status, region, findings, records, counts } as JSON')
    .action(run);
  return withExamples(
    command,
    'secure-api domain status --stack Notes',
    'secure-api domain status --stack Notes --wait 3600',
    'secure-api domain status --stack Notes --region eu-west-1 --json',
  );
}

async function run(options: StatusOptions): Promise<void> {
  const dns = openDns(options.dnsServer === undefined ? undefined : [options.dnsServer]);
  const deadline = Date.now() + (options.wait ?? 0) * 1000;
  let report = await look(options, dns);
  for (let shown = ''; isWaiting(report) && Date.now() < deadline; report = await look(options, dns)) {
    const summary = summaryOf(report);
    if (summary !== shown) progress(summary);
    shown = summary;
    await setTimeout(Math.min(options.interval * 1000, deadline - Date.now()));
  }
  print(options.json === true ? reportJson(report) : reportText(report, colour));
  const counts = countsOf(report);
  process.exitCode = counts.fault > 0 ? EXIT.hasFault : counts.waiting > 0 ? EXIT.waiting : EXIT.success;
}

async function look({ stack, region }: StatusOptions, dns: Dns): Promise<StatusReport> {
  const deployed = await deployedDomains(stack, region);
  const { certificates, domains, distributionOf } = deployed;
  const now = new Date();
  const findings = await Promise.all([
    ...certificates.map((certificate) => certificateFindings(certificate, dns, now)),
    ...domains.map((domain) => domainFindings(domain, dns, distributionOf(domain.domainName ?? ''))),
  ]);
  const { status } = deployed;
  return {
    stack: deployed.stack,
    status,
    region: deployed.region,
    findings: [...stackFindings(deployed), ...findings.flat()],
  };
}

function stackFindings({ stack, status, notCreated, certificates, domains }: DeployedDomains): StatusFinding[] {
  if (/^(CREATE_FAILED|ROLLBACK_|DELETE_)/.test(status)) {
    const fix = 'Read in the events of the stack why it failed, delete it, and deploy again.';
    const found = `CloudFormation reports the status ${status}`;
    return [fault(stack, { code: 'stack-failed', found, expected: 'a stack that is deployed or being deployed', fix })];
  }
  const nothingYet = certificates.length === 0 && domains.length === 0 && notCreated.length === 0;
  return (nothingYet ? [stack] : notCreated).map((id) =>
    waiting(id, {
      code: 'not-created',
      found: `CloudFormation has not created it yet (${status})`,
      expected: 'a resource of the stack, after the certificate is issued',
      fix: 'Wait: there is nothing else to do for it. With --wait, this command looks again until it exists.',
    }),
  );
}

function isWaiting(report: StatusReport): boolean {
  const counts = countsOf(report);
  return counts.fault === 0 && counts.waiting > 0;
}

/** What is missing, as one line for each; with the records, so that a person can create them meanwhile. */
function summaryOf({ status, findings }: StatusReport): string {
  const lines = findings
    .filter(({ severity }) => severity === 'waiting')
    .map(({ name, found, expected = '' }) => `  ${name}: ${found}; expected: ${expected}`);
  return [`Waiting (stack ${status}):`, ...lines].join('\n');
}

function dnsServer(value: string): string {
  const [, host = value] = /^\[(.*)\](?::\d{1,5})?$/.exec(value) ?? /^([\d.]+):\d{1,5}$/.exec(value) ?? [];
  if (isIP(host) !== 0) return value;
  throw new InvalidArgumentError('expected an IP address, with a port where it is not 53.');
}

const COLOURS = { fault: 'red', waiting: 'yellow', ok: 'green' } as const;

/** `styleText` respects NO_COLOR, FORCE_COLOR and whether the stream is a terminal. */
function colour(severity: keyof typeof COLOURS, text: string): string {
  return styleText(COLOURS[severity], text, { stream: process.stdout });
}
