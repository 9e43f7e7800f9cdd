import { type Account, noneIf } from '../account.ts';

/** A stack as CloudFormation has it now. */
export interface DeployedStack {
  /** Status, such as `UPDATE_COMPLETE`; none when there is no such stack. */
  readonly status: string | undefined;
  readonly statusReason?: string;
  readonly resources: readonly DeployedResource[];
}

/** A resource that exists. */
interface DeployedResource {
  readonly id: string;
  readonly type: string;
  /** Name, id or ARN in the account. */
  readonly physicalId: string;
}

/** Reads the state of a stack and its resources. */
export async function deployedStack(account: Account, name: string): Promise<DeployedStack> {
  const { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } = account.sdk.cloudFormation;
  const client = new CloudFormationClient(account.config);
  const described = await account
    .read('DescribeStacks', (options) => client.send(new DescribeStacksCommand({ StackName: name }), options))
    .catch(noneIf(/does not exist/));
  const [stack] = described?.Stacks ?? [];
  if (stack === undefined) return { status: undefined, resources: [] };
  const resources = await account.list('ListStackResources', async (options, NextToken) => {
    const page = await client.send(new ListStackResourcesCommand({ StackName: name, NextToken }), options);
    return { items: page.StackResourceSummaries, next: page.NextToken };
  });
  const existing = resources.filter(({ ResourceStatus = '' }) => !/^DELETE_(COMPLETE|SKIPPED)$/.test(ResourceStatus));
  return {
    status: stack.StackStatus,
    statusReason: stack.StackStatusReason,
    resources: existing.flatMap(({ LogicalResourceId: id, ResourceType: type, PhysicalResourceId: physicalId }) =>
      id === undefined || type === undefined || physicalId === undefined ? [] : [{ id, type, physicalId }],
    ),
  };
}

/** The version of the CDK bootstrap stack; none when the parameter does not exist. */
export async function bootstrapVersion(account: Account, parameter: string): Promise<number | undefined> {
  const { SSMClient, GetParameterCommand } = account.sdk.ssm;
  const client = new SSMClient(account.config);
  const found = await account
    .read('GetParameter', (options) => client.send(new GetParameterCommand({ Name: parameter }), options))
    .catch(noneIf(/ParameterNotFound/));
  return found === undefined ? undefined : Number(found.Parameter?.Value);
}

/** The resource types of a list that CloudFormation does not know in the region. */
export async function unknownTypes(account: Account, types: readonly string[]): Promise<readonly string[]> {
  const { CloudFormationClient, DescribeTypeCommand } = account.sdk.cloudFormation;
  const client = new CloudFormationClient(account.config);
  const unknown: string[] = [];
  const queue = [...types];
  const work = async () => {
    for (let TypeName = queue.pop(); TypeName !== undefined; TypeName = queue.pop()) {
      const name = TypeName;
      const known = await account
        .read('DescribeType', (options) =>
          client.send(new DescribeTypeCommand({ Type: 'RESOURCE', TypeName: name }), options),
        )
        .catch(noneIf(/TypeNotFound|CFNRegistry/));
      if (known === undefined) unknown.push(name);
    }
  };
  // A stack has about 40 types, and CloudFormation throttles this call early.
  await Promise.all([work(), work(), work(), work()]);
  return unknown.sort();
}
