import { type Command, CommanderError } from 'commander';
import { endWithReaders } from '../../create/closedOutput.ts';
import { configurationFault } from '../aws/credentialFaults.ts';
import type { ConfigError } from '../definition/errors.ts';
import { COMPLETE } from './completion/scripts.ts';
import { EXIT, exitCodeOf } from './exitCodes.ts';
import { endProcess, faultAfterLoad, isGuarded } from './load/guardProcess.ts';
import { invalidOption, unreadable } from './options.ts';
import { printError, withoutControls } from './output.ts';
import { program } from './program.ts';

/** Runs the command line and sets the exit code; errors go to stderr, as JSON when `--json` was given. */
export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  endWithReaders(endProcess, (error) => {
    printError(error, json);
    endProcess(EXIT.failure);
  });
  const command = exitInsteadOfEnding(await program(argv[2]));
  const completed = argv[2] === COMPLETE ? await completions(command, argv) : undefined;
  // What a definition started must not keep a shell waiting.
  if (completed !== undefined)
    return void process.stdout.write(withoutControls(completed), () => endProcess(EXIT.success));
  try {
    await Promise.race([command.parseAsync([...argv]), faultAfterLoad()]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.success : EXIT.usage;
      if (error.exitCode !== 0) printError(wrongUsage(error, commandOf(command, argv)), json);
      return;
    }
    const known = fileError(error) ?? configurationFault(error) ?? error;
    printError(known, json);
    process.exitCode = exitCodeOf(known);
  } finally {
    if (isGuarded()) await endWritten();
  }
}

async function completions(command: Command, argv: readonly string[]): Promise<string | undefined> {
  const { completionLines } = await import('./completion/index.ts');
  return completionLines(command, argv);
}

/** Ends the process when all output is written, whatever a definition has left running. */
async function endWritten(): Promise<void> {
  const code = Number(process.exitCode ?? EXIT.success);
  await new Promise((done) => process.stdout.write('', done));
  await new Promise((done) => process.stderr.write('', done));
  endProcess(code);
}

/** Commander ends the process by default, which would truncate pending output, and prints errors in another form than ours. */
function exitInsteadOfEnding(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  for (const child of command.commands) exitInsteadOfEnding(child);
  return command;
}

/** The command that a command line names. */
function commandOf(whole: Command, argv: readonly string[]): Command {
  return argv
    .slice(2)
    .reduce<Command>((command, word) => command.commands.find((one) => one.name() === word) ?? command, whole);
}

/** A wrong option or argument, as Commander reports it, in the form of the other errors. */
function wrongUsage({ message, code }: CommanderError, command: Command): ConfigError {
  const [, text = '', meant] = /^(?:error: )?(.*?)\.?(?:\s*\((Did you mean .*)\))?$/s.exec(message) ?? [];
  const path = [command.parent?.parent, command.parent, command].flatMap((one) => one?.name() ?? []).join(' ');
  const names = command.commands.map((one) => one.name()).join(', ');
  const isHelp = code === 'commander.help';
  // The parser of an option says what it takes, and Commander what the choices are.
  const [, wrong = text, taken, choices] =
    /^(.*? is invalid)\. (?:expected (.*)|Allowed choices are (.*))$/s.exec(text) ?? [];
  const ofGroups = code === 'commander.unknownCommand' ? pathsOf(command, command.args[0] ?? '') : [];
  const proposed = ofGroups.length === 0 ? meant : `Did you mean ${ofGroups.join(' or ')}?`;
  const ofCommand = names === '' ? 'the arguments and options of the command' : `one of the commands ${names}`;
  return invalidOption({
    location: 'the command line',
    found: isHelp ? `no command after ${path}` : wrong,
    expected: taken ?? (choices === undefined ? ofCommand : `one of ${choices}`),
    fix: `${proposed === undefined ? '' : `${proposed} `}See ${path} --help.`,
  });
}

/** The commands of groups that have a name, such as `access matrix`. */
function pathsOf(whole: Command, name: string): readonly string[] {
  return whole.commands.flatMap((group) =>
    group.commands.filter((one) => one.name() === name).map(() => `${group.name()} ${name}`),
  );
}

/** An error of the operating system about a path, such as a directory where a file is expected: a wrong option or right. */
function fileError(error: unknown): ConfigError | undefined {
  const { path, code, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (typeof path !== 'string' || typeof code !== 'string' || syscall === undefined) return undefined;
  return unreadable({
    location: path,
    found: `${code} from ${syscall}`,
    expected: 'a path that the command can use, with the rights to do so',
    fix: 'Check the path, its parents and their owner.',
  });
}
