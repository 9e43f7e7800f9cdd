import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { exitCodesHelp } from './exitCodes.ts';

/** Makes each command. A module is loaded only for a command line that needs it: all of them take longer than most commands. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).initCommand(),
  dev: async () => (await import('./dev/index.ts')).devCommand(),
  drill: async () => (await import('./drill/index.ts')).drillCommand(),
  mute: async () => (await import('./mute.ts')).muteCommand(),
  logs: async () => (await import('./logs.ts')).logsCommand(),
  alarms: async () => (await import('./alarms.ts')).alarmsCommand(),
  metrics: async () => (await import('./metrics.ts')).metricsCommand(),
  dashboard: async () => (await import('./dashboard/index.ts')).dashboardCommand(),
  login: async () => (await import('./signIn/login.ts')).loginCommand(),
  token: async () => (await import('./token.ts')).tokenCommand(),
  logout: async () => (await import('./signIn/logout.ts')).logoutCommand(),
  tokens: async () => (await import('./tokens.ts')).tokensCommand(),
  proof: async () => (await import('./proof.ts')).proofCommand(),
  users: async () => (await import('./users.ts')).usersCommand(),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  identity: async () => (await import('./identity.ts')).identityCommand(),
  webhooks: async () => (await import('./webhooks.ts')).webhooksCommand(),
  openapi: async () => (await import('./openapi.ts')).openapiCommand(),
  access: async () => (await import('./access/index.ts')).accessCommand(),
  clients: async () => (await import('./clients.ts')).clientsCommand(),
  certs: async () => (await import('./certs/index.ts')).certsCommand(),
  export: async () => (await import('./export/index.ts')).exportCommand(),
  simulate: async () => (await import('./simulate.ts')).simulateCommand(),
  preflight: async () => (await import('./preflight.ts')).preflightCommand(),
  domain: async () => (await import('./domain/index.ts')).domainCommand(),
  trust: async () => (await import('./trust/index.ts')).trustCommand(),
  completion: async () => (await import('./completion/index.ts')).completionCommand(),
};

/**
 * The command line, without side effects until it is parsed.
 *
 * @param name The command that will run. Without it, or when no command has that name, the result has all commands.
 */
export async function program(name = ''): Promise<Command> {
  const make = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const whole = new Command('secure-api')
    .description('Run the stack of an API on this machine, get tokens, and read what its definition says.')
    .version(packageVersion())
    .addHelpText('after', exitCodesHelp());
  const makers = make === undefined ? Object.values(COMMANDS) : [make];
  for (const child of await Promise.all(makers.map((each) => each()))) {
    whole.addCommand(child);
    addExitCodes(child, child.name());
  }
  return whole;
}

/** Adds exit codes to the help of each command, except groups. */
function addExitCodes(command: Command, path: string): void {
  if (command.commands.length === 0) command.addHelpText('after', exitCodesHelp(path));
  for (const child of command.commands) addExitCodes(child, `${path} ${child.name()}`);
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
