import { Command, CommanderError } from 'commander';
import { ConfigError, DefinitionError } from '../definition/errors.ts';
import { accessCommand } from './access/index.ts';
import { clientsCommand } from './clients.ts';
import { devCommand } from './dev.ts';
import { keysCommand } from './keys.ts';
import { openapiCommand } from './openapi.ts';
import { printError } from './output.ts';
import { proofCommand } from './proof.ts';
import { simulateCommand } from './simulate.ts';
import { tokenCommand } from './token.ts';
import { tokensCommand } from './tokens.ts';
import { usersCommand } from './users.ts';
import { packageVersion } from './version.ts';

/** Exit codes, the same for every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** The whole command line, without side effects until it is parsed. */
export function program(): Command {
  return new Command('secure-api')
    .description('One typed definition of an API: run its stack on this machine, get tokens, read its documents.')
    .version(packageVersion())
    .showHelpAfterError('(add --help for the options and examples)')
    .addCommand(devCommand())
    .addCommand(tokenCommand())
    .addCommand(tokensCommand())
    .addCommand(proofCommand())
    .addCommand(usersCommand())
    .addCommand(keysCommand())
    .addCommand(openapiCommand())
    .addCommand(accessCommand())
    .addCommand(clientsCommand())
    .addCommand(simulateCommand())
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong flags or configuration.');
}

/** Runs the command line and sets the exit code; errors go to stderr, as JSON when `--json` was given. */
export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  const command = exitInsteadOfEnding(program());
  try {
    await command.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
      return;
    }
    printError(error, json);
    process.exitCode = error instanceof ConfigError || error instanceof DefinitionError ? EXIT.usage : EXIT.failed;
  }
}

/** Commander ends the process by default, which would cut pending output short. */
function exitInsteadOfEnding(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) exitInsteadOfEnding(child);
  return command;
}
