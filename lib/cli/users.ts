import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { claimOf, isClaim } from '../../lambdas/shared/callerClaims.ts';
import type { Api } from '../definition/api.ts';
import { oneOf } from '../definition/checks/check.ts';
import { type ApiSelection, selectionOf, withStack, withStackOrLocal } from './deployedApi.ts';
import { DEFINITION_OPTION, loadReviewable } from './loadDefinition.ts';
import { type LocalUser, loadLocal } from './localPackage.ts';
import { claimOption, invalidOption, missingOption, usableData, withData, withExamples } from './options.ts';
import { print, progress } from './output.ts';
import { withUserPool } from './userPool/userPool.ts';
import { addPoolUser, listPoolUsers, type PoolUser, removePoolUser, setPoolRoles } from './userPool/users.ts';

interface UsersOptions extends Partial<ApiSelection> {
  readonly role?: readonly string[];
  readonly tier?: string;
  readonly claim?: Readonly<Record<string, string>>;
  readonly resend?: boolean;
  readonly definition?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** `secure-api users`: the users of a deployed user pool, or of the local issuer's sign-in page. The gateway does not have to run. */
export function usersCommand(): Command {
  return new Command('users')
    .description("manage the users of a deployed user pool, or of the local issuer's sign-in page")
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(setRoleCommand())
    .addCommand(removeCommand());
}

function addCommand(): Command {
  const command = common('add', 'add a user to the user pool, or to the local issuer', ['definition', 'claim'])
    .argument(
      '<name>',
      'e-mail address of the user; with the local issuer any name, which is the subject of the tokens',
    )
    .option('--role <role...>', 'role of the user; repeat it for several')
    .option('--tier <tier>', "tier of the user (default: the definition's)")
    .addOption(claimOption())
    .option(...DEFINITION_OPTION)
    .option('--resend', 'with --stack: mail another temporary password to a user who has not signed in yet')
    .option('--json', 'print { name, roles, tier } as JSON')
    .action(add)
    .addHelpText('after', PASSWORDS);
  return withExamples(
    command,
    'secure-api users add ada@example.com --role editor --tier premium --stack Documents',
    'secure-api users add ada --role editor < password.txt',
    'secure-api users add ada --role clerk --claim tenant=acme < password.txt',
  );
}

function listCommand(): Command {
  const command = common('list', 'list the users').option('--json', 'print the users as JSON').action(list);
  return withExamples(command, 'secure-api users list', 'secure-api users list --stack Documents --json');
}

function setRoleCommand(): Command {
  const command = withStack(
    new Command('set-role').description('replace the roles or the tier of a user of the user pool'),
  )
    .argument('<name>', 'e-mail address of the user')
    .option('--role <role...>', 'the roles that the user has from now on; all others are removed')
    .option('--tier <tier>', 'the tier that the user has from now on')
    .option('--json', 'print { name, roles, tier } as JSON')
    .action(setRole);
  return withExamples(
    command,
    'secure-api users set-role ada@example.com --role editor manager --stack Documents',
    'secure-api users set-role ada@example.com --tier free --stack Documents',
  );
}

function removeCommand(): Command {
  const command = common('remove', 'remove a user')
    .argument('<name>', 'name of the user')
    .option('--json', 'print { name, removed } as JSON')
    .action(remove);
  return withExamples(
    command,
    'secure-api users remove ada@example.com --stack Documents',
    'secure-api users remove ada',
  );
}

const PASSWORDS = `
Passwords:
  With --stack, Cognito mails a temporary password, which works for a day. Without it, the password
  is the first line of stdin, or is asked for.`;

function common(name: string, description: string, localOptions: readonly string[] = []): Command {
  return withStackOrLocal(withData(new Command(name).description(description)), ['data', ...localOptions]);
}

async function add(name: string, options: UsersOptions): Promise<void> {
  const selection = selectionOf(options);
  const { role: roles = [], tier, claim: claims = {}, resend = false, definition, data, json } = options;
  if (selection !== undefined) {
    const membership = { roles, ...(tier !== undefined && { tier }) };
    await withUserPool(selection, (pool) => addPoolUser(pool, name, membership, resend));
    if (json) print(JSON.stringify({ name, roles, tier }));
    else progress(`added ${name}: Cognito mails a temporary password, which works for a day`);
    return;
  }
  if (resend) throw localResend();
  const { addUser } = await loadLocal();
  const hasClaims = Object.keys(claims).length > 0;
  if (roles.length > 0 || tier !== undefined || hasClaims) {
    requireKnown(await loadReviewable(definition), { roles, tier, claims });
  }
  const user = { name, roles, tier, ...(hasClaims ? { claims } : {}) };
  await addUser(usableData(data), user, await readPassword());
  if (json) print(JSON.stringify(user));
  else progress(`added ${name}`);
}

/** A role or tier that does not exist would give the user nothing; a claim that is not as declared is rejected. */
function requireKnown(api: Api, { roles, tier, claims = {} }: Omit<LocalUser, 'name'>): void {
  for (const [name, value] of Object.entries(claims)) requireClaim(api, name, value);
  const asked = [
    ...roles.map((role) => ['--role', role, Object.keys(api.roles.byName)] as const),
    ...(tier === undefined ? [] : [['--tier', tier, Object.keys(api.tiers)] as const]),
  ];
  for (const [location, name, known] of asked) {
    if (known.includes(name)) continue;
    const expected = oneOf(known, `a name of the definition, which has none`);
    throw invalidOption({ location, found: JSON.stringify(name), expected, fix: 'Use a name of the definition.' });
  }
}

function requireClaim({ claimRules }: Api, name: string, value: string): void {
  const rule = Object.hasOwn(claimRules, name) ? claimRules[name] : undefined;
  const location = '--claim';
  if (rule === undefined) {
    const expected = oneOf(Object.keys(claimRules), 'a claim of the definition, which declares none');
    throw invalidOption({ location, found: JSON.stringify(name), expected, fix: 'Use a claim of the definition.' });
  }
  if (isClaim(claimOf(value, rule), rule)) return;
  const expected = `a value that the schema of the claim ${name} allows`;
  throw invalidOption({ location, found: JSON.stringify(value), expected, fix: 'See secure-api access matrix.' });
}

function localResend() {
  const fix = 'Name the stack of the user pool: the local issuer mails nothing.';
  return missingOption({ location: '--stack', found: '--resend alone', expected: 'the stack of the user pool', fix });
}

async function list({ data, json, ...options }: UsersOptions): Promise<void> {
  const selection = selectionOf(options);
  const users: readonly (LocalUser & Partial<PoolUser>)[] =
    selection === undefined
      ? (await loadLocal()).listUsers(resolve(data))
      : await withUserPool(selection, listPoolUsers);
  print(json ? JSON.stringify({ users }) : users.map(userLine).join('\n'));
}

async function setRole(name: string, options: UsersOptions & ApiSelection): Promise<void> {
  const { role: roles, tier, json } = options;
  if (roles === undefined && tier === undefined) {
    const fix = 'Name the roles, the tier, or both.';
    throw missingOption({ location: '--role or --tier', found: 'neither', expected: 'at least one of them', fix });
  }
  const membership = await withUserPool(options, (pool) => setPoolRoles(pool, name, { roles, tier }));
  if (json) print(JSON.stringify({ name, ...membership }));
  else progress(`${userLine({ name, ...membership })}; new tokens have them`);
}

async function remove(name: string, { data, json, ...options }: UsersOptions): Promise<void> {
  const selection = selectionOf(options);
  const removed =
    selection === undefined
      ? (await loadLocal()).removeUser(resolve(data), name)
      : await withUserPool(selection, (pool) => removePoolUser(pool, name)).then(() => true);
  if (!removed) {
    throw invalidOption({
      location: '<name>',
      found: JSON.stringify(name),
      expected: 'a known user',
      fix: 'See secure-api users list.',
    });
  }
  if (json) print(JSON.stringify({ name, removed }));
  else progress(`removed ${name}`);
}

function userLine({ name, roles, tier, claims = {}, status }: LocalUser & Partial<PoolUser>): string {
  const ofClaims = Object.entries(claims).map(([claim, value]) => `${claim}=${value}`);
  const more = [
    ...ofClaims,
    ...(tier === undefined ? [] : [`tier ${tier}`]),
    ...(status === undefined ? [] : [status]),
  ];
  return [name, roles.join(', ') || 'no roles', ...more].join('  ');
}

/** Reads the first line of stdin; a terminal does not show it. No option takes it, because `ps` shows options. */
async function readPassword(): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  if (terminal) progress('Password (8 characters or more; it is not shown):');
  const discard = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: discard, terminal });
  for await (const line of lines) return line;
  return '';
}
