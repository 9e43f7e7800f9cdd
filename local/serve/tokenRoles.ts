import type { FunctionModel, RestApiModel } from '../assembly/model.ts';
import { record, string } from '../assembly/values.ts';
import { AUTHORIZER_EXTENSION, functionArnOf, securitySchemes } from '../gateway/openApi.ts';
import type { TokenFormat } from '../services/issuer/tokenSettings.ts';
import { mappedRoles } from './localIssuer.ts';
import { type SecretString, tokenIssuersOf } from './tokenIssuers.ts';

/**
 * Roles that tokens of the local issuer can have at an API: those of the role map of the token issuer that it replaces. Undefined where
 * that one has no map, because then they can have all.
 */
export function tokenRolesOf(
  { body }: Pick<RestApiModel, 'body'>,
  functions: readonly Pick<FunctionModel, 'arn' | 'environment' | 'bundledIssuers'>[],
  { format, secretString }: { readonly format: TokenFormat | undefined; readonly secretString: SecretString },
): readonly string[] | undefined {
  const arns = Object.values(securitySchemes(body)).map((scheme) =>
    functionArnOf(string(record(scheme[AUTHORIZER_EXTENSION])['authorizerUri']) ?? ''),
  );
  const authorizer = functions.find(({ arn }) => arns.some((each) => each === arn || each?.startsWith(`${arn}:`)));
  const issuers = authorizer === undefined ? [] : tokenIssuersOf(authorizer, secretString);
  const replaced = issuers.find((issuer) => issuer.format === format && !issuer.isOmitted);
  return mappedRoles(record(replaced?.settings['roles']));
}
