import { type Json, number, string, strings } from '../assembly/values.ts';
import { DEFAULT_ALGORITHMS, hasKeys } from '../services/issuer/makeKey.ts';
import { ACCESS_TOKEN_TTL } from '../services/issuer/tokenRequests.ts';
import { API_RESOURCE, type TokenTarget } from '../services/issuer/tokenSettings.ts';
import { type EmulatedIssuer, type SecretString, secretOf } from './tokenIssuers.ts';

/** The kinds of tokens that the functions accept, each once. */
export function targetsOf(issuers: readonly EmulatedIssuer[], secretString: SecretString): readonly TokenTarget[] {
  const targets = new Map<string, TokenTarget>();
  for (const { settings, format } of issuers) {
    const target: TokenTarget = {
      format,
      ...audienceAndClientsOf({ settings, format }),
      algorithms: format === 'jwt' ? algorithmsOf(settings) : [],
      lifetimeSeconds: Math.min(ACCESS_TOKEN_TTL, number(settings['maxLifetimeSeconds']) ?? ACCESS_TOKEN_TTL),
      ...(format === 'jwt' ? {} : { issuer: string(settings['issuer']) }),
      ...(format === 'hmac' ? { secret: secretOf(settings, secretString) } : {}),
    };
    const known = targets.get(format);
    targets.set(format, known === undefined ? target : joined(known, target));
  }
  // An authorizer without settings gets the default kind.
  return targets.size > 0 ? [...targets.values()] : targetsOf([ANY], secretString);
}

const ANY: EmulatedIssuer = { settings: {}, format: 'jwt', isSubstituted: false, isOmitted: false };

/**
 * The audience and clients that the local authorizer checks. An opaque token is known by its audience alone: a stack has one
 * such issuer at most, so the made-up clients of this machine cannot get a second entry.
 */
export function audienceAndClientsOf({ settings, format }: Pick<EmulatedIssuer, 'settings' | 'format'>) {
  const audience = strings(settings['audience']);
  const clientIds = format === 'opaque' ? [] : strings(settings['clientIds']);
  return { audience: audience.length + clientIds.length === 0 ? [API_RESOURCE] : audience, clientIds };
}

/** The algorithms of an issuer that have local keys; the default ones when none has. */
export function algorithmsOf(settings: Json): readonly string[] {
  const known = strings(settings['algorithms']).filter(hasKeys);
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
