/** What a real authorizer needs: an issuer over HTTPS whose tokens it verifies, and the secret of the API keys. */
import { vi } from 'vitest';
import { authorize } from '../../lambdas/authorizer/authorize.ts';
import { authorizerPolicy } from '../../lib/access/index.ts';
import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import type { KeySetIssuer } from '../../lib/definition/tokenIssuer.ts';
import { claimsOf, startIssuer, tokenIssuerOf } from '../unit/authorizer/support/authorizer.ts';
import { startSecrets } from '../unit/authorizer/support/services.ts';

export type Authorizer = ReturnType<typeof authorize>;

export interface Identity {
  /** A token with these roles, made once. */
  readonly token: (roles: readonly string[]) => Promise<string>;
  /** A token with these claims beside the registered ones. */
  readonly tokenWith: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
  /** The Lambda authorizer of an access policy. */
  readonly authorizer: (policy: AccessPolicy) => Authorizer;
  readonly close: () => Promise<void>;
}

/** How tokens differ from those that have the names of roles in `roles`. */
interface IdentityOptions {
  readonly tokenIssuer?: Partial<KeySetIssuer>;
  /** The claims of a caller with these roles. */
  readonly claims?: (roles: readonly string[]) => Readonly<Record<string, unknown>>;
}

/** Starts both. Functions made after this call write no logs and no metrics. */
export async function startIdentity({ tokenIssuer, claims }: IdentityOptions = {}): Promise<Identity> {
  const [issuer, secrets] = [await startIssuer(), await startSecrets('a'.repeat(48))];
  const environment = {
    SECURE_API_TOKEN_ISSUERS: JSON.stringify([tokenIssuerOf(issuer.url, tokenIssuer)]),
    SECURE_API_KEYS_SECRET: 'keys',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_METRICS_NAMESPACE: 'SecureApi',
    POWERTOOLS_SERVICE_NAME: 'documents',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const tokens = new Map<string, Promise<string>>();
  const tokenWith: Identity['tokenWith'] = (members) => {
    const key = JSON.stringify(members);
    const known = tokens.get(key) ?? issuer.sign(claimsOf(issuer.url, members));
    tokens.set(key, known);
    return known;
  };
  return {
    token: (roles) => tokenWith(claims?.(roles) ?? { roles }),
    tokenWith,
    authorizer: (policy) => authorize(authorizerPolicy(policy)),
    close: async () => {
      await issuer.close();
      await secrets.close();
    },
  };
}
