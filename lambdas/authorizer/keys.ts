import { AwsClient } from 'aws4fetch';
import { AuthorizerFault } from './reasons.ts';
import { refreshed } from './refreshed.ts';

/** A new secret value is used after fifteen minutes at the latest. */
const MAX_AGE_MS = 900_000;
/** Known keys work for a day while Secrets Manager is out of reach. */
const STALE_MS = 86_400_000;
const PAUSE_MS = 1_000;
const TIMEOUT_MS = 2_000;
/** Of the client itself: attempts after the first, on 5xx and 429. */
const RETRIES = 1;
/** API Gateway accepts key values of 20–128 characters. */
const KEY_LENGTH = { min: 20, max: 128 };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Gives the API key value of a tier, `<tier>-<secret>`, which the authorizer answers as `usageIdentifierKey`. The secret is
 * read once, kept for fifteen minutes and read again after a failure. The endpoint is the region's, or
 * `AWS_ENDPOINT_URL_SECRETS_MANAGER`.
 *
 * The made function throws {@link AuthorizerFault} `secret-unreachable`.
 */
export function tierKeys(environment: Environment): (tier: string) => Promise<string> {
  const secret = refreshed(() => readSecret(environment), {
    maxAgeMs: MAX_AGE_MS,
    staleMs: STALE_MS,
    pauseMs: PAUSE_MS,
  });
  return async (tier) => {
    const value = await secret.get().catch((cause: unknown) => {
      throw new AuthorizerFault('secret-unreachable', cause);
    });
    const key = `${tier}-${value}`;
    if (key.length < KEY_LENGTH.min || key.length > KEY_LENGTH.max) {
      throw new AuthorizerFault('configuration-invalid', new Error('API key values have 20 to 128 characters'));
    }
    return key;
  };
}

/** GetSecretValue of the AWS JSON 1.1 protocol; a client of 3 KB instead of an SDK in the bundle. */
async function readSecret(environment: Environment): Promise<string> {
  const region = environment['AWS_REGION'] ?? '';
  const client = new AwsClient({
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: environment['AWS_SESSION_TOKEN'],
    service: 'secretsmanager',
    region,
    retries: RETRIES,
  });
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? `https://secretsmanager.${region}.${domain}`;
  const response = await client.fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: environment['SECURE_API_KEYS_SECRET'] }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  // The body of an answer is never part of an error: it may hold the secret.
  if (!response.ok) throw new Error(`Secrets Manager answered ${response.status}`);
  const answer: unknown = await response.json();
  const value = (answer as { readonly SecretString?: unknown } | null)?.SecretString;
  if (typeof value !== 'string' || value === '') throw new Error('the secret has no text');
  return value;
}
