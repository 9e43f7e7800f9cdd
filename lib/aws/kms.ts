import { signedFetch } from '../../lambdas/shared/aws.ts';
import { ConfigError } from '../definition/errors.ts';
import { UNAUTHENTICATED, unusableCredentials } from './credentialFaults.ts';
import { loadSdk } from './sdk.ts';

/** A lock waits at most 30 seconds for the process that signs: two attempts of four seconds. */
const LIMITS = { timeoutMs: 4_000, retries: 1 } as const;

/** A key that signs, in KMS. */
export interface KmsKey {
  readonly arn: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** Signs a digest, by `ECDSA_SHA_256` or `ECDSA_SHA_384`. The signature is in DER. */
  sign(digest: Uint8Array, algorithm: string): Promise<Uint8Array>;
}

/**
 * Opens a key of KMS by GetPublicKey. The two calls are signed as `principalArn` does, so that no other client of the SDK is needed.
 *
 * @param key ARN, id or alias of the key.
 * @throws {ConfigError} `sdk-not-installed`, `credentials-unusable`, `aws-call-failed`.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
export async function openKmsKey(key: string, region?: string): Promise<KmsKey> {
  const environment = await awsEnvironment(/^arn:[^:]*:kms:([^:]+):/.exec(key)?.[1] ?? region);
  const call = async (operation: string, input: object): Promise<Record<string, unknown>> => {
    const response = await signedFetch(
      environment,
      'kms',
      LIMITS,
    )('/', {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
      body: JSON.stringify(input),
    });
    if (response.ok) return JSON.parse(response.text) as Record<string, unknown>;
    const type = /"__type"\s*:\s*"(?:[^"#]*#)?(\w+)"/.exec(response.text)?.[1] ?? `status ${response.status}`;
    if (UNAUTHENTICATED.test(type)) throw unusableCredentials(new Error(type));
    throw failedCall(
      `KMS ${operation} of ${key}`,
      type,
      'Check the key, its region and its policy: the CA needs kms:GetPublicKey and kms:Sign.',
    );
  };
  const { KeyId, PublicKey, KeyUsage } = await call('GetPublicKey', { KeyId: key });
  if (KeyUsage !== 'SIGN_VERIFY')
    throw failedCall(`KMS key ${key}`, `the usage ${KeyUsage}`, 'Make a key with the usage SIGN_VERIFY.');
  return {
    arn: String(KeyId),
    publicKey: Buffer.from(String(PublicKey), 'base64'),
    async sign(digest, SigningAlgorithm) {
      const Message = Buffer.from(digest).toString('base64');
      const { Signature } = await call('Sign', { KeyId, Message, MessageType: 'DIGEST', SigningAlgorithm });
      return Buffer.from(String(Signature), 'base64');
    },
  };
}

/** Variables with the credentials and the region that the AWS CLI uses, for {@link signedFetch}. */
export async function awsEnvironment(region?: string) {
  const { CloudFormationClient } = (await loadSdk('cloudFormation')).cloudFormation;
  const { config } = new CloudFormationClient(region === undefined ? {} : { region });
  const AWS_REGION = await config.region();
  const { accessKeyId, secretAccessKey, sessionToken } = await config.credentials();
  const endpoints = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_KMS', 'AWS_ENDPOINT_URL_S3'] as const;
  return {
    AWS_REGION,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    ...Object.fromEntries(endpoints.map((name) => [name, process.env[name]])),
  };
}

/** The error of a call that a service rejected. */
export function failedCall(location: string, found: string, fix: string): ConfigError {
  return new ConfigError({ code: 'aws-call-failed', location, found, expected: 'a call that succeeds', fix });
}
