import { Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../definition/errors.ts';
import { type DynamoDb, dynamoDb } from './dynamodb.ts';
import { findGateway } from './findGateway.ts';
import { withExamples, withGateway } from './options.ts';
import { print } from './output.ts';
import { findTable, type RevocationTarget, restore, revocationIds, revoke } from './revocations.ts';

interface TokensOptions extends RevocationTarget {
  readonly table?: string;
  readonly region?: string;
  readonly local?: boolean;
  readonly readyFile?: string;
  readonly data: string;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;
/** No issuer may issue tokens that live longer than a day, so after a day every token of today has expired. */
const DEFAULT_MS = DAY_MS;
const MAX_MS = 366 * DAY_MS;

const TAKES_EFFECT =
  '\nIt takes effect once the caches of authorizer and gateway have expired: after 15 and 60 seconds by default.';

/** `secure-api tokens revoke` and `restore`: the deny list of an API. */
export function tokensCommand(): Command {
  return new Command('tokens')
    .description('change the deny list of an API')
    .addCommand(revokeCommand())
    .addCommand(restoreCommand());
}

function revokeCommand(): Command {
  const command = common('revoke', 'reject a token, a person or an OAuth client from now on')
    .addOption(
      new Option('--until <time>', 'when it ends (ISO 8601), at most a year ahead (default: in a day)').argParser(
        futureTime,
      ),
    )
    .addHelpText('after', TAKES_EFFECT)
    .action(async (options: TokensOptions & { readonly until?: Date }) => {
      const until = options.until ?? new Date(Date.now() + DEFAULT_MS);
      const revoked = await change(options, (db, table, ids) => revoke(db, table, ids, until));
      const end = until.toISOString();
      print(options.json ? JSON.stringify({ revoked, until: end }) : `Revoked ${revoked.join(', ')} until ${end}`);
    });
  return withExamples(
    command,
    'secure-api tokens revoke --sub 7d8c… --table Documents-ApiAuthorizerRevocations…',
    'secure-api tokens revoke --client acme --until 2026-12-24T12:00:00Z --table …',
    'secure-api tokens revoke --jti 3f2a… --local',
  );
}

function restoreCommand(): Command {
  const command = common('restore', 'remove a token, a person or an OAuth client from the deny list').action(
    async (options: TokensOptions) => {
      const restored = await change(options, restore);
      print(options.json ? JSON.stringify({ restored }) : `Restored ${restored.join(', ')}`);
    },
  );
  return withExamples(command, 'secure-api tokens restore --jti 3f2a… --local');
}

function common(name: string, description: string): Command {
  const command = new Command(name)
    .description(description)
    .option('--jti <id>', 'a token, by its claim jti')
    .option('--sub <subject>', 'a person or program, by the claim sub')
    .option('--client <id>', 'an OAuth client, by its id')
    .option('--table <name>', 'table of the deny list, an output of the stack')
    .option('--region <name>', 'AWS region of the table (default: that of the AWS CLI)')
    .option('--local', 'the deny list of the running local gateway');
  return withGateway(command).option('--json', 'print what was done as JSON');
}

type Change = (db: DynamoDb, table: string, ids: readonly string[]) => Promise<void>;

/** Changes the deny list that the options name, and returns the items that it changed. */
async function change(options: TokensOptions, make: Change): Promise<readonly string[]> {
  const ids = revocationIds(options);
  const db = await dynamoDb(options.local === true ? { gateway: findGateway(options) } : options);
  await make(db, options.table ?? (await defaultTable(options, db)), ids);
  return ids;
}

async function defaultTable({ local }: TokensOptions, db: DynamoDb): Promise<string> {
  if (local === true) return findTable(db);
  throw new ConfigError({
    code: 'option-missing',
    location: '--table',
    found: 'neither --table nor --local',
    expected: 'the table of the deny list',
    fix: 'Give the output RevocationsTable of the stack, or --local.',
  });
}

function futureTime(value: string): Date {
  const time = new Date(value);
  const ahead = time.getTime() - Date.now();
  if (ahead > 0 && ahead <= MAX_MS) return time;
  throw new InvalidArgumentError('expected a time in the future, at most a year ahead, such as 2026-12-24T12:00:00Z.');
}
