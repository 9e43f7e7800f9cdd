import { callHttp } from './callHttp.ts';
import { isRecord } from './json.ts';
import { type CallLimits, hasNoResponse, wasNotSent, withRetries } from './retry.ts';
import { signV4 } from './sigV4.ts';
import { awsDependency, dependency } from './trace/measure.ts';

/** The variables that Lambda sets, and the endpoint variables of the SDKs. */
export interface AwsEnvironment {
  readonly AWS_REGION?: string;
  readonly AWS_ACCESS_KEY_ID?: string;
  readonly AWS_SECRET_ACCESS_KEY?: string;
  readonly AWS_SESSION_TOKEN?: string;
  readonly AWS_ENDPOINT_URL?: string;
  readonly AWS_ENDPOINT_URL_SECRETS_MANAGER?: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB?: string;
  readonly AWS_ENDPOINT_URL_API_GATEWAY?: string;
  readonly AWS_ENDPOINT_URL_STS?: string;
  readonly AWS_ENDPOINT_URL_S3?: string;
  readonly AWS_ENDPOINT_URL_WAFV2?: string;
  readonly AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE?: string;
  readonly AWS_ENDPOINT_URL_KMS?: string;
  readonly AWS_ENDPOINT_URL_CLOUDWATCH?: string;
  readonly AWS_ENDPOINT_URL_SNS?: string;
}

/**
 * The variable that overrides the endpoint of a service. AWS_ENDPOINT_URL does so for every service, as for SDKs:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
const ENDPOINTS = {
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  apigateway: 'AWS_ENDPOINT_URL_API_GATEWAY',
  sts: 'AWS_ENDPOINT_URL_STS',
  s3: 'AWS_ENDPOINT_URL_S3',
  wafv2: 'AWS_ENDPOINT_URL_WAFV2',
  kms: 'AWS_ENDPOINT_URL_KMS',
  // CloudWatch signs for, and is reached by, its older name.
  monitoring: 'AWS_ENDPOINT_URL_CLOUDWATCH',
  sns: 'AWS_ENDPOINT_URL_SNS',
} as const satisfies Readonly<Record<string, keyof AwsEnvironment>>;

/** What is signed where the environment names an endpoint and no region: that of the global endpoints. */
const NO_REGION = 'us-east-1';

/** Sends one signed request to a service, and reads its response. */
export type SignedFetch = (path: string, init: AwsRequest) => Promise<AwsResponse>;

/** A request without its address. The method is GET by default. */
export interface AwsRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response that was read to its end. */
export interface AwsResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
  /** Version of an object of S3. */
  readonly etag: string | null;
}

/**
 * A client of 3 KB instead of an SDK in the bundle, which loads in a millisecond. The endpoint is the region's, unless a variable overrides it.
 *
 * It repeats a request after a reset connection, silence, a response that was cut, a 5xx, or a throttled request, as SDKs do;
 * `isRepeatable: false` only when the service certainly did not process it. Each attempt is signed anew, so one that a frozen
 * instance sent too late is repeated. A clock that is wrong is not corrected: Lambda keeps it right.
 */
export function signedFetch(
  environment: AwsEnvironment,
  service: keyof typeof ENDPOINTS,
  limits: CallLimits,
  isRepeatable = true,
): SignedFetch {
  const region = environment.AWS_REGION ?? '';
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const overridden = environment[ENDPOINTS[service]] ?? environment.AWS_ENDPOINT_URL;
  const endpoint = overridden ?? `https://${service}.${region}.${domain}`;
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: environment.AWS_SESSION_TOKEN,
  };
  const send: SignedFetch = (path, { method = 'GET', headers, body }) =>
    withRetries(
      limits,
      async (signal): Promise<AwsResponse> => {
        const url = `${endpoint}${path}`;
        const signed = signV4({ method, url, headers, body }, credentials, { service, region: region || NO_REGION });
        const { ok, status, headers: returned, bytes } = await callHttp(url, { method, headers: signed, body, signal });
        return { ok, status, etag: returned.etag ?? null, text: bytes.toString('utf8') };
      },
      {
        isRepeatable,
        isTransient: (outcome) => {
          if (outcome.status === 'rejected')
            return hasNoResponse(outcome) && (isRepeatable || wasNotSent(outcome.reason));
          const { status, text } = outcome.value;
          return isUnprocessed(status, text) || (isRepeatable && (status >= 500 || PARTIAL.test(text)));
        },
      },
    );
  return (path, init) => dependency(awsDependency(service, operationOf(init)), () => send(path, init));
}

