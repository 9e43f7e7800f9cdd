import type { FunctionModel, RestApiModel } from '../assembly/model.ts';
import { record } from '../assembly/values.ts';
import type { TokenFormat } from '../services/issuer/tokenSettings.ts';
import { mappedRoles } from './localIssuer.ts';
import { type SecretString, tokenIssuersOfApi } from './tokenIssuers.ts';

/**
 * Roles that tokens of the local issuer can have at an API: those of the role map of the token issuer that it replaces. Undefined where
 * that one has no map, because then they can have all.
 */
export function tokenRolesOf(
  api: Pick<RestApiModel, 'body'>,
  functions: readonly Pick<FunctionModel, 'arn' | 'environment' | 'bundledIssuers'>[],
  { format, secretString }: { readonly format: TokenFormat | undefined; readonly secretString: SecretString },
): readonly string[] | undefined {
  const replaced = tokenIssuersOfApi(api, functions, secretString).find(
    (issuer) => issuer.format === format && !issuer.isOmitted,
  );
  return mappedRoles(record(replaced?.settings['roles']));
}
