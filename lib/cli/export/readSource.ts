import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadSdk } from '../../aws/sdk.ts';
import { ConfigError } from '../../definition/errors.ts';
import { deployedTemplate } from '../access/deployedTemplate.ts';
import type { MonitoredStack } from '../localMonitoring.ts';
import type { LocalPackage } from '../localPackage.ts';
import { progress } from '../output.ts';
import { type Context, synthesize } from '../synthesize.ts';

/** Where the template is. */
export interface TemplateSelection {
  readonly assembly?: string;
  readonly context: Context;
  /** A deployed stack; with an assembly, one of its stacks. */
  readonly stack?: string;
  readonly region?: string;
}

/** What an export reads, and whether the names in it are those of AWS. */
export interface ReadStacks {
  readonly stacks: readonly MonitoredStack[];
  /** Whether names that CloudFormation generates are known. */
  readonly isDeployed: boolean;
}

/**
 * Reads the alarms and dashboards of a deployed stack, or of an assembly, where names of the local gateway stand for those that a deployment
 * generates.
 *
 * @throws {ConfigError} as {@link synthesize} and {@link deployedTemplate} do, and `api-not-deployed`.
 */
export async function readStacks(local: LocalPackage, selection: TemplateSelection): Promise<ReadStacks> {
  const { assembly, context, stack, region } = selection;
  if (assembly === undefined && stack !== undefined)
    return { stacks: await deployedStack(local, stack, region), isDeployed: true };
  const folder = mkdtempSync(join(tmpdir(), 'secure-api-export-'));
  try {
    const directory =
      assembly === undefined ? await synthesize(context, { print: progress, outdir: folder }) : resolve(assembly);
    return { stacks: local.readMonitoring(directory, { ...(stack && { stack }) }), isDeployed: false };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function deployedStack(
  local: LocalPackage,
  stack: string,
  given: string | undefined,
): Promise<readonly MonitoredStack[]> {
  const { id, name, account, region } = await findStack(stack, given);
  const template = await deployedTemplate(id, region);
  const deployed = await deployedNames(id, region);
  const folder = mkdtempSync(join(tmpdir(), 'secure-api-export-'));
  try {
    const properties = { templateFile: 'stack.template.json', stackName: name };
    const environment = `aws://${account}/${region}`;
    const artifacts = { [name]: { type: 'aws:cloudformation:stack', environment, properties } };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '36.0.0', artifacts }));
    writeFileSync(join(folder, properties.templateFile), JSON.stringify(template));
    return local.readMonitoring(folder, { stack: name, deployed });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Any stack by name or ARN (DescribeStacks), also one without an API, such as that of a distribution. */
async function findStack(stack: string, given: string | undefined) {
  const { CloudFormationClient, DescribeStacksCommand } = (await loadSdk('cloudFormation')).cloudFormation;
  // The ARN of a stack names its region.
  const wanted = given ?? /^arn:[^:]*:cloudformation:([^:]+):/.exec(stack)?.[1];
  const client = new CloudFormationClient(wanted === undefined ? {} : { region: wanted });
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const id = Stacks[0]?.StackId ?? '';
    const [, , , region = '', account = ''] = id.split(':');
    return { id, name: Stacks[0]?.StackName ?? '', account, region };
  } catch (error) {
    if (!/does not exist/.test((error as Error).message)) throw error;
    throw new ConfigError({
      code: 'api-not-deployed',
      location: `--stack ${stack}`,
      found: `no such stack in ${await client.config.region()}`,
      expected: 'a deployed stack',
      fix: 'Check --stack, --region and the credentials, or name an assembly with --assembly.',
    });
  } finally {
    client.destroy();
  }
}

/** Names that CloudFormation has generated, by logical id (ListStackResources). */
async function deployedNames(stackId: string, region: string): Promise<Readonly<Record<string, string>>> {
  const { CloudFormationClient, paginateListStackResources } = (await loadSdk('cloudFormation')).cloudFormation;
  const client = new CloudFormationClient({ region });
  const names: Record<string, string> = {};
  try {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client },
      { StackName: stackId },
    )) {
      for (const { LogicalResourceId, PhysicalResourceId } of StackResourceSummaries)
        if (LogicalResourceId !== undefined && PhysicalResourceId !== undefined)
          names[LogicalResourceId] = nameOf(PhysicalResourceId);
    }
    return names;
  } finally {
    client.destroy();
  }
}

/** The physical id of a topic is an ARN, and that of a queue a URL. */
function nameOf(physicalId: string): string {
  if (physicalId.startsWith('https://')) return physicalId.split('/').at(-1) ?? physicalId;
  return /^arn:[^:]*:sns:/.test(physicalId) ? (physicalId.split(':').at(-1) ?? physicalId) : physicalId;
}
