import { Command } from 'commander';
import { type ClientRegistry, type ClientServices, clientRegistry, openClients, sweep } from '../clients/index.ts';
import { formatClient, formatClients, formatUsage, quotaWarnings } from './clientsFormat.ts';
import { type ClientsOptions, deploymentOf, withClients } from './clientsOptions.ts';
import { withExamples } from './options.ts';
import { print, progress } from './output.ts';
import { rotateSecretCommand } from './rotateSecret.ts';

interface Opened {
  readonly registry: ClientRegistry;
  readonly services: ClientServices;
}

/** `secure-api clients`: registers clients, each with a tier and its own API key, which nobody sees. */
export function clientsCommand(): Command {
  return new Command('clients')
    .description('manage the registered clients of a deployed or local API')
    .addCommand(addCommand())
    .addCommand(setTierCommand())
    .addCommand(changeCommand('rotate', 'replace the API key of a client', (to, client) => to.rotate(client)))
    .addCommand(
      changeCommand('suspend', 'reject all requests of a client with 403', (to, client) => to.suspend(client)),
    )
    .addCommand(
      changeCommand('resume', 'accept the requests of a suspended client again', (to, client) => to.resume(client)),
    )
    .addCommand(rotateSecretCommand())
    .addCommand(removeCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(usageCommand());
}

type Change = (registry: ClientRegistry, client: string, tier: string) => ReturnType<ClientRegistry['add']>;

function addCommand(): Command {
  const command = clientCommand('add', 'register a client, which then has its own limits', '--tier premium');
  return changing(command.requiredOption('--tier <tier>', 'tier of the client'), (to, client, tier) =>
    to.add(client, tier),
  );
}

function setTierCommand(): Command {
  const command = clientCommand('set-tier', 'move a client to another tier', '--tier free');
  return changing(command.requiredOption('--tier <tier>', 'tier of the client'), (to, client, tier) =>
    to.setTier(client, tier),
  );
}

function changeCommand(name: string, description: string, change: Change): Command {
  return changing(clientCommand(name, description, '--local'), change);
}

/** Lets a command change a client and print the new state. */
function changing(command: Command, change: Change): Command {
  return command.action(async (client: string, options: ClientsOptions & { readonly tier?: string }) => {
    const { registry } = await open(options);
    const state = await change(registry, client, options.tier ?? '');
    print(options.json ? JSON.stringify(state) : formatClient({ state, history: [] }));
  });
}

function removeCommand(): Command {
  const command = clientCommand('remove', 'remove a client, which then shares the key of its tier', '--local');
  return command.action(async (client: string, options: ClientsOptions) => {
    await (await open(options)).registry.remove(client);
    print(options.json ? JSON.stringify({ client, removed: true }) : `${client} is no longer registered.`);
  });
}

function listCommand(): Command {
  const command = withClients(new Command('list').description('print all registered clients'));
  command.action(async (options: ClientsOptions) => {
    const { registry, services } = await open(options);
    const clients = await registry.list();
    const counts = await services.keys.counts();
    await sweep(services);
    for (const warning of quotaWarnings(counts)) progress(warning);
    print(options.json ? JSON.stringify({ clients, account: counts }) : formatClients(clients));
  });
  return withExamples(command, 'secure-api clients list', 'secure-api clients list --local --json');
}

function showCommand(): Command {
  const command = clientCommand('show', 'print a client and its history: who changed what, and when', '--json');
  return command.action(async (client: string, options: ClientsOptions) => {
    const shown = await (await open(options)).registry.show(client);
    print(options.json ? JSON.stringify(shown) : formatClient(shown));
  });
}

function usageCommand(): Command {
  const command = clientCommand('usage', 'print how much of its quota a client has used in this period', '--json');
  return command.action(async (client: string, options: ClientsOptions) => {
    const usage = await (await open(options)).registry.usage(client);
    print(options.json ? JSON.stringify({ client, ...usage }) : formatUsage(client, usage));
  });
}

/** A command about one client, with an example that has these options. */
function clientCommand(name: string, description: string, options: string): Command {
  const command = new Command(name).description(description).argument('<client>', 'client id, as in its tokens');
  return withExamples(withClients(command), `secure-api clients ${name} acme ${options}`);
}

async function open(options: ClientsOptions): Promise<Opened> {
  const services = await openClients(await deploymentOf(options));
  return { registry: clientRegistry(services), services };
}
