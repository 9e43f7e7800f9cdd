import { Command, Option } from 'commander';
import { loadLocal } from './local.ts';
import { wholeNumber } from './numbers.ts';
import { print } from './output.ts';
import { DEFAULT_DATA, findGateway } from './ready.ts';

interface TokenOptions {
  readonly role: readonly string[];
  readonly tier: string;
  readonly client: string;
  readonly ttl: number;
  readonly readyFile?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** Longest lifetime of an access token that the authorizer accepts by default: one hour. */
const LONGEST_TTL_SECONDS = 3600;
const DEFAULT_TTL_SECONDS = 300;

/** `secure-api token`: an access token from a real flow (client credentials) of the running local issuer. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('print an access token from the running local issuer')
    .requiredOption('--role <role...>', 'role of the caller; several are allowed')
    .option('--tier <tier>', 'tier of the client', 'free')
    .option('--client <id>', 'OAuth client that asks', 'local-cli')
    .addOption(
      new Option('--ttl <seconds>', 'lifetime of the token')
        .argParser(wholeNumber(1, LONGEST_TTL_SECONDS))
        .default(DEFAULT_TTL_SECONDS),
    )
    .option('--ready-file <file>', 'the ready file of the gateway')
    .option('--data <dir>', 'the data directory of the gateway', DEFAULT_DATA)
    .option('--json', 'print { access_token, token_type, expires_in } as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ secure-api token --role editor\n  $ secure-api token --role viewer --tier premium --client acme --ttl 60',
    )
    .action(async (options: TokenOptions) => {
      const ready = findGateway(options);
      const { requestToken } = await loadLocal();
      const { role: roles, tier, client, ttl } = options;
      const token = await requestToken({ ready, data: ready.data, roles, tier, client, ttl });
      print(options.json ? JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: ttl }) : token);
    });
}
