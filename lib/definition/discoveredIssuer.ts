/** Signature algorithms that the authorizer verifies with published keys: none symmetric, never `none`. */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** An algorithm that the authorizer verifies with published keys. */
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** What `secure-api identity discover` read from an issuer, as it is committed. Nothing in it is secret. */
export interface DiscoveredIssuer {
  /** The `iss` claim of its tokens. */
  readonly issuer: string;
  /** The https URL of its keys. */
  readonly jwksUri: string;
  /** Algorithms that it advertises, that its keys fit, and that the authorizer verifies. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** ISO 8601. */
  readonly readAt: string;
}

/** A member of a discovered issuer that is wrong. */
export interface DiscoveredFault {
  readonly member: string;
  readonly expected: string;
}

const MEMBERS = ['issuer', 'jwksUri', 'algorithms', 'readAt'];

/**
 * What is wrong with the content of a committed file, which people edit and merge; nothing if it can be used.
 *
 * @param now epoch milliseconds.
 */
export function discoveredFault(value: unknown, now: number): DiscoveredFault | undefined {
  const expected = `an object with ${MEMBERS.join(', ')}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { member: '', expected };
  const { issuer, jwksUri, algorithms, readAt } = value as Readonly<Record<string, unknown>>;
  const other = Object.keys(value).find((name) => !MEMBERS.includes(name));
  if (other !== undefined) return { member: other, expected };
  if (!isHttps(issuer) || hasQueryOrFragment(String(issuer))) {
    return { member: 'issuer', expected: 'an https URL without query and fragment' };
  }
  if (!isHttps(jwksUri)) return { member: 'jwksUri', expected: 'an https URL' };
  const areKnown = Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every(isAlgorithm);
  if (!areKnown) return { member: 'algorithms', expected: `a list of ${SIGNATURE_ALGORITHMS.join(', ')}` };
  const isPast = typeof readAt === 'string' && Date.parse(readAt) <= now;
  return isPast ? undefined : { member: 'readAt', expected: 'a time in the past (ISO 8601)' };
}

/** Whether the authorizer verifies signatures of an algorithm. */
export function isAlgorithm(name: unknown): name is SignatureAlgorithm {
  return SIGNATURE_ALGORITHMS.some((known) => known === name);
}

/**
 * A URL that all parsers read alike: visible ASCII without a backslash, and no user name in front of the host. Parsers differ
 * about other strings, so one that passes a check here could lead elsewhere.
 */
export function unambiguousUrl(url: string): URL | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return undefined;
  const [, origin = ''] = /^([a-z]+:\/\/[^/?#@\\]+)(?:[/?#]|$)/i.exec(url) ?? [];
  return /^[!-[\]-~]+$/.test(url) && URL.parse(origin)?.origin === parsed.origin ? parsed : undefined;
}

/** Also an empty one. RFC 8414, section 2: an issuer has neither. */
export function hasQueryOrFragment(url: string): boolean {
  return /[?#]/.test(url);
}

function isHttps(value: unknown): boolean {
  return typeof value === 'string' && unambiguousUrl(value)?.protocol === 'https:';
}
