import { clientKey, tierKey } from '../shared/clientKey.ts';
import { refreshingValue } from '../shared/refreshingValue.ts';
import type { VersionedSecrets } from '../shared/secretsManager.ts';
import { isPending } from '../shared/valueOrPromise.ts';
import type { AuthorizerEnvironment, Readable } from '../shared/wireContract.ts';
import type { ClientRecord } from './clients.ts';
import { AuthorizerFault } from './reasons.ts';

/** A new secret value is used after at most fifteen minutes. */
const MAX_AGE_MS = 900_000;
/** The cached secret works for a day while Secrets Manager is unreachable. */
const STALE_MS = 86_400_000;
const PAUSE_MS = 1_000;
/** API Gateway accepts key values of 20–128 characters. */
const KEY_LENGTH = { min: 20, max: 128 };

/** Values of API keys, which the authorizer returns as `usageIdentifierKey`. */
export interface KeyValues {
  /** Begins to read the secret before a request needs it; a failure is that of the first request. */
  prepare(): void;
  /** The key that all clients of a tier share: `<tier>-<secret>`. */
  ofTier(tier: string): string | Promise<string>;
  /** The key of one client, see {@link clientKey}; of the current version of the secret unless its record names one. */
  ofClient(client: string, key: Pick<ClientRecord, 'keyVersion' | 'secretVersion'>): string | Promise<string>;
}

/** More than the two that a rotation needs at once. */
const MAX_VERSIONS = 8;

/**
 * Computes the values of API keys. The current version of the secret is cached for fifteen minutes, one that a client's record
 * names as long as the instance lives; a failed read is repeated by the next call.
 *
 * The returned functions throw {@link AuthorizerFault} `secret-unreachable`.
 */
export function keyValues(secrets: VersionedSecrets, environment: Readable<AuthorizerEnvironment>): KeyValues {
  const id = environment.SECURE_API_KEYS_SECRET ?? '';
  const secret = refreshingValue(() => secrets.current(id), {
    maxAgeMs: MAX_AGE_MS,
    staleMs: STALE_MS,
    pauseMs: PAUSE_MS,
  });
  /** By id; a promise while it is read. */
  const versions = new Map<string, string | Promise<string>>();
  /** A version is read once. A failed read is repeated by the next call. */
  const versionOf = (versionId: string): string | Promise<string> => {
    const known = versions.get(versionId);
    if (known !== undefined) return known;
    const reading = secrets.version(id, versionId);
    if (versions.size >= MAX_VERSIONS) versions.clear();
    versions.set(versionId, reading);
    const isCurrent = () => versions.get(versionId) === reading;
    reading.then(
      (value) => isCurrent() && versions.set(versionId, value),
      () => isCurrent() && versions.delete(versionId),
    );
    return reading;
  };
  const keyFrom = (value: string | Promise<string>, compute: (value: string) => string) =>
    isPending(value)
      ? value
          .catch((cause: unknown) => {
            throw new AuthorizerFault('secret-unreachable', cause);
          })
          .then(compute)
      : compute(value);
  const current = () => secret.young() ?? secret.get();
  return {
    prepare() {
      if (id !== '') secret.prepare();
    },
    ofTier: (tier) => keyFrom(current(), (value) => ofTier(value, tier)),
    ofClient(client, { keyVersion, secretVersion }) {
      const value = secretVersion === undefined ? current() : versionOf(secretVersion);
      return keyFrom(value, (one) => clientKey(one, client, keyVersion));
    },
  };
}

function ofTier(secret: string, tier: string): string {
  const key = tierKey(secret, tier);
  if (key.length >= KEY_LENGTH.min && key.length <= KEY_LENGTH.max) return key;
  throw new AuthorizerFault('configuration-invalid', new Error('API key values have 20 to 128 characters'));
}
