import { KEYS_PATH, type KeysAnswer } from './admin.ts';
import { callIssuer, IssuerCallError, type IssuerEndpoint, readAdminSecret } from './call.ts';
import type { KeySummary } from './keys.ts';

/**
 * The signing keys of the running issuer, public parts named only.
 *
 * @throws {IssuerCallError}
 */
export function listKeys(location: IssuerEndpoint): Promise<readonly KeySummary[]> {
  return ask(location);
}

/**
 * Rotates the signing keys of the running issuer. The next keys are known to APIs already; the old ones stay published until
 * the tokens that they signed have ended, or are withdrawn at once.
 *
 * @returns the keys after it
 * @throws {IssuerCallError} `rejected` within ten seconds of the last rotation, since APIs may not know the next keys yet
 */
export function rotateKeys(
  location: IssuerEndpoint,
  options: { readonly withdraw?: boolean } = {},
): Promise<readonly KeySummary[]> {
  return ask(location, new URLSearchParams(options.withdraw ? { withdraw: 'yes' } : {}));
}

async function ask({ ready, data }: IssuerEndpoint, form?: URLSearchParams): Promise<readonly KeySummary[]> {
  const authorization = `Bearer ${await readAdminSecret(data)}`;
  const answer: KeysAnswer = await callIssuer(ready, { path: KEYS_PATH, headers: { authorization }, form });
  if (answer.keys !== undefined) return answer.keys;
  throw new IssuerCallError('rejected', answer.error ?? 'the issuer gave no keys');
}
