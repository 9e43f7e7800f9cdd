/** One read-only call of the preflight. */
interface Read {
  /** Client of the SDK, as `loadSdk` names it. */
  readonly client: string;
  /** The IAM action that allows it. */
  readonly action: string;
  /** What the action is limited to, where the call names one kind of resource. */
  readonly resource?: string;
}

const STACKS = 'arn:*:cloudformation:*:*:stack/*';
const API_GATEWAY = (path: string) => ({
  client: 'apiGateway',
  action: 'apigateway:GET',
  resource: `arn:*:apigateway:*::${path}`,
});

/**
 * Every call that a preflight makes, by its operation. None changes anything: a test compares this list with the commands in the
 * code and with the calls that a run makes. The IAM policy in `docs/deploy.md` is generated from it.
 *
 * `CheckCapacity` computes the capacity of rules that it gets in the request; IAM counts it as a read.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const READS = {
  CheckCapacity: { client: 'waf', action: 'wafv2:CheckCapacity' },
  DescribeCertificate: { client: 'acm', action: 'acm:DescribeCertificate', resource: 'arn:*:acm:*:*:certificate/*' },
  DescribeLogGroups: { client: 'cloudWatchLogs', action: 'logs:DescribeLogGroups' },
  DescribeResourcePolicies: { client: 'cloudWatchLogs', action: 'logs:DescribeResourcePolicies' },
  DescribeSecret: { client: 'secretsManager', action: 'secretsmanager:DescribeSecret' },
  DescribeStacks: { client: 'cloudFormation', action: 'cloudformation:DescribeStacks', resource: STACKS },
  DescribeTable: { client: 'dynamoDb', action: 'dynamodb:DescribeTable', resource: 'arn:*:dynamodb:*:*:table/*' },
  DescribeType: { client: 'cloudFormation', action: 'cloudformation:DescribeType' },
  DescribeUserPoolDomain: { client: 'cognito', action: 'cognito-idp:DescribeUserPoolDomain' },
  GetAccount: API_GATEWAY('/account'),
  GetAccountSettings: { client: 'lambda', action: 'lambda:GetAccountSettings' },
  GetApiKeys: API_GATEWAY('/apikeys'),
  GetDomainNames: API_GATEWAY('/domainnames'),
  GetFunctionConcurrency: { client: 'lambda', action: 'lambda:GetFunctionConcurrency' },
  GetFunctionConfiguration: { client: 'lambda', action: 'lambda:GetFunctionConfiguration' },
  GetHostedZone: { client: 'route53', action: 'route53:GetHostedZone', resource: 'arn:*:route53:::hostedzone/*' },
  GetParameter: { client: 'ssm', action: 'ssm:GetParameter', resource: 'arn:*:ssm:*:*:parameter/cdk-bootstrap/*' },
  GetRestApis: API_GATEWAY('/restapis'),
  GetTopicAttributes: { client: 'sns', action: 'sns:GetTopicAttributes' },
  GetUsagePlans: API_GATEWAY('/usageplans'),
  ListAWSDefaultServiceQuotas: { client: 'serviceQuotas', action: 'servicequotas:ListAWSDefaultServiceQuotas' },
  ListHostedZonesByName: { client: 'route53', action: 'route53:ListHostedZonesByName' },
  ListResourceRecordSets: {
    client: 'route53',
    action: 'route53:ListResourceRecordSets',
    resource: 'arn:*:route53:::hostedzone/*',
  },
  ListServiceQuotas: { client: 'serviceQuotas', action: 'servicequotas:ListServiceQuotas' },
  ListStackResources: { client: 'cloudFormation', action: 'cloudformation:ListStackResources', resource: STACKS },
  ListSubscriptionsByTopic: { client: 'sns', action: 'sns:ListSubscriptionsByTopic' },
  ListUserPools: { client: 'cognito', action: 'cognito-idp:ListUserPools' },
  ListWebACLs: { client: 'waf', action: 'wafv2:ListWebACLs' },
} as const satisfies Readonly<Record<string, Read>>;

/** The name of an operation that only reads. */
export type ReadName = keyof typeof READS;

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** The IAM policy of somebody who runs a preflight, and does nothing else. It needs no right that writes. */
export function preflightPolicy(): { readonly Version: string; readonly Statement: readonly Statement[] } {
  const reads: readonly Read[] = Object.values(READS);
  const byResource = Map.groupBy(reads, ({ action, resource }) => (resource === undefined ? '*' : action));
  const statements = [...byResource.values()].map((group): Statement => {
    const unique = (values: readonly string[]) => [...new Set(values)].sort();
    return {
      Effect: 'Allow',
      Action: unique(group.map(({ action }) => action)),
      Resource: unique(group.map(({ resource }) => resource ?? '*')),
    };
  });
  const first = ({ Action }: Statement) => Action[0] ?? '';
  return { Version: '2012-10-17', Statement: statements.sort((a, b) => first(a).localeCompare(first(b))) };
}
