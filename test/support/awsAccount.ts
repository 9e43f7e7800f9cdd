import { AwsError, type Responses } from './awsEndpoint.ts';

/** The account of the tests. */
export const ACCOUNT = '123456789012';

/** The environment of a command that talks to an endpoint, without the profile of the person who runs the tests. */
export function environmentOf(url: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret-of-the-tests',
    AWS_SESSION_TOKEN: '',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    NO_COLOR: '1',
  };
}

/** An account in which a deployment succeeds: bootstrapped, with the quotas that AWS gives after a while, and nothing in it. */
export const readyAccount: Responses = {
  GetCallerIdentity: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/ada` },
  GetParameter: { Parameter: { Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', Value: '30' } },
  DescribeStacks: new AwsError('ValidationError', 400, 'Stack with id Documents does not exist'),
  DescribeType: { TypeName: 'AWS::ApiGateway::RestApi' },
  GetAccount: {
    cloudwatchRoleArn: `arn:aws:iam::${ACCOUNT}:role/apigateway-logs`,
    throttleSettings: { rateLimit: 10_000, burstLimit: 5_000 },
  },
  GetAccountSettings: {
    AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000, TotalCodeSize: 80_530_636_800 },
    AccountUsage: { TotalCodeSize: 0, FunctionCount: 0 },
  },
  GetFunctionConcurrency: {},
  CheckCapacity: { Capacity: 1_250 },
  GetApiKeys: { items: [] },
  GetUsagePlans: { items: [] },
  GetRestApis: { items: [] },
  GetDomainNames: { items: [] },
  ListWebACLs: { WebACLs: [] },
  DescribeResourcePolicies: { resourcePolicies: [] },
  DescribeLogGroups: { logGroups: [] },
  ListUserPools: { UserPools: [] },
  DescribeUserPoolDomain: { DomainDescription: {} },
  ListServiceQuotas: { Quotas: [] },
  ListAWSDefaultServiceQuotas: { Quotas: [] },
};
