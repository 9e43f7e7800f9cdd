import type { TokenIssuer } from '../../lib/definition/tokenIssuer.ts';
import { ALGORITHMS } from './algorithms.ts';
import { AuthorizerFault } from './reasons.ts';

/** More would make expiry meaningless. */
const MAX_TOLERANCE_SECONDS = 300;
/** What makes a source one of its kind; a source has exactly one of these. */
const KINDS = ['jwksUri', 'hmacSecret', 'introspection'] as const;

type Fields = Readonly<Record<string, unknown>>;
type Checks = Readonly<Record<string, boolean>>;

/**
 * Reads the identity sources of the environment.
 *
 * @throws {AuthorizerFault} `configuration-invalid` naming the first wrong field.
 */
export function parseTokenIssuers(text: string | undefined): readonly TokenIssuer[] {
  const wrong = (location: string) =>
    new AuthorizerFault('configuration-invalid', new Error(`SECURE_API_TOKEN_ISSUERS ${location}`));
  let sources: unknown;
  try {
    sources = JSON.parse(String(text));
  } catch {
    throw wrong('is not JSON');
  }
  if (!Array.isArray(sources) || sources.length === 0) throw wrong('is not a list of sources');
  sources.forEach((source, index) => {
    if (!isObject(source)) throw wrong(`[${index}] is not an object`);
    const field = wrongField(source);
    if (field !== undefined) throw wrong(`[${index}].${field} is invalid`);
  });
  const asking = sources.filter((source: Fields) => source['introspection'] !== undefined);
  if (asking.length > 1) throw wrong('has more than one source of opaque tokens');
  return sources as readonly TokenIssuer[];
}

function wrongField(source: Fields): string | undefined {
  const [kind, ...others] = KINDS.filter((name) => source[name] !== undefined);
  if (kind === undefined || others.length > 0) return KINDS.join(' or ');
  const checks: Checks = { ...commonChecks(source), ...KIND_CHECKS[kind](source) };
  return Object.entries(checks).find(([, right]) => !right)?.[0];
}

function commonChecks(source: Fields): Checks {
  const { audience, clientIds, tokenUse, requireType, dpop } = source;
  return {
    issuer: isString(source['issuer']),
    audience: audience === undefined ? clientIds !== undefined : areStrings(audience),
    clientIds: clientIds === undefined || areStrings(clientIds),
    tokenUse: tokenUse === undefined || tokenUse === 'access',
    requireType: requireType === undefined || typeof requireType === 'boolean',
    dpop: dpop === undefined || dpop === 'optional' || dpop === 'required',
    rolesClaim: isString(source['rolesClaim']),
    tierClaim: isString(source['tierClaim']),
    clientClaim: isString(source['clientClaim']),
    maxLifetimeSeconds: isWithin(source['maxLifetimeSeconds'], 1, Number.MAX_SAFE_INTEGER),
    clockToleranceSeconds: isWithin(source['clockToleranceSeconds'], 0, MAX_TOLERANCE_SECONDS),
  };
}

const KIND_CHECKS: Readonly<Record<(typeof KINDS)[number], (source: Fields) => Checks>> = {
  jwksUri: ({ jwksUri, algorithms, staleSeconds }) => ({
    jwksUri: isHttps(jwksUri),
    algorithms: areStrings(algorithms) && algorithms.every((name) => Object.hasOwn(ALGORITHMS, name)),
    staleSeconds: staleSeconds === undefined || isWithin(staleSeconds, 0, Number.MAX_SAFE_INTEGER),
  }),
  hmacSecret: ({ hmacSecret }) => ({ hmacSecret: isString(hmacSecret) }),
  introspection: ({ introspection }) => {
    const fields = isObject(introspection) ? introspection : {};
    return {
      'introspection.endpoint': isHttps(fields['endpoint']),
      'introspection.clientId': isString(fields['clientId']),
      'introspection.clientSecret': isString(fields['clientSecret']),
      'introspection.cacheSeconds': isWithin(fields['cacheSeconds'], 0, Number.MAX_SAFE_INTEGER),
    };
  },
};

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

function areStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isString);
}

function isHttps(value: unknown): boolean {
  return isString(value) && URL.parse(value)?.protocol === 'https:';
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}
