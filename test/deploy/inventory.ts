import type { Services } from './services.ts';

/** What an account contains: one line for each resource, `service: name`. */
export type Inventory = readonly string[];

type Listing = (services: Services) => Promise<readonly (string | undefined)[]>;

/** Every service that the template uses, and those that its custom resources and the CLI could use. */
const LISTINGS: Readonly<Record<string, Listing>> = {
  'ACM certificate': async ({ json }) =>
    (
      await json<{ CertificateSummaryList?: readonly { CertificateArn: string }[] }>(
        'acm',
        'CertificateManager.ListCertificates',
        {},
      )
    ).CertificateSummaryList?.map((each) => each.CertificateArn) ?? [],
  'API key': async ({ gateway }) => ids((await gateway.getApiKeys({ limit: 500 })).items),
  'API Gateway domain': async ({ gateway }) =>
    (await gateway.getDomainNames({})).items?.map((each) => each.domainName) ?? [],
  'CloudWatch alarm': ({ query }) => query('monitoring', 'DescribeAlarms', '2010-08-01', 'AlarmName'),
  'CloudWatch dashboard': ({ query }) => query('monitoring', 'ListDashboards', '2010-08-01', 'DashboardName'),
  'Cognito user pool': async ({ cognito }) => ids2((await cognito.listUserPools({ MaxResults: 60 })).UserPools),
  'DynamoDB table': async ({ dynamoDb }) => (await dynamoDb.listTables({})).TableNames ?? [],
  'EventBridge rule': async ({ json }) =>
    (await json<{ Rules: readonly { Name: string }[] }>('events', 'AWSEvents.ListRules', {})).Rules.map(
      (each) => each.Name,
    ),
  'IAM policy': ({ query }) => query('iam', 'ListPolicies', '2010-05-08', 'PolicyName'),
  'IAM role': ({ query }) => query('iam', 'ListRoles', '2010-05-08', 'RoleName'),
  'KMS key': keysInUse,
  'Lambda function': async ({ lambda }) =>
    (await lambda.listFunctions({})).Functions?.map((each) => each.FunctionName) ?? [],
  'log group': async ({ logs }) => (await logs.describeLogGroups({})).logGroups?.map((each) => each.logGroupName) ?? [],
  'metric filter': async ({ logs }) =>
    (await logs.describeMetricFilters({})).metricFilters?.map((each) => each.filterName) ?? [],
  'log resource policy': async ({ logs }) =>
    (await logs.describeResourcePolicies({})).resourcePolicies?.map((each) => each.policyName) ?? [],
  'REST API': async ({ gateway }) => ids((await gateway.getRestApis({})).items),
  'Route 53 record': records,
  'S3 bucket': async ({ s3 }) => (await s3.listBuckets({})).Buckets?.map((each) => each.Name) ?? [],
  secret: async ({ secrets }) =>
    (await secrets.listSecrets({ IncludePlannedDeletion: true })).SecretList?.map((each) => each.Name) ?? [],
  'SNS subscription': async ({ sns }) =>
    (await sns.listSubscriptions({})).Subscriptions?.map((each) => each.SubscriptionArn) ?? [],
  'SNS topic': async ({ sns }) => (await sns.listTopics({})).Topics?.map((each) => each.TopicArn) ?? [],
  'SSM parameter': async ({ ssm }) => (await ssm.describeParameters({})).Parameters?.map((each) => each.Name) ?? [],
  stack: async ({ cloudFormation }) =>
    (await cloudFormation.describeStacks({})).Stacks?.map((each) => each.StackName) ?? [],
  // Finds what no other line lists, as long as it has tags. The emulator keeps those of keys and tables that were deleted.
  'tagged resource': async ({ json }) =>
    (
      await json<{ ResourceTagMappingList: readonly { ResourceARN: string }[] }>(
        'tagging',
        'ResourceGroupsTaggingAPI_20170126.GetResources',
        {},
      )
    ).ResourceTagMappingList.map((each) => each.ResourceARN).filter((arn) => !/:(?:key|table)\//.test(arn)),
  'usage plan': async ({ gateway }) => ids((await gateway.getUsagePlans({})).items),
  'web ACL': async ({ waf }) => (await waf.listWebACLs({ Scope: 'REGIONAL' })).WebACLs?.map((each) => each.Name) ?? [],
};

/** Lists every service, in one order. */
export async function takeInventory(services: Services): Promise<Inventory> {
  const lists = Object.entries(LISTINGS).map(async ([service, list]) => {
    const names = await list(services);
    return names.map((name) => `${service}: ${name}`);
  });
  return (await Promise.all(lists)).flat().sort();
}

/** How many services an inventory reads. */
export const LISTED_SERVICES = Object.keys(LISTINGS).length;

/** A deleted key waits at least a week for its deletion, as on AWS. */
async function keysInUse({ json }: Services): Promise<readonly string[]> {
  const call = <T>(action: string, input: object) => json<T>('kms', `TrentService.${action}`, input);
  const { Keys } = await call<{ Keys: readonly { KeyId: string }[] }>('ListKeys', {});
  const states = Keys.map(async ({ KeyId }) => {
    const { KeyMetadata } = await call<{ KeyMetadata: { KeyState: string; KeyManager?: string } }>('DescribeKey', {
      KeyId,
    });
    return KeyMetadata.KeyState === 'PendingDeletion' ? [] : [KeyId];
  });
  return (await Promise.all(states)).flat();
}

async function records({ route53 }: Services): Promise<readonly string[]> {
  const { HostedZones = [] } = await route53.listHostedZones({});
  const lists = HostedZones.map(async ({ Id, Name }) => {
    const { ResourceRecordSets = [] } = await route53.listResourceRecordSets({ HostedZoneId: Id });
    return [`zone ${Name}`, ...ResourceRecordSets.map((each) => `${each.Name} ${each.Type}`)];
  });
  return (await Promise.all(lists)).flat();
}

const ids = (items: readonly { readonly id?: string }[] = []) => items.map(({ id }) => id);
const ids2 = (items: readonly { readonly Id?: string }[] = []) => items.map(({ Id }) => Id);
