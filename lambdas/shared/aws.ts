import { AwsClient } from 'aws4fetch';

/** The whole call, attempts included. */
const TIMEOUT_MS = 2_000;
/** Of the client itself: attempts after the first, on 5xx and 429. */
const RETRIES = 1;

/** How a service is spoken to: AWS JSON 1.0 or 1.1, the prefix of its operations, its endpoint variable. */
const SERVICES = {
  secretsmanager: { version: '1.1', target: 'secretsmanager', variable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER' },
  dynamodb: { version: '1.0', target: 'DynamoDB_20120810', variable: 'AWS_ENDPOINT_URL_DYNAMODB' },
} as const;

/** What Lambda and the SDKs' endpoint variables say about AWS. */
export interface AwsEnvironment {
  readonly AWS_REGION?: string;
  readonly AWS_ACCESS_KEY_ID?: string;
  readonly AWS_SECRET_ACCESS_KEY?: string;
  readonly AWS_SESSION_TOKEN?: string;
  readonly AWS_ENDPOINT_URL_SECRETS_MANAGER?: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB?: string;
  readonly AWS_ENDPOINT_URL_API_GATEWAY?: string;
}

/** One operation of a service, input and output as its API reference names them. */
export type AwsCall = (
  operation: string,
  input: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

/** A service refused an operation. It carries nothing of the answer's body: that may hold a secret. */
export class AwsServiceError extends Error {
  /** Such as `ResourceNotFoundException`. */
  readonly code: string;

  constructor(service: string, status: number, code: string) {
    super(`${service} answered ${status} ${code}`);
    this.name = 'AwsRefusal';
    this.code = code;
  }
}

/**
 * A client of 3 KB instead of an SDK in the bundle. The endpoint is the region's, or that of the variable by which SDKs are
 * told, such as `AWS_ENDPOINT_URL_DYNAMODB`.
 */
export function awsCall(environment: AwsEnvironment, service: keyof typeof SERVICES): AwsCall {
  const { version, target, variable } = SERVICES[service];
  const region = environment.AWS_REGION ?? '';
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = environment[variable] ?? `https://${service}.${region}.${domain}`;
  const client = new AwsClient({
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: environment.AWS_SESSION_TOKEN,
    service,
    region,
    retries: RETRIES,
  });
  return async (operation, input) => {
    const response = await client.fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    const members = typeof answer === 'object' && answer !== null ? (answer as Readonly<Record<string, unknown>>) : {};
    if (response.ok) return members;
    const code = String(members['__type'] ?? '').replace(/^.*#/, '');
    throw new AwsServiceError(service, response.status, /^\w{1,64}$/.test(code) ? code : '');
  };
}
