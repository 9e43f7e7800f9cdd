import { isIP } from 'node:net';
import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import { EXIT } from '../exitCodes.ts';
import { ipAddress, wholeNumber, withExamples } from '../options.ts';
import { print } from '../output.ts';
import { countsOf, reportJson, reportText, type UrlReport } from './checkReport.ts';
import { fault, hostAndPort, unchecked } from './checks/finding.ts';
import { findingsOf } from './checks/index.ts';
import { type CheckTargets, type Endpoint, type TargetOptions, targetsOf } from './checkTargets.ts';
import { addressesOf, hostOf } from './observe/addresses.ts';
import { observe } from './observe/endpoint.ts';

interface CheckOptions extends TargetOptions {
  readonly floor?: '1.2' | '1.3';
  readonly days?: number;
  readonly httpPort?: number;
  readonly address?: string;
  readonly timeout: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** What `SecureApi` deploys by default. */
const DEFAULT_FLOOR = '1.3';
const DEFAULT_TIMEOUT_S = 10;
const MAX_TIMEOUT_S = 120;
const MAX_DAYS = 3_650;
const MAX_PORT = 65_535;
/** Where a redirect for people who type the name is expected. */
const HTTP_PORT = 80;
/** This machine has no way to the address, which says nothing of the server. */
const NO_ROUTE = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL']);

/** `secure-api domain check`: examines live endpoints, changes nothing, sends no secret. */
export function checkCommand(): Command {
  const command = new Command('check')
    .description('examine a live endpoint: certificate, TLS versions and ciphers, HSTS, plain HTTP, revocation')
    .argument('[url...]', 'https URLs, or names (default: the APIs of --ready-file, with all their names)')
    .option('--ca <file>', 'trust the CAs in this PEM file alone, instead of those of Node.js')
    .option('--ready-file <file>', 'ready file of the local gateway: trusts its CA, finds its names at 127.0.0.1')
    .option('--cert <file>', 'client certificate for an endpoint with mutual TLS, as PEM')
    .option('--key <file>', 'key of the client certificate, as PEM')
    .addOption(
      new Option(
        '--floor <version>',
        'lowest TLS version that the endpoint is allowed to accept (default: that of the policy with --ready-file, else 1.3)',
      ).choices(['1.2', '1.3']),
    )
    .addOption(
      new Option(
        '--days <number>',
        'warn when a certificate lapses in fewer days (default: 30, or a fifth of a lifetime below 150 days)',
      ).argParser(wholeNumber(0, MAX_DAYS)),
    )
    .addOption(
      new Option(
        '--http-port <port>',
        'port where plain HTTP must not be answered (default: 80 for a URL without port)',
      ).argParser(wholeNumber(1, MAX_PORT)),
    )
    .addOption(
      new Option(
        '--address <ip>',
        'connect to this address instead of those in DNS, as before a record is changed',
      ).argParser(ipAddress),
    )
    .addOption(
      new Option('--timeout <seconds>', 'limit for each connection')
        .argParser(wholeNumber(1, MAX_TIMEOUT_S))
        .default(DEFAULT_TIMEOUT_S),
    )
    .option('--strict', 'exit with the code of a fault for warnings, too')
    .option('--json', 'print { endpoints, counts } as JSON')
    .action(run);
  return withExamples(
    command,
    'secure-api domain check https://api.example.com',
    'secure-api domain check api.example.com www.example.com --floor 1.2 --days 14 --json',
    'secure-api domain check https://partners.example.com --cert client.pem --key client.key',
    'secure-api domain check https://api.example.com --address 203.0.113.10',
    'secure-api domain check --ready-file .secure-api/ready.json',
  );
}

async function run(given: readonly string[], options: CheckOptions): Promise<void> {
  const targets = targetsOf(given, options);
  const reports: UrlReport[] = [];
  for (const endpoint of targets.endpoints) reports.push(await examine(endpoint, targets, options));
  print(options.json === true ? reportJson(reports) : reportText(reports, colour));
  const { fault: faults, warning: warnings, unchecked: rest } = countsOf(reports);
  if (faults > 0 || (options.strict === true && warnings > 0)) process.exitCode = EXIT.hasFault;
  else process.exitCode = rest > 0 ? EXIT.unchecked : EXIT.success;
}

async function examine({ url, ...known }: Endpoint, targets: CheckTargets, options: CheckOptions): Promise<UrlReport> {
  const timeoutMs = options.timeout * 1000;
  const host = hostOf(url);
  const address = options.address ?? known.address;
  const addresses = address === undefined ? await addressesOf(host, timeoutMs) : [address];
  if ('reason' in addresses) {
    const expected = 'a name with an IPv4 or IPv6 address';
    const fix = 'Check the name, and the address records of its zone.';
    return {
      url,
      addresses: [],
      findings: [fault('unreachable', { found: `${hostAndPort(url)}: ${addresses.reason}`, expected, fix })],
    };
  }
  const { trusted, identity, ownCa } = targets;
  const httpPort = options.httpPort ?? known.httpPort ?? (url.port === '' ? HTTP_PORT : undefined);
  const settings = {
    floor: options.floor ?? known.floor ?? DEFAULT_FLOOR,
    ownCa,
    ...(options.days === undefined ? {} : { days: options.days }),
  };
  const observed = await Promise.all(
    addresses.map((address) =>
      observe(url, address, {
        now: new Date(),
        timeoutMs,
        trusted,
        anyAddress: ownCa,
        ...(identity && { identity }),
        ...(httpPort && { httpPort }),
        ...(known.headers && { headers: known.headers }),
      }),
    ),
  );
  const hasOther = observed.some(({ failure }) => failure === undefined);
  const skipped = observed.filter(
    ({ failure, address }) =>
      hasOther && failure?.code === 'unreachable' && (NO_ROUTE.has(failure.cause ?? '') || isLoopback(address)),
  );
  const reports = observed
    .filter((facts) => !skipped.includes(facts))
    .map((facts) => ({ facts, findings: findingsOf(facts, settings) }));
  // A server of this machine often listens on one of 127.0.0.1 and ::1, which all clients find.
  const noRoute = skipped.filter(({ address }) => !isLoopback(address));
  const findings = noRoute.map(({ address, failure }) =>
    unchecked('no-route', {
      found: `${hostAndPort(url)} at ${address}: ${failure?.reason}`,
      expected: 'a way from this machine to the address',
      fix: `Run the command where IPv${isIP(address)} works.`,
    }),
  );
  return { url, addresses: reports, findings };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

const COLOURS = { fault: 'red', warning: 'yellow', unchecked: 'magenta', good: 'green' } as const;

/** `styleText` respects NO_COLOR, FORCE_COLOR and whether the stream is a terminal. */
function colour(severity: keyof typeof COLOURS, text: string): string {
  return styleText(COLOURS[severity], text, { stream: process.stdout });
}
