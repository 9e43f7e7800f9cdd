import type { Environment } from './aws.ts';
import { AuthorizerFault } from './reasons.ts';
import { refreshed } from './refreshed.ts';
import type { Secrets } from './secrets.ts';

/** A new secret value is used after fifteen minutes at the latest. */
const MAX_AGE_MS = 900_000;
/** Known keys work for a day while Secrets Manager is out of reach. */
const STALE_MS = 86_400_000;
const PAUSE_MS = 1_000;
/** API Gateway accepts key values of 20–128 characters. */
const KEY_LENGTH = { min: 20, max: 128 };

/**
 * Gives the API key value of a tier, `<tier>-<secret>`, which the authorizer answers as `usageIdentifierKey`. The secret is
 * read once, kept for fifteen minutes and read again after a failure.
 *
 * The made function throws {@link AuthorizerFault} `secret-unreachable`.
 */
export function tierKeys(secrets: Secrets, environment: Environment): (tier: string) => Promise<string> {
  const secret = refreshed(() => secrets.current(environment['SECURE_API_KEYS_SECRET'] ?? ''), {
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
