import { Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../definition/errors.ts';
import { type ApiSelection, selectionOf, withStackOrLocal } from './deployedApi.ts';
import { findGateway } from './findGateway.ts';
import { loadLocal, type Ready, type TokenRequest } from './localPackage.ts';
import { claimOption, wholeNumber, withExamples, withGateway } from './options.ts';
import { print, progress } from './output.ts';
import { validSession } from './signIn/accessToken.ts';

type Elevated = TokenRequest['elevated'];

interface TokenOptions extends Partial<ApiSelection> {
  readonly role: readonly string[];
  readonly scope: readonly string[];
  readonly elevate: Elevated;
  readonly claim: Readonly<Record<string, string>>;
  readonly tier?: string;
  readonly client: string;
  readonly ttl: number;
  readonly alg?: string;
  readonly format?: TokenRequest['format'];
  readonly dpop?: string;
  readonly readyFile?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** Longest lifetime that the authorizer accepts by default: one hour. */
const MAX_TTL_SECONDS = 3600;
const DEFAULT_TTL_SECONDS = 300;

/** What only the local issuer can do: at a user pool, roles and lifetime are those of the person who signed in. */
const LOCAL_OPTIONS = 'role scope elevate claim tier client ttl alg format dpop readyFile data'.split(' ');

/** `secure-api token`: your access token for a deployed API, or one from a real flow (client credentials) of the local issuer. */
export function tokenCommand(): Command {
  const command = new Command('token')
    .description('print your access token for a deployed API, or one from the running local issuer')
    .option('--role <role...>', 'role of the caller; repeat it for several', [])
    .option('--scope <scope...>', 'scope of the token; repeat it for several', [])
    .addOption(
      new Option('--elevate <role:seconds...>', 'temporary role of the caller').argParser(elevation).default([]),
    )
    .addOption(claimOption())
    .option('--tier <tier>', "tier of the client (default: the definition's)")
    .option(
      '--client <id>',
      'OAuth client that requests the token; a machine client of the user pool also by its name',
      'local-cli',
    )
    .addOption(
      new Option('--ttl <seconds>', 'lifetime of the token')
        .argParser(wholeNumber(1, MAX_TTL_SECONDS))
        .default(DEFAULT_TTL_SECONDS),
    )
    .option('--alg <algorithm>', 'signature algorithm (default: the first that the stack accepts)')
    .addOption(
      new Option('--format <format>', 'format of the token (default: that of the first token issuer)').choices([
        'jwt',
        'hmac',
        'opaque',
      ]),
    )
    .option('--dpop <file>', 'bind the token to the private key in this file, which is created if missing')
    .option('--json', 'print { access_token, token_type, expires_in } as JSON')
    .action(token);
  return withExamples(
    withStackOrLocal(withGateway(command), LOCAL_OPTIONS),
    'secure-api token --stack Documents   # after: secure-api login --stack Documents',
    'secure-api token --role editor',
    'secure-api token --role viewer --tier premium --client acme --ttl 60',
    'secure-api token --role clerk --claim tenant=acme',
    'secure-api token --role editor --dpop client.pem   # see: secure-api proof --help',
  );
}

async function token(options: TokenOptions): Promise<void> {
  const {
    role: roles,
    scope: scopes,
    elevate: elevated,
    claim: claims,
    tier,
    client,
    ttl,
    alg,
    format,
    dpop: dpopKey,
  } = options;
  const selection = selectionOf(options);
  if (selection !== undefined) return printSession(selection, options.json ?? false);
  if (roles.length + scopes.length + elevated.length === 0) throw missingAccess();
  const ready = findGateway(options);
  const { requestToken } = await loadLocal();
  const request = { ready, data: ready.data, roles, scopes, elevated, claims, tier, client, ttl, alg, format, dpopKey };
  const accessToken = await requestToken(request);
  warnOfMissingClaims(ready, claims);
  warnOfRolesWithoutMap(ready, [...roles, ...elevated.map(([role]) => role)]);
  const token_type = dpopKey === undefined ? 'Bearer' : 'DPoP';
  print(options.json ? JSON.stringify({ access_token: accessToken, token_type, expires_in: ttl }) : accessToken);
}

/** On stderr, so that stdout is the token alone: another API of the stack can need no claim. */
function warnOfMissingClaims({ apis }: Ready, claims: Readonly<Record<string, string>>): void {
  for (const { name, requiredClaims = [] } of apis) {
    const missing = requiredClaims.filter((claim) => !Object.hasOwn(claims, claim));
    if (missing.length === 0) continue;
    const fix = missing.map((claim) => `--claim ${claim}=…`).join(' ');
    progress(`warning: ${name} rejects this token, which is missing ${missing.join(', ')}: add ${fix}`);
  }
}

/** Roles that the API knows, and that the role map for local tokens does not give: the issuer has rejected all others. */
function warnOfRolesWithoutMap({ apis }: Ready, roles: readonly string[]): void {
  if (apis.some(({ tokenRoles }) => tokenRoles === undefined)) return;
  const possible = [...new Set(apis.flatMap(({ tokenRoles = [] }) => tokenRoles))];
  const which = possible.length === 0 ? 'none' : possible.join(', ');
  for (const role of new Set(roles)) {
    if (!possible.includes(role))
      progress(
        `warning: the role map for local tokens does not give ${role}, so routes that need it respond 403; it gives ${which}`,
      );
  }
}

/** The token alone on stdout, for a shell to insert. */
async function printSession(selection: ApiSelection, json: boolean): Promise<void> {
  const { accessToken, expiresAt } = await validSession(selection);
  const expires_in = Math.floor((expiresAt - Date.now()) / 1000);
  print(json ? JSON.stringify({ access_token: accessToken, token_type: 'Bearer', expires_in }) : accessToken);
}

/** Parses `<role>:<seconds>`; the issuer checks the role and the seconds. */
function elevation(value: string, before: Elevated): Elevated {
  const [, role, seconds] = /^(.+):(\d+)$/.exec(value) ?? [];
  if (role === undefined) throw new InvalidArgumentError('expected a role and seconds, such as manager:300.');
  return [...before, [role, Number(seconds)]];
}

function missingAccess(): ConfigError {
  return new ConfigError({
    code: 'option-missing',
    location: '--role',
    found: 'neither a role nor a scope',
    expected: 'at least one --role, --scope or --elevate, or a deployed --stack',
    fix: 'Name at least one: secure-api token --role viewer.',
  });
}
