import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { loadSdk, type Sdk } from '../../aws/sdk.ts';
import { ConfigError } from '../../definition/errors.ts';
import { type ApiSelection, deployedApi } from '../deployedApi.ts';

/** The user pool of a deployed API, with a client of the SDK. */
export interface UserPool {
  readonly sdk: Sdk['cognito'];
  readonly client: CognitoIdentityProviderClient;
  readonly id: string;
  /** What a person writes after `--stack`. */
  readonly stack: string;
}

/**
 * Finds the user pool of a deployed API and runs something with it.
 *
 * @throws {ConfigError} `sdk-not-installed`, `api-not-deployed`, `option-missing`; `sign-in-missing` for an API without a user pool.
 */
export async function withUserPool<T>(selection: ApiSelection, run: (pool: UserPool) => Promise<T>): Promise<T> {
  const { outputs, region, api } = await deployedApi(selection);
  const id = outputs.userPoolId;
  if (id === undefined) {
    throw new ConfigError({
      code: 'sign-in-missing',
      location: `${api} of the stack ${selection.stack}`,
      found: 'no user pool',
      expected: 'an API with Identity.cognito()',
      fix: 'Manage the users at the issuer that Identity names.',
    });
  }
  const sdk = (await loadSdk('cognito')).cognito;
  const client = new sdk.CognitoIdentityProviderClient({ region });
  try {
    return await run({ sdk, client, id, stack: selection.stack });
  } finally {
    client.destroy();
  }
}

/** Reads every page of a list. */
export async function everyPage<P extends { readonly next?: string }, T>(
  read: (next: string | undefined) => Promise<P>,
  items: (page: P) => readonly T[],
): Promise<readonly T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const page = await read(next);
    all.push(...items(page));
    next = page.next;
  } while (next !== undefined);
  return all;
}
