import { Command, InvalidArgumentError, Option } from 'commander';
import type { Api, Route } from '../definition/api.ts';
import { enforcedLimits, rateRules } from '../limits/index.ts';
import { costOf, PATTERNS, type Pattern, PRICES, PRICES_OF, type PricedRegion, simulate } from '../simulator/index.ts';
import { DEFINITION_OPTION, loadDefinition } from './definition.ts';
import { wholeNumber } from './numbers.ts';
import { print } from './output.ts';
import { type Report, simulationText } from './simulateText.ts';
import { knownRoute, mostRequests, tierWeights } from './simulateTrial.ts';

interface SimulateOptions {
  readonly definition?: string;
  readonly rps: number;
  readonly clients: number;
  readonly seconds: number;
  readonly pattern: Pattern;
  readonly tier: readonly string[];
  readonly addresses?: number;
  readonly keys: 'tier' | 'client';
  readonly route?: string;
  readonly ipLimit?: number;
  readonly tokenLimit?: number;
  readonly handlerMs: number;
  readonly region: PricedRegion;
  readonly start: number;
  readonly json?: boolean;
}

/** Rules of the web ACL that the construct makes beside those that count: three managed groups and one for bodies. */
const OTHER_RULES = 4;
const DEFAULT_MEMORY_MB = 256;
/** The construct's default. */
const AUTHORIZER_CACHE_SECONDS = 60;
/** A quota of a month begins with it. */
const DEFAULT_START = '2026-01-01T00:00:00Z';
const MONTH_SECONDS = 31 * 86_400;
const MOST_CLIENTS = 1_000_000;
const MOST_PER_SECOND = 1_000_000;
/** WAF quota of a rate rule. */
const MOST_BY_WAF = 2_000_000_000;

const IN_FIVE_MINUTES = 'in five minutes (default: as deployed)';

const EXAMPLES = [
  'secure-api simulate --rps 500 --clients 100 --pattern burst --tier free=9 premium=1',
  'secure-api simulate --rps 2000 --clients 50 --pattern flood --keys client --json',
  'secure-api simulate --rps 5 --clients 10 --tier free --seconds 86400   # when does the quota of a day end?',
];

/** `secure-api simulate`: what limits do to traffic, before they are deployed. */
export function simulateCommand(): Command {
  const number = (flags: string, says: string, min: number, max: number) =>
    new Option(flags, says).argParser(wholeNumber(min, max));
  return new Command('simulate')
    .description('send traffic through WAF, plans, quotas and stage in virtual time: who gets what, and what it costs')
    .option(...DEFINITION_OPTION)
    .addOption(
      number('--rps <number>', 'requests a second, all clients together', 1, MOST_PER_SECOND).makeOptionMandatory(),
    )
    .addOption(number('--clients <number>', 'how many clients', 1, MOST_CLIENTS).default(1))
    .addOption(number('--seconds <number>', 'how long', 1, MONTH_SECONDS).default(60))
    .addOption(
      new Option('--pattern <pattern>', patternHelp()).choices(Object.keys(PATTERNS)).default('steady' as Pattern),
    )
    .option(
      '--tier <tier...>',
      'tiers of the clients; name=weight says how many have each (default: all tiers alike)',
      [],
    )
    .addOption(number('--addresses <number>', 'addresses that the clients share (default: one each)', 1, MOST_CLIENTS))
    .addOption(
      new Option('--keys <tier|client>', 'clients share the key of their tier, or each has its own')
        .choices(['tier', 'client'])
        .default('tier'),
    )
    .option('--route <id>', 'the route that is asked for (default: one without limits of its own)')
    .addOption(number('--ip-limit <number>', `requests of an address ${IN_FIVE_MINUTES}`, 10, MOST_BY_WAF))
    .addOption(number('--token-limit <number>', `requests with a token ${IN_FIVE_MINUTES}`, 10, MOST_BY_WAF))
    .addOption(
      number('--handler-ms <number>', 'milliseconds that a handler takes, for the cost', 1, 29_000).default(50),
    )
    .addOption(new Option('--region <region>', 'whose prices').choices(Object.keys(PRICES)).default('us-east-1'))
    .addOption(
      new Option('--start <time>', 'UTC time of the first request, for quotas')
        .argParser(moment)
        .default(Date.parse(DEFAULT_START), DEFAULT_START),
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `\nExamples:\n${EXAMPLES.map((line) => `  $ ${line}`).join('\n')}`)
    .action(async (options: SimulateOptions) => {
      const report = reportOf(await loadDefinition(options.definition), options);
      print(options.json ? JSON.stringify(report) : simulationText(report));
    });
}

function reportOf(api: Api, options: SimulateOptions): Report {
  const { rps, clients, seconds, pattern, addresses = clients, keys, ipLimit, tokenLimit, region, handlerMs } = options;
  mostRequests(rps * seconds);
  const route: Route | undefined = options.route === undefined ? undefined : knownRoute(api, options.route);
  const isPublic = route?.access.kind === 'public';
  const limits = enforcedLimits(api, { route, ipLimit, tokenLimit });
  const result = simulate({
    limits,
    pattern,
    rps,
    seconds,
    clients,
    weights: isPublic ? [] : tierWeights(api, options.tier, clients),
    addresses,
    keys,
    isPublic,
    authorizerCacheSeconds: AUTHORIZER_CACHE_SECONDS,
    startMs: options.start,
  });
  const work = {
    handlerMs,
    handlerMemoryMb: route?.memoryMb ?? DEFAULT_MEMORY_MB,
    wafRules: rateRules(api).length + OTHER_RULES,
  };
  const cost = costOf(result, work, PRICES[region]);
  return { api: api.name, pattern, rps, clients, keys, region, pricesOf: PRICES_OF, work, limits, result, cost };
}

function patternHelp(): string {
  const each = Object.entries(PATTERNS).map(([name, says]) => `${name}: ${says}`);
  return `how requests are spread (${each.join('; ')})`;
}

function moment(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('expected a time such as 2026-01-01T00:00:00Z.');
  return time;
}
