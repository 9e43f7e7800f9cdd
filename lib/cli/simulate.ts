import { Command, InvalidArgumentError, Option } from 'commander';
import { hasCaller } from '../definition/access.ts';
import type { Api, Route } from '../definition/api.ts';
import { enforcedLimits, rateRules } from '../limits/index.ts';
import { costOf, PATTERNS, type Pattern, PRICES, PRICES_OF, type PricedRegion, simulate } from '../simulator/index.ts';
import { DEFINITION_OPTION, loadDefinition } from './loadDefinition.ts';
import { wholeNumber, withExamples } from './options.ts';
import { print } from './output.ts';
import { formatSimulation, type Report } from './simulateFormat.ts';
import { requireFeasible, routeById, tierWeights } from './simulateOptions.ts';

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

/** Rules of the web ACL besides the rate rules: three managed groups and one for bodies. */
const OTHER_RULES = 4;
const DEFAULT_MEMORY_MB = 256;
/** The construct's default. */
const AUTHORIZER_CACHE_SECONDS = 60;
/** Start of a month, so that a monthly quota is whole. */
const DEFAULT_START = '2026-01-01T00:00:00Z';
const MONTH_SECONDS = 31 * 86_400;
const MAX_CLIENTS = 1_000_000;
const MAX_RPS = 1_000_000;
/** Highest limit that WAF allows a rate rule. */
const MAX_WAF_LIMIT = 2_000_000_000;

const IN_FIVE_MINUTES = 'in five minutes (default: as deployed)';

/** `secure-api simulate`: shows what limits do to traffic before they are deployed. */
export function simulateCommand(): Command {
  const number = (flags: string, description: string, min: number, max: number) =>
    new Option(flags, description).argParser(wholeNumber(min, max));
  const command = new Command('simulate')
    .description(
      'send traffic through WAF, usage plans, quotas and stage in virtual time: who is served, and what it costs',
    )
    .option(...DEFINITION_OPTION)
    .addOption(number('--rps <number>', 'requests a second of all clients together', 1, MAX_RPS).makeOptionMandatory())
    .addOption(number('--clients <number>', 'number of clients', 1, MAX_CLIENTS).default(1))
    .addOption(number('--seconds <number>', 'duration', 1, MONTH_SECONDS).default(60))
    .addOption(
      new Option('--pattern <pattern>', patternHelp()).choices(Object.keys(PATTERNS)).default('steady' as Pattern),
    )
    .option('--tier <tier...>', 'tiers of the clients; name=weight sets the share of each (default: equal shares)', [])
    .addOption(
      number('--addresses <number>', 'number of addresses that the clients share (default: one each)', 1, MAX_CLIENTS),
    )
    .addOption(
      new Option('--keys <tier|client>', 'whether clients share the key of their tier or have their own keys')
        .choices(['tier', 'client'])
        .default('tier'),
    )
    .option('--route <id>', 'route to call (default: one without its own limits)')
    .addOption(number('--ip-limit <number>', `WAF limit for one address ${IN_FIVE_MINUTES}`, 10, MAX_WAF_LIMIT))
    .addOption(number('--token-limit <number>', `WAF limit for one token ${IN_FIVE_MINUTES}`, 10, MAX_WAF_LIMIT))
    .addOption(
      number('--handler-ms <number>', 'duration of a handler in milliseconds, for the cost', 1, 29_000).default(50),
    )
    .addOption(
      new Option('--region <region>', 'AWS region of the prices').choices(Object.keys(PRICES)).default('us-east-1'),
    )
    .addOption(
      new Option('--start <time>', 'UTC time of the first request, for quotas')
        .argParser(startTime)
        .default(Date.parse(DEFAULT_START), DEFAULT_START),
    )
    .option('--json', 'print the result as JSON')
    .action(async (options: SimulateOptions) => {
      const report = reportOf(await loadDefinition(options.definition), options);
      print(options.json ? JSON.stringify(report) : formatSimulation(report));
    });
  return withExamples(
    command,
    'secure-api simulate --rps 500 --clients 100 --pattern burst --tier free=9 premium=1',
    'secure-api simulate --rps 2000 --clients 50 --pattern flood --keys client --json',
    'secure-api simulate --rps 5 --clients 10 --tier free --seconds 86400   # when does a daily quota end?',
  );
}

function reportOf(api: Api, options: SimulateOptions): Report {
  const { rps, clients, seconds, pattern, addresses = clients, keys, ipLimit, tokenLimit, region, handlerMs } = options;
  requireFeasible(rps * seconds);
  const route: Route | undefined = options.route === undefined ? undefined : routeById(api, options.route);
  const isPublic = route !== undefined && !hasCaller(route.access);
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
  const each = Object.entries(PATTERNS).map(([name, meaning]) => `${name}: ${meaning}`);
  return `how requests are spread (${each.join('; ')})`;
}

function startTime(value: string): number {
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw new InvalidArgumentError('expected a time such as 2026-01-01T00:00:00Z.');
  return time;
}
