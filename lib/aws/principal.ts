import { userInfo } from 'node:os';
import { signedFetch } from '../../lambdas/shared/aws.ts';

/** For a command that a person waits for. */
const TIMEOUT_MS = 10_000;

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
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: process.env['AWS_ENDPOINT_URL'],
    AWS_ENDPOINT_URL_STS: process.env['AWS_ENDPOINT_URL_STS'],
  };
  const send = signedFetch(environment, 'sts', { timeoutMs: TIMEOUT_MS, retries: 1 });
  const response = await send('/', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
  const arn = /<Arn>([^<]{1,2048})<\/Arn>/.exec(response.text)?.[1];
  if (response.ok && arn !== undefined) return arn;
  throw new Error(`STS returned ${response.status} and no ARN of the principal`);
}

/** The user of this machine, for a local gateway. */
export function localUser(): string {
  return `${userInfo().username} (local)`;
}
