/** One read-only call of the preflight. */
interface Read {
  /** Client of the SDK, as `loadSdk` names it. */
  readonly client: string;
  /** The IAM action that allows it. */
  readonly action: string;
  /** What the action is limited to, where the call names one kind of resource. */
  readonly resource?: string;
}

const FUNCTIONS = 'arn:aws:lambda:*:*:function:*';
const TOPICS = 'arn:aws:sns:*:*:*';
const STACKS = 'arn:aws:cloudformation:*:*:stack/*';
const API_GATEWAY = (path: string) => ({
  client: 'apiGateway',
  action: 'apigateway:GET',
  resource: `arn:aws:apigateway:*::${path}`,
});

/**
 * Every call that a preflight makes, by its operation. None changes anything: a test compares this list with the commands in the
 * code and with the calls that a run makes. `secure-api preflight --policy` and `docs/preflight.md` have the IAM policy that is made from it.
 *
 * `CheckCapacity` computes the capacity of rules that it gets in the request; IAM counts it as a read.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const READS = {
  CheckCapacity: { client: 'waf', action: 'wafv2:CheckCapacity' },
  DescribeCertificate: { client: 'acm', action: 'acm:DescribeCertificate', resource: 'arn:aws:acm:*:*:certificate/*' },
  DescribeLogGroups: { client: 'cloudWatchLogs', action: 'logs:DescribeLogGroups' },
  DescribeResourcePolicies: { client: 'cloudWatchLogs', action: 'logs:DescribeResourcePolicies' },
  DescribeSecret: {
    client: 'secretsManager',
    action: 'secretsmanager:DescribeSecret',
    resource: 'arn:aws:secretsmanager:*:*:secret:*',
  },
  DescribeStacks: { client: 'cloudFormation', action: 'cloudformation:DescribeStacks', resource: STACKS },
  DescribeTable: { client: 'dynamoDb', action: 'dynamodb:DescribeTable', resource: 'arn:aws:dynamodb:*:*:table/*' },
  DescribeType: { client: 'cloudFormation', action: 'cloudformation:DescribeType' },
  DescribeUserPoolDomain: { client: 'cognito', action: 'cognito-idp:DescribeUserPoolDomain' },
  GetAccount: API_GATEWAY('/account'),
  GetAccountSettings: { client: 'lambda', action: 'lambda:GetAccountSettings' },
  GetApiKeys: API_GATEWAY('/apikeys'),
  GetDomainNames: API_GATEWAY('/domainnames'),
  GetFunctionConcurrency: { client: 'lambda', action: 'lambda:GetFunctionConcurrency', resource: FUNCTIONS },
  GetFunctionConfiguration: { client: 'lambda', action: 'lambda:GetFunctionConfiguration', resource: FUNCTIONS },
  GetHostedZone: { client: 'route53', action: 'route53:GetHostedZone', resource: 'arn:aws:route53:::hostedzone/*' },
  GetParameter: { client: 'ssm', action: 'ssm:GetParameter', resource: 'arn:aws:ssm:*:*:parameter/cdk-bootstrap/*' },
  GetRestApis: API_GATEWAY('/restapis'),
  GetTopicAttributes: { client: 'sns', action: 'sns:GetTopicAttributes', resource: TOPICS },
  GetUsagePlans: API_GATEWAY('/usageplans'),
  ListAWSDefaultServiceQuotas: { client: 'serviceQuotas', action: 'servicequotas:ListAWSDefaultServiceQuotas' },
  ListHostedZonesByName: { client: 'route53', action: 'route53:ListHostedZonesByName' },
  ListResourceRecordSets: {
    client: 'route53',
    action: 'route53:ListResourceRecordSets',
    resource: 'arn:aws:route53:::hostedzone/*',
  },
  ListServiceQuotas: { client: 'serviceQuotas', action: 'servicequotas:ListServiceQuotas' },
  ListStackResources: { client: 'cloudFormation', action: 'cloudformation:ListStackResources', resource: STACKS },
  ListSubscriptionsByTopic: { client: 'sns', action: 'sns:ListSubscriptionsByTopic', resource: TOPICS },
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
  const byAction = Map.groupBy(reads, ({ action }) => action);
  const statements = Map.groupBy(byAction, ([, group]) =>
    unique(group.map(({ resource = '*' }) => resource)).join(' '),
  );
  return {
    Version: '2012-10-17',
    Statement: [...statements].map(([resources, actions]) => ({
      Effect: 'Allow',
      Action: unique(actions.map(([action]) => action)),
      Resource: resources.split(' '),
    })),
  };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