/** Such as `GetItem`; for a service without operations in its headers the method, such as `PUT`. */
function operationOf({ method = 'GET', headers }: AwsRequest): string {
  const target = headers?.['x-amz-target'];
  return target === undefined ? method : target.slice(target.indexOf('.') + 1);
}

/** What services call throttling; with AWS JSON its status is 400. */
const THROTTLING =
  /^(?:ProvisionedThroughputExceeded|RequestLimitExceeded|RequestThrottled|Throttling|ThrottlingError|TooManyRequests)(?:Exception)?$/;
/** The code, or the start of the message, of a request that arrived more than five minutes after it was signed. */
const EXPIRED = /^(?:RequestExpired$|Signature expired)/;
/** BatchGetItem returns with 200 what it did read, when the table is throttled. */
const PARTIAL = /"UnprocessedKeys"\s*:\s*\{\s*"/;

/** Whether the service certainly did not process the request, and could process the next one. */
function isUnprocessed(status: number, text: string): boolean {
  if (status === 429) return true;
  if (status !== 400 && status !== 403) return false;
  const members = objectOf(text);
  const code = codeOf(members);
  return (
    THROTTLING.test(code) || [code, members?.['message'], members?.['Message']].some((one) => EXPIRED.test(String(one)))
  );
}

/** Services that speak AWS JSON: its version, and the prefix of their operations. */
const PROTOCOLS = {
  secretsmanager: { version: '1.1', target: 'secretsmanager' },
  dynamodb: { version: '1.0', target: 'DynamoDB_20120810' },
  wafv2: { version: '1.1', target: 'AWSWAF_20190729' },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-protocols-faq.html
  monitoring: { version: '1.0', target: 'GraniteServiceVersion20100801' },
} as const;
/** For calls that a client's request waits for: several of them fit into the timeout of the authorizer. */
const DEFAULT_LIMITS: CallLimits = { timeoutMs: 2_000, retries: 2 };
/**
 * Operations that must not run twice. A counter is counted at most once: after a reset, the service could have counted, and
 * the caller decides what to do without a count. All other operations that are called here read, or write the same again.
 */
const NOT_REPEATABLE: readonly string[] = ['UpdateItem'];

/** One operation of a service, input and output as its API reference names them. */
export type AwsCall = (
  operation: string,
  input: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

/** A service rejected an operation. The error contains no part of the response's body, which could hold a secret. */
export class AwsServiceError extends Error {
  /** Such as `ResourceNotFoundException`. */
  readonly code: string;
  /** Of the HTTP response. */
  readonly status: number;

  constructor(service: string, status: number, code: string) {
    super(`${service} returned ${status} ${code}`);
    this.name = 'AwsServiceError';
    this.code = code;
    this.status = status;
  }
}

/**
 * Makes the function that calls operations of a service. It throws {@link AwsServiceError} when the service rejects the
 * operation, and any other error when the service is unreachable or its response is too large or not a JSON object: a page of a
 * proxy must not count as "no such item".
 */
export function awsCall(
  environment: AwsEnvironment,
  service: keyof typeof PROTOCOLS,
  limits: CallLimits = DEFAULT_LIMITS,
): AwsCall {
  const { version, target } = PROTOCOLS[service];
  const repeatable = signedFetch(environment, service, limits);
  const once = signedFetch(environment, service, limits, false);
  return async (operation, input) => {
    const send = NOT_REPEATABLE.includes(operation) ? once : repeatable;
    const { ok, status, text } = await send('', {
      method: 'POST',
      headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` },
      body: JSON.stringify(input),
    });
    const members = objectOf(text);
    if (!ok) throw new AwsServiceError(service, status, codeOf(members));
    if (members === undefined) throw new Error(`${service} returned no JSON object`);
    return members;
  };
}

type Members = Readonly<Record<string, unknown>>;

function objectOf(text: string): Members | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Such as `ResourceNotFoundException`; empty where the response has no code. */
function codeOf(members: Members | undefined): string {
  const type = members?.['__type'];
  const code = typeof type === 'string' ? type.replace(/^.*#/, '') : '';
  return /^\w{1,64}$/.test(code) ? code : '';
}

/** Whether the condition of a write to DynamoDB did not hold. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof AwsServiceError && error.code === 'ConditionalCheckFailedException';
}
