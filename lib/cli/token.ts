import { Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../definition/errors.ts';
import { loadLocal, type TokenWish } from './local.ts';
import { wholeNumber } from './numbers.ts';
import { print } from './output.ts';
import { DEFAULT_DATA, findGateway } from './ready.ts';

type Elevated = TokenWish['elevated'];

interface TokenOptions {
  readonly role: readonly string[];
  readonly scope: readonly string[];
  readonly elevate: Elevated;
  readonly tier?: string;
  readonly client: string;
  readonly ttl: number;
  readonly alg?: string;
  readonly format?: TokenWish['format'];
  readonly dpop?: string;
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
    .option('--role <role...>', 'role of the caller; several are allowed', [])
    .option('--scope <scope...>', 'scope of the token; several are allowed', [])
    .addOption(
      new Option('--elevate <role:seconds...>', 'temporary role of the caller').argParser(elevation).default([]),
    )
    .option('--tier <tier>', "tier of the client (default: the definition's)")
    .option('--client <id>', 'OAuth client that asks', 'local-cli')
    .addOption(
      new Option('--ttl <seconds>', 'lifetime of the token')
        .argParser(wholeNumber(1, LONGEST_TTL_SECONDS))
        .default(DEFAULT_TTL_SECONDS),
    )
    .option('--alg <algorithm>', 'signature algorithm (default: the first that the stack accepts)')
    .addOption(
      new Option('--format <format>', 'kind of token (default: that of the first identity source)').choices([
        'jwt',
        'hmac',
        'opaque',
      ]),
    )
    .option('--dpop <file>', 'bind the token to the private key of this file, which is made when missing')
    .option('--ready-file <file>', 'the ready file of the gateway')
    .option('--data <dir>', 'the data directory of the gateway', DEFAULT_DATA)
    .option('--json', 'print { access_token, token_type, expires_in } as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ secure-api token --role editor\n  $ secure-api token --role viewer --tier premium --client acme --ttl 60\n  $ secure-api token --role editor --dpop client.pem   # see: secure-api proof --help',
    )
    .action(token);
}

async function token(options: TokenOptions): Promise<void> {
  const { role: roles, scope: scopes, elevate: elevated, tier, client, ttl, alg, format, dpop: dpopKey } = options;
  if (roles.length + scopes.length + elevated.length === 0) throw nothingAsked();
  const ready = findGateway(options);
  const { requestToken } = await loadLocal();
  const wish = { ready, data: ready.data, roles, scopes, elevated, tier, client, ttl, alg, format, dpopKey };
  const made = await requestToken(wish);
  const token_type = dpopKey === undefined ? 'Bearer' : 'DPoP';
  print(options.json ? JSON.stringify({ access_token: made, token_type, expires_in: ttl }) : made);
}

/** `<role>:<seconds>`; the issuer knows which roles and how many seconds there are. */
function elevation(text: string, before: Elevated): Elevated {
  const [, role, seconds] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (role === undefined) throw new InvalidArgumentError('expected a role and seconds, such as manager:300.');
  return [...before, [role, Number(seconds)]];
}

function nothingAsked(): ConfigError {
  return new ConfigError({
    code: 'option-missing',
    location: '--role',
    found: 'neither a role nor a scope',
    expected: 'at least one --role, --scope or --elevate',
    fix: 'Say what the caller may do: secure-api token --role viewer.',
  });
}
