import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ready } from '../../lib/cli/localPackage.ts';
import { awsEndpoint } from './awsEndpoint.ts';
import { root } from './folders.ts';
import { cli } from './gateway.ts';
import { sampleAssembly } from './sampleAssembly.ts';

interface Template {
  readonly Outputs: Readonly<Record<string, { readonly Description?: string; readonly Value: unknown }>>;
}

/**
 * CloudFormation as a stand-in: it has the template of the sample, and the names that a gateway gave to its resources. All other services are those of the
 * gateway.
 *
 * @param alarms of the stack, without the name of the API.
 */
export async function deployedStack({ environment, logs, apis, url, ca }: Ready, alarms: readonly string[]) {
  const template = readFileSync(join(await sampleAssembly(), 'Documents.template.json'), 'utf8');
  const { Outputs } = JSON.parse(template) as Template;
  const outputs = Object.entries(Outputs).map(([OutputKey, { Description = '' }]) => {
    return { OutputKey, Description, OutputValue: Description.startsWith('URL of') ? url : 'x' };
  });
  const logGroups = logs.map(({ logGroup }) => {
    const [, LogicalResourceId = ''] = /^Documents-(.+)-[A-Z0-9]+$/.exec(logGroup) ?? [];
    return { LogicalResourceId, PhysicalResourceId: logGroup, ResourceType: 'AWS::Logs::LogGroup' };
  });
  const named = alarms.map((alarm, i) => ({
    LogicalResourceId: `Alarm${i}`,
    PhysicalResourceId: `${apis[0]?.name}-${alarm}`,
    ResourceType: 'AWS::CloudWatch::Alarm',
  }));
  const status = { LastUpdatedTimestamp: new Date(0), ResourceStatus: 'CREATE_COMPLETE' };
  const StackId = `arn:aws:cloudformation:${environment['AWS_REGION'] ?? ''}:123456789012:stack/Documents/1`;
  const endpoint = await awsEndpoint({
    DescribeStacks: {
      Stacks: [
        {
          StackName: 'Documents',
          StackId,
          Outputs: outputs,
          StackStatus: 'CREATE_COMPLETE',
          CreationTime: new Date(0),
        },
      ],
    },
    GetTemplate: { TemplateBody: template },
    ListStackResources: { StackResourceSummaries: [...logGroups, ...named].map((one) => ({ ...one, ...status })) },
  });
  const variables = {
    ...environment,
    AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint.url,
    AWS_SESSION_TOKEN: '',
    NO_COLOR: '1',
    NODE_EXTRA_CA_CERTS: ca,
  };
  const ask = (...args: readonly string[]) => cli([...args, '--stack', 'Documents'], root, undefined, '', variables);
  return { endpoint, ask };
}
