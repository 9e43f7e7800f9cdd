import { userInfo } from 'node:os';
import { AwsClient } from 'aws4fetch';

/** The principal that the SDK acts as. */
export interface Principal {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/**
 * The ARN of the principal from STS, for the audit. One signed call replaces another SDK client.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function principalArn({ region, credentials }: Principal): Promise<string> {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = process.env['AWS_ENDPOINT_URL_STS'] ?? `https://sts.${region}.${domain}`;
  const client = new AwsClient({ ...credentials, service: 'sts', region, retries: 1 });
  const response = await client.fetch(`${endpoint}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
  const arn = /<Arn>([^<]{1,2048})<\/Arn>/.exec(await response.text())?.[1];
  if (response.ok && arn !== undefined) return arn;
  throw new Error(`STS returned ${response.status} and no ARN of the principal`);
}

/** The user of this machine, for a local gateway. */
export function localUser(): string {
  return `${userInfo().username} (local)`;
}
