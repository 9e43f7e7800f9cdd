import { type Account, noneIf } from '../account.ts';

/** The types of resources whose name a template can fix, with the property that holds it. */
export const NAMED = {
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SNS::Topic': 'TopicName',
} as const;

/** A type of {@link NAMED}. */
export type NamedType = keyof typeof NAMED;

const NOT_FOUND = /NotFound/;

/** Whether the account has a resource of this type and name; a secret counts until its deletion is complete. */
export function nameExists(account: Account, type: NamedType, name: string): Promise<boolean> {
  const { dynamoDb, lambda, secretsManager, sns } = account.sdk;
  const isThere = async (read: Promise<unknown>) => (await read.then(() => true).catch(noneIf(NOT_FOUND))) ?? false;
  switch (type) {
    case 'AWS::Logs::LogGroup':
      return logGroupExists(account, name);
    case 'AWS::Lambda::Function': {
      const client = new lambda.LambdaClient(account.config);
      const command = new lambda.GetFunctionConfigurationCommand({ FunctionName: name });
      return isThere(account.read('GetFunctionConfiguration', (options) => client.send(command, options)));
    }
    case 'AWS::SecretsManager::Secret': {
      const client = new secretsManager.SecretsManagerClient(account.config);
      const command = new secretsManager.DescribeSecretCommand({ SecretId: name });
      return isThere(account.read('DescribeSecret', (options) => client.send(command, options)));
    }
    case 'AWS::SNS::Topic': {
      const client = new sns.SNSClient(account.config);
      const TopicArn = `arn:${account.partition}:sns:${account.region}:${account.id}:${name}`;
      const command = new sns.GetTopicAttributesCommand({ TopicArn });
      return isThere(account.read('GetTopicAttributes', (options) => client.send(command, options)));
    }
    default: {
      const client = new dynamoDb.DynamoDBClient(account.config);
      const command = new dynamoDb.DescribeTableCommand({ TableName: name });
      return isThere(account.read('DescribeTable', (options) => client.send(command, options)));
    }
  }
}

async function logGroupExists(account: Account, name: string): Promise<boolean> {
  const { CloudWatchLogsClient, DescribeLogGroupsCommand } = account.sdk.cloudWatchLogs;
  const client = new CloudWatchLogsClient(account.config);
  const groups = await account.list('DescribeLogGroups', async (options, nextToken) => {
    const page = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name, nextToken }), options);
    return { items: page.logGroups, next: page.nextToken };
  });
  return groups.some(({ logGroupName }) => logGroupName === name);
}

/** The user pool that has a domain of Cognito; none when this account sees no such domain. */
export async function signInDomainOwner(account: Account, Domain: string): Promise<SignInDomainOwner | undefined> {
  const { CognitoIdentityProviderClient, DescribeUserPoolDomainCommand } = account.sdk.cognito;
  const client = new CognitoIdentityProviderClient(account.config);
  const found = await account
    .read('DescribeUserPoolDomain', (options) => client.send(new DescribeUserPoolDomainCommand({ Domain }), options))
    .catch(noneIf(NOT_FOUND));
  const { UserPoolId, AWSAccountId } = found?.DomainDescription ?? {};
  return UserPoolId === undefined && AWSAccountId === undefined
    ? undefined
    : { userPool: UserPoolId, account: AWSAccountId };
}

/** Who has a domain of Cognito. */
export interface SignInDomainOwner {
  readonly userPool: string | undefined;
  readonly account: string | undefined;
}
