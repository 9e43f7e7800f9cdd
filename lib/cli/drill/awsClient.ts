import { AwsClient } from 'aws4fetch';

/** Signs requests to a service of the local gateway, whose ready file has the environment. */
export function awsClient(environment: Readonly<Record<string, string>>, service: string): AwsClient {
  return new AwsClient({
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(environment['AWS_SESSION_TOKEN'] === undefined ? {} : { sessionToken: environment['AWS_SESSION_TOKEN'] }),
    region: environment['AWS_REGION'] ?? '',
    service,
    retries: 0,
  });
}
