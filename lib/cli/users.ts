import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { ConfigError } from '../definition/errors.ts';
import { type LocalUser, loadLocal } from './local.ts';
import { print, progress } from './output.ts';
import { DEFAULT_DATA } from './ready.ts';

interface UsersOptions {
  readonly role: readonly string[];
  readonly tier?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** `secure-api users`: who can sign in at the local issuer with a password. It need not run. */
export function usersCommand(): Command {
  return new Command('users')
    .description("manage the users of the local issuer's sign-in page")
    .addCommand(
      withData(new Command('add').description('add a user; the password is the first line of stdin, or asked for'))
        .argument('<name>', 'name of the user, and subject of the tokens')
        .option('--role <role...>', 'role of the user; several are allowed', [])
        .option('--tier <tier>', "tier of the user (default: the definition's)")
        .addHelpText('after', '\nExample:\n  $ secure-api users add ada --role editor < password.txt')
        .action(add),
    )
    .addCommand(
      withData(new Command('list').description('list the users'))
        .option('--json', 'print the users as JSON')
        .action(list),
    )
    .addCommand(
      withData(new Command('remove').description('remove a user'))
        .argument('<name>', 'name of the user')
        .action(remove),
    );
}

function withData(command: Command): Command {
  return command.option('--data <dir>', 'the data directory of the gateway', DEFAULT_DATA);
}

async function add(name: string, { role: roles, tier, data }: UsersOptions): Promise<void> {
  const { addUser } = await loadLocal();
  await addUser(resolve(data), { name, roles, tier }, await readPassword());
  progress(`added ${name}`);
}

async function list({ data, json }: UsersOptions): Promise<void> {
  const users = (await loadLocal()).listUsers(resolve(data));
  print(json ? JSON.stringify({ users }) : users.map(line).join('\n'));
}

async function remove(name: string, { data }: UsersOptions): Promise<void> {
  if ((await loadLocal()).removeUser(resolve(data), name)) return progress(`removed ${name}`);
  const fix = 'See secure-api users list.';
  throw new ConfigError({
    code: 'option-invalid',
    location: '<name>',
    found: JSON.stringify(name),
    expected: 'a known user',
    fix,
  });
}

function line({ name, roles, tier }: LocalUser): string {
  return [name, roles.join(', ') || 'no roles', ...(tier === undefined ? [] : [`tier ${tier}`])].join('  ');
}

/** The first line of stdin; a terminal asks for it and does not show it. It is no flag, because those are in `ps`. */
async function readPassword(): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  if (terminal) progress('Password (8 characters or more; it is not shown):');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal });
  for await (const text of lines) return text;
  return '';
}
