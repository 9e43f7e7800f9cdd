import { AwsClient } from 'aws4fetch';

/** The variables that Lambda sets, and the endpoint variables of the SDKs. */
export interface AwsEnvironment {
  readonly AWS_REGION?: string;
  readonly AWS_ACCESS_KEY_ID?: string;
  readonly AWS_SECRET_ACCESS_KEY?: string;
  readonly AWS_SESSION_TOKEN?: string;
  readonly AWS_ENDPOINT_URL_SECRETS_MANAGER?: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB?: string;
  readonly AWS_ENDPOINT_URL_API_GATEWAY?: string;
  readonly AWS_ENDPOINT_URL_STS?: string;
}

/** The variable that overrides the endpoint of a service, the same one as for SDKs. */
const ENDPOINTS = {
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  apigateway: 'AWS_ENDPOINT_URL_API_GATEWAY',
  sts: 'AWS_ENDPOINT_URL_STS',
} as const satisfies Readonly<Record<string, keyof AwsEnvironment>>;

/** The maximum duration of a call. */
export interface CallLimits {
  /** The whole call, with all attempts. */
  readonly timeoutMs: number;
  /** Attempts after the first one, on 5xx and 429. */
  readonly retries: number;
}

/** Sends one signed request to a service. */
export type SignedFetch = (path: string, init: RequestInit) => Promise<Response>;

/** A client of 3 KB instead of an SDK in the bundle. The endpoint is the region's, unless a variable overrides it. */
export function signedFetch(
  environment: AwsEnvironment,
  service: keyof typeof ENDPOINTS,
  { timeoutMs, retries }: CallLimits,
): SignedFetch {
  const region = environment.AWS_REGION ?? '';
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = environment[ENDPOINTS[service]] ?? `https://${service}.${region}.${domain}`;
  const client = new AwsClient({
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: environment.AWS_SESSION_TOKEN,
    service,
    region,
    retries,
  });
  return (path, init) => client.fetch(`${endpoint}${path}`, { ...init, signal: AbortSignal.timeout(timeoutMs) });
}

/** Services that speak AWS JSON: its version, and the prefix of their operations. */
const PROTOCOLS = {
  secretsmanager: { version: '1.1', target: 'secretsmanager' },
  dynamodb: { version: '1.0', target: 'DynamoDB_20120810' },
} as const;
/** For calls that a client's request waits for. */
const DEFAULT_OPTIONS: CallOptions = { timeoutMs: 2_000, retries: 1 };

/** How operations are called. */
export interface CallOptions extends CallLimits {
  /** Throw when a successful response has no JSON object; by default it counts as an empty one. */
  readonly requireObject?: boolean;
}

/** One operation of a service, input and output as its API reference names them. */
export type AwsCall = (
  operation: string,
  input: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

/** A service rejected an operation. The error contains no part of the response's body, which could hold a secret. */
export class AwsServiceError extends Error {
  /** Such as `ResourceNotFoundException`. */
  readonly code: string;

  constructor(service: string, status: number, code: string) {
    super(`${service} returned ${status} ${code}`);
    this.name = 'AwsServiceError';
    this.code = code;
  }
}

/**
 * Makes the function that calls operations of a service. It throws {@link AwsServiceError} when the service rejects the
 * operation, and any other error when the service is unreachable.
 */
export function awsCall(
  environment: AwsEnvironment,
  service: keyof typeof PROTOCOLS,
  { requireObject = false, ...limits }: CallOptions = DEFAULT_OPTIONS,
): AwsCall {
  const { version, target } = PROTOCOLS[service];
  const send = signedFetch(environment, service, limits);
  return async (operation, input) => {
    const response = await send('', {
      method: 'POST',
      headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` },
      body: JSON.stringify(input),
    });
    const parsed: unknown = await response.json().catch(() => undefined);
    const isObject = typeof parsed === 'object' && parsed !== null;
    const members = isObject ? (parsed as Readonly<Record<string, unknown>>) : {};
    if (response.ok && !isObject && requireObject) throw new Error(`${service} returned no JSON object`);
    if (response.ok) return members;
    const code = String(members['__type'] ?? '').replace(/^.*#/, '');
    throw new AwsServiceError(service, response.status, /^\w{1,64}$/.test(code) ? code : '');
  };
}
