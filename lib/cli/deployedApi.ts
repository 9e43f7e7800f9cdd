import type { Output, Stack } from '@aws-sdk/client-cloudformation';
import { type Command, Option } from 'commander';
import { loadSdk } from '../aws/sdk.ts';
import { ConfigError } from '../definition/errors.ts';
import { readStackOutput, type StackApiName, type StackOutputKind } from '../definition/stackOutputs.ts';
import { missingOption } from './options.ts';

/** Which API of which deployed stack. */
export interface ApiSelection {
  /** Name or ARN of the stack. */
  readonly stack: string;
  readonly api?: string;
  readonly region?: string;
}

/** A deployed API, by the outputs that `SecureApi` gives to its stack. */
export interface DeployedApi extends StackApiName {
  /** ARN of the stack. */
  readonly stackId: string;
  readonly stack: string;
  readonly region: string;
  readonly outputs: Readonly<Partial<Record<StackOutputKind, string>>>;
}

/** Adds the options that select an API of a deployed stack, for a command that needs one. */
export function withStack(command: Command): Command {
  return withApi(command.addOption(stackOption().makeOptionMandatory()));
}

/**
 * Adds the options that select an API of a deployed stack, for a command that otherwise uses the local issuer.
 *
 * @param localOptions The options that only the local issuer has, by their names in the code.
 */
export function withStackOrLocal(command: Command, localOptions: readonly string[]): Command {
  return withApi(command.addOption(stackOption().conflicts([...localOptions])));
}

function stackOption(): Option {
  return new Option('--stack <name>', 'name or ARN of the deployed stack');
}

function withApi(command: Command): Command {
  return command
    .option('--api <name>', 'name of the API, when the stack has several')
    .option('--region <region>', 'AWS region (default: that of the AWS configuration)');
}

/**
 * The selected API of a deployed stack, or undefined for the local issuer.
 *
 * @throws {ConfigError} `option-missing` when an option selects an API and none names its stack.
 */
export function selectionOf({ stack, api, region }: Partial<ApiSelection>): ApiSelection | undefined {
  if (stack !== undefined) return { stack, api, region };
  const given = api !== undefined ? '--api' : region !== undefined ? '--region' : undefined;
  if (given === undefined) return undefined;
  const fix = `Name the stack, or leave ${given} out to use the local issuer.`;
  throw missingOption({ location: '--stack', found: `${given} alone`, expected: 'the stack of the API', fix });
}

/**
 * Finds an API in the outputs of a deployed stack (DescribeStacks) with the credentials and region of the AWS configuration.
 *
 * @throws {ConfigError} `sdk-not-installed`, `api-not-deployed`, `option-missing` for a stack with several APIs. Errors of the
 * service are thrown unchanged.
 */
export async function deployedApi(selection: ApiSelection): Promise<DeployedApi> {
  const { CloudFormationClient, DescribeStacksCommand } = (await loadSdk('cloudFormation')).cloudFormation;
  // The ARN of a stack names its region.
  const region = selection.region ?? /^arn:[^:]*:cloudformation:([^:]+):/.exec(selection.stack)?.[1];
  const client = new CloudFormationClient(region === undefined ? {} : { region });
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: selection.stack }));
    return apiOf(Stacks[0], selection);
  } catch (error) {
    if (!/does not exist/.test((error as Error).message)) throw error;
    throw notDeployed(selection.stack, `no such stack in ${await client.config.region()}`);
  } finally {
    client.destroy();
  }
}

function apiOf(stack: Stack | undefined, { stack: location, api }: ApiSelection): DeployedApi {
  const { StackId: stackId = '', StackName = '', StackStatus = 'no status', Outputs = [] } = stack ?? {};
  const apis = apisOf(Outputs);
  const found = apis.map(({ api: definition, name }) => `${definition} (${name})`).join(', ');
  const matching = api === undefined ? apis : apis.filter((one) => [one.api, one.name].includes(api));
  const [only] = matching;
  if (only === undefined) {
    throw notDeployed(location, apis.length === 0 ? `a stack (${StackStatus}) without outputs of an API` : found);
  }
  if (matching.length === 1) {
    return { ...only, stackId, stack: StackName, region: stackId.split(':')[3] ?? '' };
  }
  const fix = `Select one: --api ${only.name}.`;
  throw missingOption({ location: '--api', found: `several APIs: ${found}`, expected: 'the name of one of them', fix });
}

/** The APIs of a stack. Outputs of something else are ignored. */
function apisOf(outputs: readonly Output[]) {
  const byName = new Map<string, StackApiName & Pick<DeployedApi, 'outputs'>>();
  for (const { Description = '', OutputValue = '' } of outputs) {
    const output = readStackOutput(Description);
    if (output === undefined) continue;
    const { api, name, kind } = output;
    byName.set(name, { api, name, outputs: { ...byName.get(name)?.outputs, [kind]: OutputValue } });
  }
  return [...byName.values()];
}

function notDeployed(location: string, found: string): ConfigError {
  return new ConfigError({
    code: 'api-not-deployed',
    location: `--stack ${location}`,
    found,
    expected: 'a deployed stack with an API of SecureApi, whose outputs describe it',
    fix: 'Check --stack, --api, --region and the credentials, or deploy the stack (again, after an update of this package).',
  });
}
