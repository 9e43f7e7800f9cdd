import type { FunctionModel } from '../assembly/model.ts';
import { isRecord, type Json, record, string } from '../assembly/values.ts';
import type { TokenFormat } from '../services/issuer/tokenSettings.ts';

/** The variable by which an authorizer is told whose tokens it accepts: a JSON list of sources. */
export const TOKEN_ISSUERS = 'SECURE_API_TOKEN_ISSUERS';

/** Gives the text of a secret of the stack; undefined for one of elsewhere. */
export type SecretString = (arn: string) => string | undefined;

/** An identity source of a function, and how the embedded issuer stands in for it. */
export interface EmulatedIssuer {
  readonly source: Json;
  /** How its tokens are proven here. */
  readonly format: TokenFormat;
  /** Whether that is another way than the template says, because a secret is not of this stack. */
  readonly isSubstituted: boolean;
  /** Whether it is left out: there is one local issuer with published keys. */
  readonly isOmitted: boolean;
}

/**
 * The identity sources of a function. One that shares a secret is what it is on AWS; one that introspects asks the local
 * issuer; of those with published keys the first has the local issuer's. Without its secret a source has those, too.
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

/** The secret by which a source proves its tokens, or by which it asks about them. */
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
