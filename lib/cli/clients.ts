import { Command } from 'commander';
import { type ClientRegistry, type ClientServices, clientRegistry, openClients, sweep } from '../clients/index.ts';
import { clientsText, clientText, usageText, warningsOf } from './clientsText.ts';
import { DEFINITION_OPTION, loadDefinition } from './definition.ts';
import { print, progress } from './output.ts';
import { DEFAULT_DATA, findGateway } from './ready.ts';

interface ClientsOptions {
  readonly api?: string;
  readonly definition?: string;
  readonly restApi?: string;
  readonly region?: string;
  readonly local?: boolean;
  readonly readyFile?: string;
  readonly data: string;
  readonly json?: boolean;
}

interface Opened {
  readonly registry: ClientRegistry;
  readonly services: ClientServices;
}

const EXAMPLES = [
  'secure-api clients add acme --tier premium',
  'secure-api clients set-tier acme --tier free',
  'secure-api clients suspend acme --local',
  'secure-api clients usage acme --json',
];

/** `secure-api clients`: registers clients, each with a tier and an API key of its own that nobody ever sees. */
export function clientsCommand(): Command {
  const commands = [
    changing(
      'add',
      'register a client: it then has limits of its own',
      (to, client, tier) => to.add(client, tier),
      true,
    ),
    changing('set-tier', 'move a client to another tier', (to, client, tier) => to.setTier(client, tier), true),
    changing('rotate', 'replace the API key of a client', (to, client) => to.rotate(client)),
    changing('suspend', 'refuse all requests of a client with 403', (to, client) => to.suspend(client)),
    changing('resume', 'let a suspended client in again', (to, client) => to.resume(client)),
    removeCommand(),
    listCommand(),
    showCommand(),
    usageCommand(),
  ];
  const group = new Command('clients').description('manage the registered clients of a deployed or local API');
  for (const command of commands) group.addCommand(command);
  return group.addHelpText('after', `\nExamples:\n${EXAMPLES.map((line) => `  $ ${line}`).join('\n')}`);
}

function changing(
  name: string,
  says: string,
  change: (registry: ClientRegistry, client: string, tier: string) => ReturnType<ClientRegistry['add']>,
  needsTier = false,
): Command {
  const command = clientCommand(name, says);
  if (needsTier) command.requiredOption('--tier <tier>', 'tier of the client');
  return command.action(async (client: string, options: ClientsOptions & { readonly tier?: string }) => {
    const { registry } = await open(options);
    const state = await change(registry, client, options.tier ?? '');
    print(options.json ? JSON.stringify(state) : clientText({ state, history: [] }));
  });
}

function removeCommand(): Command {
  const command = clientCommand('remove', 'forget a client: it then shares the key of its tier');
  return command.action(async (client: string, options: ClientsOptions) => {
    await (await open(options)).registry.remove(client);
    print(options.json ? JSON.stringify({ client, removed: true }) : `${client} is no longer registered.`);
  });
}

function listCommand(): Command {
  return common(new Command('list').description('print all registered clients')).action(async (options) => {
    const { registry, services } = await open(options);
    const clients = await registry.list();
    const counts = await services.keys.counts();
    await sweep(services);
    for (const warning of warningsOf(counts)) progress(warning);
    print(options.json ? JSON.stringify({ clients, account: counts }) : clientsText(clients));
  });
}

function showCommand(): Command {
  const command = clientCommand('show', 'print a client with its history: who changed what, and when');
  return command.action(async (client: string, options: ClientsOptions) => {
    const shown = await (await open(options)).registry.show(client);
    print(options.json ? JSON.stringify(shown) : clientText(shown));
  });
}

function usageCommand(): Command {
  const command = clientCommand('usage', 'print what a client has used of its quota in the current period');
  return command.action(async (client: string, options: ClientsOptions) => {
    const usage = await (await open(options)).registry.usage(client);
    print(options.json ? JSON.stringify({ client, ...usage }) : usageText(client, usage));
  });
}

function clientCommand(name: string, says: string): Command {
  return common(new Command(name).description(says).argument('<client>', 'client id, as tokens name it'));
}

function common(command: Command): Command {
  return command
    .option('--api <name>', 'name of the API (default: that of the definition)')
    .option(...DEFINITION_OPTION)
    .option('--rest-api <id>', 'which of several deployments of the API')
    .option('--region <region>', 'AWS region (default: as for every AWS SDK)')
    .option('--local', 'the running local gateway instead of AWS')
    .option('--ready-file <file>', 'the ready file of the local gateway')
    .option('--data <dir>', 'the data directory of the local gateway', DEFAULT_DATA)
    .option('--json', 'print the result as JSON');
}

async function open(options: ClientsOptions): Promise<Opened> {
  const local = options.local === true || options.readyFile !== undefined;
  // The SDK finds the local services as it finds those of AWS: by its variables.
  if (local) Object.assign(process.env, findGateway(options).environment);
  const api = options.api ?? (await loadDefinition(options.definition)).name;
  const services = await openClients({ api, restApi: options.restApi, region: options.region, local });
  return { registry: clientRegistry(services), services };
}
