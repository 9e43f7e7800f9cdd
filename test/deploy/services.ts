import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { Route53 } from '@aws-sdk/client-route-53';
import { S3 } from '@aws-sdk/client-s3';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import { SSM } from '@aws-sdk/client-ssm';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { AwsClient } from 'aws4fetch';
import { ACCOUNT, type Emulator, REGION, SECRET } from './emulator.ts';

export type Services = ReturnType<typeof openServices>;

/** The clients of the AWS SDK that the project has, and signed requests for the services without one. */
export function openServices({ url }: Emulator) {
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: SECRET };
  const settings = { endpoint: url, region: REGION, credentials };
  return {
    cloudFormation: new CloudFormation(settings),
    cognito: new CognitoIdentityProvider(settings),
    dynamoDb: new DynamoDB(settings),
    gateway: new APIGateway(settings),
    lambda: new Lambda(settings),
    logs: new CloudWatchLogs(settings),
    route53: new Route53(settings),
    s3: new S3({ ...settings, forcePathStyle: true }),
    secrets: new SecretsManager(settings),
    sns: new SNS(settings),
    ssm: new SSM(settings),
    waf: new WAFV2(settings),
    /** The texts of these XML elements in a response of the query protocol. */
    async query(service: string, action: string, version: string, element: string): Promise<readonly string[]> {
      const body = new URLSearchParams({ Action: action, Version: version });
      const text = await send(service, { 'content-type': 'application/x-www-form-urlencoded' }, body.toString());
      return [...text.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, value = '']) => value);
    },
    /** The response of a service with the JSON protocol. */
    async json<T>(service: string, target: string, input: object): Promise<T> {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
      return JSON.parse(await send(service, headers, JSON.stringify(input))) as T;
    },
  };

  async function send(service: string, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
    const client = new AwsClient({ ...credentials, service, region: REGION, retries: 0 });
    const response = await client.fetch(`${url}/`, { method: 'POST', headers, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} responds with ${response.status}: ${text.slice(0, 300)}`);
    return text;
  }
}
