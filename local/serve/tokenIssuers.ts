import type { FunctionModel, RestApiModel } from '../assembly/model.ts';
import { isRecord, type Json, record, string } from '../assembly/values.ts';
import { AUTHORIZER_EXTENSION, functionArnOf, securitySchemes } from '../gateway/openApi.ts';
import type { TokenFormat } from '../services/issuer/tokenSettings.ts';

/** The variable that lists whose tokens an authorizer accepts, as JSON. */
export const TOKEN_ISSUERS = 'SECURE_API_TOKEN_ISSUERS';

/** Returns the string of a secret; undefined when another stack owns it. */
export type SecretString = (arn: string) => string | undefined;

/** A token issuer that a function accepts, and how the embedded issuer stands in for it. */
export interface EmulatedIssuer {
  /** Its entry in the variable, or in the code. */
  readonly settings: Json;
  /** How its tokens are verified locally. */
  readonly format: TokenFormat;
  /** Whether `format` differs from the template's, because another stack owns the secret. */
  readonly isSubstituted: boolean;
  /** Whether it is omitted: there is one local issuer with published keys. */
  readonly isOmitted: boolean;
}

/**
 * The token issuers of a function. One with a shared secret stays as on AWS; one with introspection uses the local issuer's
 * endpoint; the first with published keys uses the local issuer's keys, as does one whose secret is missing.
 */
export function tokenIssuersOf(
  { environment, bundledIssuers }: Pick<FunctionModel, 'environment' | 'bundledIssuers'>,
  secretString: SecretString,
): EmulatedIssuer[] {
  let hasKeySet = false;
  return parse(environment[TOKEN_ISSUERS] ?? bundledIssuers).map((settings) => {
    const wanted = formatOf(settings);
    const isSubstituted = wanted !== 'jwt' && secretOf(settings, secretString) === undefined;
    const format = isSubstituted ? 'jwt' : wanted;
    const isOmitted = format === 'jwt' && hasKeySet;
    hasKeySet ||= format === 'jwt';
    return { settings, format, isSubstituted, isOmitted };
  });
}

/** The token issuers of the authorizers of an API. */
export function tokenIssuersOfApi(
  { body }: Pick<RestApiModel, 'body'>,
  functions: readonly Pick<FunctionModel, 'arn' | 'environment' | 'bundledIssuers'>[],
  secretString: SecretString,
): EmulatedIssuer[] {
  const arns = Object.values(securitySchemes(body)).map((scheme) =>
    functionArnOf(string(record(scheme[AUTHORIZER_EXTENSION])['authorizerUri']) ?? ''),
  );
  return functions
    .filter(({ arn }) => arns.some((each) => each === arn || each?.startsWith(`${arn}:`)))
    .flatMap((authorizer) => tokenIssuersOf(authorizer, secretString));
}

/** The shared secret of an issuer's tokens, or the client secret for introspection. */
export function secretOf(settings: Json, secretString: SecretString): string | undefined {
  const arn = string(settings['hmacSecret']) ?? string(record(settings['introspection'])['clientSecret']);
  return arn === undefined ? undefined : secretString(arn);
}

function formatOf(settings: Json): TokenFormat {
  if (settings['hmacSecret'] !== undefined) return 'hmac';
  return settings['introspection'] === undefined ? 'jwt' : 'opaque';
}

function parse(value: string | undefined): Json[] {
  if (value === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed.filter(isRecord) : [];
  } catch {
    return [];
  }
}
