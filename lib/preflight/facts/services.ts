import type { Account } from '../account.ts';

/** Limits of Lambda in the region. */
export interface LambdaSettings {
  /** Instances at once over all functions. */
  readonly concurrency: number;
  /** Instances that no function has reserved. */
  readonly unreserved: number;
  /** Bytes of code that functions and layers use, and may use. */
  readonly codeUsed: number;
  readonly codeLimit: number;
}

/** Reads the limits of Lambda. */
export async function lambdaSettings(account: Account): Promise<LambdaSettings> {
  const { LambdaClient, GetAccountSettingsCommand } = account.sdk.lambda;
  const client = new LambdaClient(account.config);
  const { AccountLimit, AccountUsage } = await account.read('GetAccountSettings', (options) =>
    client.send(new GetAccountSettingsCommand({}), options),
  );
  return {
    concurrency: AccountLimit?.ConcurrentExecutions ?? 0,
    unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? 0,
    codeUsed: AccountUsage?.TotalCodeSize ?? 0,
    codeLimit: AccountLimit?.TotalCodeSize ?? 0,
  };
}

/** The instances that deployed functions have reserved, together. */
export async function reservedConcurrency(account: Account, functions: readonly string[]): Promise<number> {
  const { LambdaClient, GetFunctionConcurrencyCommand } = account.sdk.lambda;
  const client = new LambdaClient(account.config);
  const reserved = await Promise.all(
    functions.map((FunctionName) =>
      account.read('GetFunctionConcurrency', (options) =>
        client.send(new GetFunctionConcurrencyCommand({ FunctionName }), options),
      ),
    ),
  );
  return reserved.reduce((sum, { ReservedConcurrentExecutions = 0 }) => sum + ReservedConcurrentExecutions, 0);
}

/** How many regional web ACLs the region has. */
export async function countWebAcls(account: Account): Promise<number> {
  const { WAFV2Client, ListWebACLsCommand } = account.sdk.waf;
  const client = new WAFV2Client(account.config);
  const acls = await account.list('ListWebACLs', async (options, NextMarker) => {
    const page = await client.send(new ListWebACLsCommand({ Scope: 'REGIONAL', Limit: 100, NextMarker }), options);
    return { items: page.WebACLs, next: page.NextMarker };
  });
  return acls.length;
}

/** The capacity units that WAF computes for rules. */
export async function webAclCapacity(account: Account, rules: readonly object[]): Promise<number> {
  const { WAFV2Client, CheckCapacityCommand } = account.sdk.waf;
  const client = new WAFV2Client(account.config);
  // The rules of a template have the shape of the API, but for strings to search, which the API takes as bytes.
  const Rules = structuredClone(rules) as never[];
  const { Capacity = 0 } = await account.read('CheckCapacity', (options) =>
    client.send(new CheckCapacityCommand({ Scope: 'REGIONAL', Rules }), options),
  );
  return Capacity;
}

/** How many resource policies CloudWatch Logs has in the region, those that services add included. */
export async function countLogPolicies(account: Account): Promise<number> {
  const { CloudWatchLogsClient, DescribeResourcePoliciesCommand } = account.sdk.cloudWatchLogs;
  const client = new CloudWatchLogsClient(account.config);
  const policies = await account.list('DescribeResourcePolicies', async (options, nextToken) => {
    const page = await client.send(new DescribeResourcePoliciesCommand({ limit: 50, nextToken }), options);
    return { items: page.resourcePolicies, next: page.nextToken };
  });
  return policies.length;
}

/** How many user pools the region has. */
export async function countUserPools(account: Account): Promise<number> {
  const { CognitoIdentityProviderClient, ListUserPoolsCommand } = account.sdk.cognito;
  const client = new CognitoIdentityProviderClient(account.config);
  const pools = await account.list('ListUserPools', async (options, NextToken) => {
    const page = await client.send(new ListUserPoolsCommand({ MaxResults: 60, NextToken }), options);
    return { items: page.UserPools, next: page.NextToken };
  });
  return pools.length;
}

/** A subscription of a topic. */
export interface Subscription {
  readonly protocol: string;
  readonly endpoint: string;
  readonly isConfirmed: boolean;
}

/** Reads the subscriptions of a topic. */
export async function subscriptionsOf(account: Account, TopicArn: string): Promise<readonly Subscription[]> {
  const { SNSClient, ListSubscriptionsByTopicCommand } = account.sdk.sns;
  const client = new SNSClient(account.config);
  const found = await account.list('ListSubscriptionsByTopic', async (options, NextToken) => {
    const page = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }), options);
    return { items: page.Subscriptions, next: page.NextToken };
  });
  return found.map(({ Protocol = '', Endpoint = '', SubscriptionArn = '' }) => ({
    protocol: Protocol,
    endpoint: Endpoint,
    isConfirmed: SubscriptionArn.startsWith('arn:'),
  }));
}
