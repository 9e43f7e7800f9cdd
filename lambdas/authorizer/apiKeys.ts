import { clientKey } from '../shared/clientKey.ts';
import type { AuthorizerEnvironment, Readable } from '../shared/wireContract.ts';
import { AuthorizerFault } from './reasons.ts';
import { refreshingValue } from './refreshingValue.ts';
import type { Secrets } from './secretsManager.ts';

/** A new secret value is used after at most fifteen minutes. */
const MAX_AGE_MS = 900_000;
/** The cached secret works for a day while Secrets Manager is unreachable. */
const STALE_MS = 86_400_000;
const PAUSE_MS = 1_000;
/** API Gateway accepts key values of 20–128 characters. */
const KEY_LENGTH = { min: 20, max: 128 };

/** Values of API keys, which the authorizer returns as `usageIdentifierKey`. */
export interface KeyValues {
  /** The key that all clients of a tier share: `<tier>-<secret>`. */
  ofTier(tier: string): Promise<string>;
  /** The key of one client, see {@link clientKey}. */
  ofClient(client: string, version: number): Promise<string>;
}

/**
 * Computes the values of API keys. The secret is cached for fifteen minutes; a failed read is repeated by the next call.
 *
 * The returned functions throw {@link AuthorizerFault} `secret-unreachable`.
 */
export function keyValues(secrets: Secrets, environment: Readable<AuthorizerEnvironment>): KeyValues {
  const secret = refreshingValue(() => secrets.current(environment.SECURE_API_KEYS_SECRET ?? ''), {
    maxAgeMs: MAX_AGE_MS,
    staleMs: STALE_MS,
    pauseMs: PAUSE_MS,
  });
  const read = () =>
    secret.get().catch((cause: unknown) => {
      throw new AuthorizerFault('secret-unreachable', cause);
    });
  return {
    async ofTier(tier) {
      const key = `${tier}-${await read()}`;
      if (key.length >= KEY_LENGTH.min && key.length <= KEY_LENGTH.max) return key;
      throw new AuthorizerFault('configuration-invalid', new Error('API key values have 20 to 128 characters'));
    },
    ofClient: async (client, version) => clientKey(await read(), client, version),
  };
}
