import { existsSync, readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { endWithReaders } from '../../create/closedOutput.ts';
import { configurationFault } from '../aws/credentialFaults.ts';
import type { ConfigError } from '../definition/errors.ts';
import { accessCommand } from './access/index.ts';
import { alarmsCommand } from './alarms.ts';
import { certsCommand } from './certs/index.ts';
import { clientsCommand } from './clients.ts';
import { completionCommand, completionLines } from './completion/index.ts';
import { dashboardCommand } from './dashboard/index.ts';
import { devCommand } from './dev/index.ts';
import { domainCommand } from './domain/index.ts';
import { drillCommand } from './drill/index.ts';
import { EXIT, exitCodeOf, exitCodesHelp } from './exitCodes.ts';
import { exportCommand } from './export/index.ts';
import { identityCommand } from './identity.ts';
import { initCommand } from './init.ts';
import { keysCommand } from './keys.ts';
import { endProcess, faultAfterLoad, isGuarded } from './load/guardProcess.ts';
import { logsCommand } from './logs.ts';
import { metricsCommand } from './metrics.ts';
import { muteCommand } from './mute.ts';
import { openapiCommand } from './openapi.ts';
import { invalidOption, unreadable } from './options.ts';
import { printError, withoutControls } from './output.ts';
import { preflightCommand } from './preflight.ts';
import { proofCommand } from './proof.ts';
import { loginCommand } from './signIn/login.ts';
import { logoutCommand } from './signIn/logout.ts';
import { simulateCommand } from './simulate.ts';
import { tokenCommand } from './token.ts';
import { tokensCommand } from './tokens.ts';
import { trustCommand } from './trust/index.ts';
import { usersCommand } from './users.ts';
import { webhooksCommand } from './webhooks.ts';

/** The whole command line, without side effects until it is parsed. */
export function program(): Command {
  const whole = new Command('secure-api')
    .description('Run the stack of an API on this machine, get tokens, and read what its definition says.')
    .version(packageVersion())
    .addCommand(initCommand())
    .addCommand(devCommand())
    .addCommand(drillCommand())
    .addCommand(muteCommand())
    .addCommand(logsCommand())
    .addCommand(alarmsCommand())
    .addCommand(metricsCommand())
    .addCommand(dashboardCommand())
    .addCommand(loginCommand())
    .addCommand(tokenCommand())
    .addCommand(logoutCommand())
    .addCommand(tokensCommand())
    .addCommand(proofCommand())
    .addCommand(usersCommand())
    .addCommand(keysCommand())
    .addCommand(identityCommand())
    .addCommand(webhooksCommand())
    .addCommand(openapiCommand())
    .addCommand(accessCommand())
    .addCommand(clientsCommand())
    .addCommand(certsCommand())
    .addCommand(exportCommand())
    .addCommand(simulateCommand())
    .addCommand(preflightCommand())
    .addCommand(domainCommand())
    .addCommand(trustCommand())
    .addCommand(completionCommand())
    .addHelpText('after', exitCodesHelp());
  for (const child of whole.commands) addExitCodes(child, child.name());
  return whole;
}

/** Adds exit codes to the help of each command, except groups. */
function addExitCodes(command: Command, path: string): void {
  if (command.commands.length === 0) command.addHelpText('after', exitCodesHelp(path));
  for (const child of command.commands) addExitCodes(child, `${path} ${child.name()}`);
}

/** Runs the command line and sets the exit code; errors go to stderr, as JSON when `--json` was given. */
export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  endWithReaders(endProcess, (error) => {
    printError(error, json);
    endProcess(EXIT.failure);
  });
  const command = exitInsteadOfEnding(program());
  const completed = await completionLines(command, argv);
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
  const ofCommand = names === '' ? 'the arguments and options of the command' : `one of the commands ${names}`;
  return invalidOption({
    location: 'the command line',
    found: isHelp ? `no command after ${path}` : wrong,
    expected: taken ?? (choices === undefined ? ofCommand : `one of ${choices}`),
    fix: `${meant === undefined ? '' : `${meant} `}See ${path} --help.`,
  });
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

/** Returns the version in this package's `package.json`, two folders up in source and three in `dist`. */
function packageVersion(): string {
  const candidates = ['../../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url));
  for (const url of candidates) {
    if (!existsSync(url)) continue;
    const { name, version } = JSON.parse(readFileSync(url, 'utf8')) as { name?: string; version?: string };
    if (name === 'secure-api' && version !== undefined) return version;
  }
  return 'unknown';
}
