import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import type { Api } from '../definition/api.ts';
import { oneOf } from '../definition/checks/check.ts';
import { DEFINITION_OPTION, loadReviewable } from './loadDefinition.ts';
import { type LocalUser, loadLocal } from './localPackage.ts';
import { invalidOption, usableData, withData, withExamples } from './options.ts';
import { print, progress } from './output.ts';

interface UsersOptions {
  readonly role: readonly string[];
  readonly tier?: string;
  readonly definition?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** `secure-api users`: the users of the local issuer's sign-in page. The gateway does not have to run. */
export function usersCommand(): Command {
  return new Command('users')
    .description("manage the users of the local issuer's sign-in page")
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand());
}

function addCommand(): Command {
  const command = common('add', 'add a user; the password is the first line of stdin, or is asked for')
    .argument('<name>', 'name of the user, and subject of the tokens')
    .option('--role <role...>', 'role of the user; repeat it for several', [])
    .option('--tier <tier>', "tier of the user (default: the definition's)")
    .option(...DEFINITION_OPTION)
    .option('--json', 'print { name, roles, tier } as JSON')
    .action(add);
  return withExamples(command, 'secure-api users add ada --role editor < password.txt');
}

function listCommand(): Command {
  const command = common('list', 'list the users').option('--json', 'print the users as JSON').action(list);
  return withExamples(command, 'secure-api users list', 'secure-api users list --json');
}

function removeCommand(): Command {
  const command = common('remove', 'remove a user')
    .argument('<name>', 'name of the user')
    .option('--json', 'print { name, removed } as JSON')
    .action(remove);
  return withExamples(command, 'secure-api users remove ada');
}

function common(name: string, description: string): Command {
  return withData(new Command(name).description(description));
}

async function add(name: string, { role: roles, tier, definition, data, json }: UsersOptions): Promise<void> {
  const { addUser } = await loadLocal();
  if (roles.length > 0 || tier !== undefined) requireKnown(await loadReviewable(definition), roles, tier);
  await addUser(usableData(data), { name, roles, tier }, await readPassword());
  if (json) print(JSON.stringify({ name, roles, tier }));
  else progress(`added ${name}`);
}

/** A role or tier that does not exist would give the user nothing. */
function requireKnown(api: Api, roles: readonly string[], tier: string | undefined): void {
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

async function list({ data, json }: UsersOptions): Promise<void> {
  const users = (await loadLocal()).listUsers(resolve(data));
  print(json ? JSON.stringify({ users }) : users.map(userLine).join('\n'));
}

async function remove(name: string, { data, json }: UsersOptions): Promise<void> {
  const removed = (await loadLocal()).removeUser(resolve(data), name);
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

function userLine({ name, roles, tier }: LocalUser): string {
  return [name, roles.join(', ') || 'no roles', ...(tier === undefined ? [] : [`tier ${tier}`])].join('  ');
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
