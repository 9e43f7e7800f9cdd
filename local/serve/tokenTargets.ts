import { number, string, strings } from '../assembly/values.ts';
import { DEFAULT_ALGORITHMS, hasKeys } from '../services/issuer/makeKey.ts';
import { ACCESS_TOKEN_TTL } from '../services/issuer/resourceServer.ts';
import { API_RESOURCE, type TokenTarget } from '../services/issuer/tokenSettings.ts';
import { type EmulatedIssuer, type SecretString, secretOf } from './tokenIssuers.ts';

/** The kinds of tokens that the functions accept, each once. */
export function targetsOf(sources: readonly EmulatedIssuer[], secretString: SecretString): readonly TokenTarget[] {
  const targets = new Map<string, TokenTarget>();
  for (const { source, format } of sources) {
    const target: TokenTarget = {
      format,
      ...audienceAndClientsOf({ source, format }),
      algorithms: format === 'jwt' ? algorithmsOf(source) : [],
      lifetimeSeconds: Math.min(ACCESS_TOKEN_TTL, number(source['maxLifetimeSeconds']) ?? ACCESS_TOKEN_TTL),
      ...(format === 'jwt' ? {} : { issuer: string(source['issuer']) }),
      ...(format === 'hmac' ? { secret: secretOf(source, secretString) } : {}),
    };
    const known = targets.get(format);
    targets.set(format, known === undefined ? target : joined(known, target));
  }
  // An authorizer without settings gets the default kind.
  return targets.size > 0 ? [...targets.values()] : targetsOf([ANY], secretString);
}

const ANY: EmulatedIssuer = { source: {}, format: 'jwt', isSubstituted: false, isOmitted: false };

/**
 * The audience and clients that the local authorizer checks. An opaque token is known by its audience alone: a stack has one
 * such issuer at most, so the made-up clients of this machine cannot get a second entry.
 */
export function audienceAndClientsOf({ source, format }: Pick<EmulatedIssuer, 'source' | 'format'>) {
  const audience = strings(source['audience']);
  const clientIds = format === 'opaque' ? [] : strings(source['clientIds']);
  return { audience: audience.length + clientIds.length === 0 ? [API_RESOURCE] : audience, clientIds };
}

/** The algorithms of an issuer that have local keys; the default ones when none has. */
export function algorithmsOf(source: EmulatedIssuer['source']): readonly string[] {
  const known = strings(source['algorithms']).filter(hasKeys);
  return known.length > 0 ? known : DEFAULT_ALGORITHMS;
}

/** One target for both, so that one token fits both where possible. */
function joined(one: TokenTarget, other: TokenTarget): TokenTarget {
  const both = one.algorithms.filter((algorithm) => other.algorithms.includes(algorithm));
  return {
    ...one,
    audience: [...new Set([...one.audience, ...other.audience])],
    clientIds: [...new Set([...one.clientIds, ...other.clientIds])],
    algorithms: both.length > 0 ? both : one.algorithms,
    lifetimeSeconds: Math.min(one.lifetimeSeconds, other.lifetimeSeconds),
  };
}
