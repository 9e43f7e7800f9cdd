import { number, string, strings } from '../assembly/values.ts';
import { DEFAULT_ALGORITHMS, hasKeys } from '../services/issuer/makeKey.ts';
import { ACCESS_TOKEN_TTL } from '../services/issuer/resourceServer.ts';
import { API_RESOURCE, type TokenTarget } from '../services/issuer/tokenSettings.ts';
import { type EmulatedIssuer, type SecretString, secretOf } from './tokenIssuers.ts';

/** Kinds of tokens that the sources of all functions accept, each kind once. */
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
  // An authorizer that says nothing of its tokens gets the usual ones.
  return targets.size > 0 ? [...targets.values()] : targetsOf([ANY], secretString);
}

const ANY: EmulatedIssuer = { source: {}, format: 'jwt', isSubstituted: false, isOmitted: false };

/**
 * Whom tokens are for, as the local authorizer checks it. An opaque token is known by its audience: of such sources there is
 * one at most, so that none can be put beside it for the made-up clients of this machine.
 */
export function audienceAndClientsOf({ source, format }: Pick<EmulatedIssuer, 'source' | 'format'>) {
  const audience = strings(source['audience']);
  const clientIds = format === 'opaque' ? [] : strings(source['clientIds']);
  return { audience: audience.length + clientIds.length === 0 ? [API_RESOURCE] : audience, clientIds };
}

/** The algorithms of a source that have keys here; the usual ones where none has. */
export function algorithmsOf(source: EmulatedIssuer['source']): readonly string[] {
  const known = strings(source['algorithms']).filter(hasKeys);
  return known.length > 0 ? known : DEFAULT_ALGORITHMS;
}

/** One token for both, where there can be one. */
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
