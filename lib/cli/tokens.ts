import { Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../definition/errors.ts';
import { type DynamoDb, dynamoDb } from './dynamodb.ts';
import { print } from './output.ts';
import { DEFAULT_DATA, findGateway } from './ready.ts';
import { findTable, type Revoked, restore, revocationIds, revoke } from './revocations.ts';

interface Options extends Revoked {
  readonly table?: string;
  readonly region?: string;
  readonly local?: boolean;
  readonly readyFile?: string;
  readonly data: string;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;
/** No identity accepts tokens that live longer than a day, so after one none that exists now is left. */
const DEFAULT_MS = DAY_MS;
const LONGEST_MS = 366 * DAY_MS;

/** `secure-api tokens revoke` and `restore`: the deny list of an API. */
export function tokensCommand(): Command {
  const revoking = common('revoke', 'refuse a token, a person or an OAuth client from now on')
    .addOption(
      new Option('--until <time>', 'when it ends (ISO 8601), a year ahead at most; a day by default').argParser(
        timeAhead,
      ),
    )
    .addHelpText(
      'after',
      '\nIt takes effect once authorizer and gateway have forgotten what they remember: 15 and 60 seconds by default.' +
        '\n\nExamples:\n  $ secure-api tokens revoke --sub 7d8c… --table Documents-ApiAuthorizerRevocations…' +
        '\n  $ secure-api tokens revoke --client acme --until 2026-12-24T12:00:00Z --table …\n  $ secure-api tokens revoke --jti 3f2a… --local',
    )
    .action(async (options: Options & { readonly until?: Date }) => {
      const until = options.until ?? new Date(Date.now() + DEFAULT_MS);
      const ids = await change(options, (db, table, named) => revoke(db, table, named, until));
      tell(options, { revoked: ids, until: until.toISOString() });
    });
  const restoring = common('restore', 'take a token, a person or an OAuth client off the deny list').action(
    async (options: Options) => tell(options, { restored: await change(options, restore) }),
  );
  return new Command('tokens').description('the deny list of an API').addCommand(revoking).addCommand(restoring);
}

function common(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--jti <id>', 'a token, by its claim jti')
    .option('--sub <subject>', 'a person or program, by its claim sub')
    .option('--client <id>', 'an OAuth client, by its id')
    .option('--table <name>', 'the table of the deny list, an output of the stack')
    .option('--region <name>', 'where the table is (default: that of the AWS CLI)')
    .option('--local', 'the deny list of the gateway on this machine')
    .option('--ready-file <file>', 'the ready file of that gateway')
    .option('--data <dir>', 'the data directory of that gateway', DEFAULT_DATA)
    .option('--json', 'print what was done as JSON');
}

type Change = (db: DynamoDb, table: string, ids: readonly string[]) => Promise<void>;

/** Makes a change to the list that the options name, and gives the items that it was about. */
async function change(options: Options, make: Change): Promise<readonly string[]> {
  const ids = revocationIds(options);
  const db = await dynamoDb(options.local === true ? { endpoint: findGateway(options).dynamodb } : options);
  await make(db, options.table ?? (await defaultTable(options, db)), ids);
  return ids;
}

async function defaultTable({ local }: Options, db: DynamoDb): Promise<string> {
  if (local === true) return findTable(db);
  throw new ConfigError({
    code: 'option-missing',
    location: '--table',
    found: 'neither --table nor --local',
    expected: 'the table of the deny list',
    fix: 'Give the name that the stack tells as its output RevocationsTable, or --local.',
  });
}

function timeAhead(text: string): Date {
  const time = new Date(text);
  const ahead = time.getTime() - Date.now();
  if (ahead > 0 && ahead <= LONGEST_MS) return time;
  throw new InvalidArgumentError('expected a time in the future, a year ahead at most, such as 2026-12-24T12:00:00Z.');
}

function tell(
  { json }: Options,
  done: { revoked?: readonly string[]; restored?: readonly string[]; until?: string },
): void {
  const what = (done.revoked ?? done.restored ?? []).join(', ');
  const text = done.revoked === undefined ? `Restored ${what}` : `Revoked ${what} until ${done.until}`;
  print(json ? JSON.stringify(done) : text);
}
