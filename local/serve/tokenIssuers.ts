import type { FunctionModel } from '../assembly/model.ts';
import { isRecord, type Json, record, string } from '../assembly/values.ts';
import type { TokenFormat } from '../services/issuer/tokenSettings.ts';

/** The variable that lists whose tokens an authorizer accepts, as JSON. */
export const TOKEN_ISSUERS = 'SECURE_API_TOKEN_ISSUERS';

/** Returns the string of a secret; undefined when another stack owns it. */
export type SecretString = (arn: string) => string | undefined;

/** A token issuer that a function accepts, and how the embedded issuer stands in for it. */
export interface EmulatedIssuer {
  readonly source: Json;
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
export function tokenIssuersOf({ environment }: FunctionModel, secretString: SecretString): EmulatedIssuer[] {
  let hasKeySet = false;
  return parse(environment[TOKEN_ISSUERS]).map((source) => {
    const wanted = formatOf(source);
    const isSubstituted = wanted !== 'jwt' && secretOf(source, secretString) === undefined;
    const format = isSubstituted ? 'jwt' : wanted;
    const isOmitted = format === 'jwt' && hasKeySet;
    hasKeySet ||= format === 'jwt';
    return { source, format, isSubstituted, isOmitted };
  });
}

/** The shared secret of an issuer's tokens, or the client secret for introspection. */
export function secretOf(source: Json, secretString: SecretString): string | undefined {
  const arn = string(source['hmacSecret']) ?? string(record(source['introspection'])['clientSecret']);
  return arn === undefined ? undefined : secretString(arn);
}

function formatOf(source: Json): TokenFormat {
  if (source['hmacSecret'] !== undefined) return 'hmac';
  return source['introspection'] === undefined ? 'jwt' : 'opaque';
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
