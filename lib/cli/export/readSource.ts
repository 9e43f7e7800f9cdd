import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadSdk } from '../../aws/sdk.ts';
import { deployedTemplate } from '../access/deployedTemplate.ts';
import { deployedApi } from '../deployedApi.ts';
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
 * @throws {ConfigError} as {@link synthesize}, {@link deployedApi} and {@link deployedTemplate} do.
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
  const { stackId, region } = await anyStack(stack, given);
  const [, , , , account = '', name = ''] = stackId.split(/[:/]/).filter((part) => part !== 'stack');
  const template = await deployedTemplate(stackId, region);
  const deployed = await deployedNames(stackId, region);
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

/** The stack by name or ARN: with an API, as other commands take it. */
async function anyStack(stack: string, region: string | undefined) {
  return deployedApi({ stack, ...(region && { region }) });
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
  return physicalId.startsWith('arn:aws:sns:') ? (physicalId.split(':').at(-1) ?? physicalId) : physicalId;
}
