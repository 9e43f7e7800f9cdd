import type { Command } from 'commander';
import type { Deployment } from '../clients/index.ts';
import { findGateway } from './findGateway.ts';
import { DEFINITION_OPTION, loadDefinition } from './loadDefinition.ts';
import { withGateway } from './options.ts';

/** The options of every command about clients. */
export interface ClientsOptions {
  readonly api?: string;
  readonly definition?: string;
  readonly restApi?: string;
  readonly region?: string;
  readonly local?: boolean;
  readonly readyFile?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** Adds the options that select a deployed or a local API. */
export function withClients(command: Command): Command {
  command
    .option('--api <name>', 'name of the API (default: that of the definition)')
    .option(...DEFINITION_OPTION)
    .option('--rest-api <id>', 'REST API to use, when the API is deployed more than once')
    .option('--region <region>', 'AWS region (default: that of the AWS configuration)')
    .option('--local', 'use the running local gateway instead of AWS');
  return withGateway(command).option('--json', 'print the result as JSON');
}

/** The API that the options select. For a local one, the SDK uses the local services from then on. */
export async function deploymentOf(options: ClientsOptions): Promise<Deployment> {
  const { restApi, region, definition } = options;
  const local = options.local === true || options.readyFile !== undefined;
  if (local) useLocalServices(findGateway(options).environment);
  const api = options.api ?? (await loadDefinition(definition)).name;
  return { api, restApi, region: local ? undefined : region, local };
}

/** Points the SDK to the local services. A profile or a session of the developer would replace their credentials. */
function useLocalServices(environment: Readonly<Record<string, string>>): void {
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) delete process.env[name];
  Object.assign(process.env, environment);
}
