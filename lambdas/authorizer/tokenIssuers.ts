import type { TokenIssuer } from '../../lib/definition/tokenIssuer.ts';
import { isRecord } from '../shared/json.ts';
import { ALGORITHMS } from './algorithms.ts';
import { AuthorizerFault } from './reasons.ts';

/** More would make expiry meaningless. */
const MAX_TOLERANCE_SECONDS = 300;
/** The fields that determine the kind of a token issuer, which has exactly one of them. */
const KINDS = ['jwksUri', 'hmacSecret', 'introspection'] as const;

type Fields = Readonly<Record<string, unknown>>;
type Checks = Readonly<Record<string, boolean>>;

/**
 * Reads the token issuers from the environment.
 *
 * @throws {AuthorizerFault} `configuration-invalid`, which names the first invalid field.
 */
export function parseTokenIssuers(json: string | undefined): readonly TokenIssuer[] {
  const wrong = (location: string) =>
    new AuthorizerFault('configuration-invalid', new Error(`SECURE_API_TOKEN_ISSUERS ${location}`));
  let tokenIssuers: unknown;
  try {
    tokenIssuers = JSON.parse(String(json));
  } catch {
    throw wrong('is not JSON');
  }
  if (!Array.isArray(tokenIssuers) || tokenIssuers.length === 0) throw wrong('is not a list of token issuers');
  tokenIssuers.forEach((tokenIssuer, index) => {
    if (!isRecord(tokenIssuer)) throw wrong(`[${index}] is not an object`);
    const field = wrongField(tokenIssuer);
    if (field !== undefined) throw wrong(`[${index}].${field} is invalid`);
  });
  const introspecting = tokenIssuers.filter((tokenIssuer: Fields) => tokenIssuer['introspection'] !== undefined);
  if (introspecting.length > 1) throw wrong('has more than one issuer of opaque tokens');
  return tokenIssuers as readonly TokenIssuer[];
}

function wrongField(tokenIssuer: Fields): string | undefined {
  const [kind, ...others] = KINDS.filter((name) => tokenIssuer[name] !== undefined);
  if (kind === undefined || others.length > 0) return KINDS.join(' or ');
  const checks: Checks = { ...commonChecks(tokenIssuer), ...KIND_CHECKS[kind](tokenIssuer) };
  return Object.entries(checks).find(([, right]) => !right)?.[0];
}

function commonChecks(tokenIssuer: Fields): Checks {
  const { audience, clientIds, tenants, kind, requiredClaims, requireType, dpop, claims, stringClaims } = tokenIssuer;
  return {
    issuer: isString(tokenIssuer['issuer']),
    audience: audience === undefined ? clientIds !== undefined : areStrings(audience),
    clientIds: clientIds === undefined || areStrings(clientIds),
    tenants: tenants === undefined || areStrings(tenants),
    kind: kind === undefined || isKind(kind),
    requiredClaims:
      requiredClaims === undefined || isMap(requiredClaims, (values) => areListed(values, isStringOrBoolean)),
    requireType: requireType === undefined || typeof requireType === 'boolean',
    dpop: dpop === undefined || dpop === 'optional' || dpop === 'required',
    roles: areRoleRules(tokenIssuer['roles']),
    tierClaim: isString(tokenIssuer['tierClaim']),
    clientClaim: isString(tokenIssuer['clientClaim']) || areStrings(tokenIssuer['clientClaim']),
    claims: claims === undefined || isMap(claims, isString),
    stringClaims: stringClaims === undefined || stringClaims === true,
    maxLifetimeSeconds: isWithin(tokenIssuer['maxLifetimeSeconds'], 1, Number.MAX_SAFE_INTEGER),
    clockToleranceSeconds: isWithin(tokenIssuer['clockToleranceSeconds'], 0, MAX_TOLERANCE_SECONDS),
  };
}

const KIND_CHECKS: Readonly<Record<(typeof KINDS)[number], (tokenIssuer: Fields) => Checks>> = {
  jwksUri: ({ jwksUri, algorithms, staleSeconds }) => ({
    jwksUri: isHttps(jwksUri),
    algorithms: areStrings(algorithms) && algorithms.every((name) => Object.hasOwn(ALGORITHMS, name)),
    staleSeconds: staleSeconds === undefined || isWithin(staleSeconds, 0, Number.MAX_SAFE_INTEGER),
  }),
  hmacSecret: ({ hmacSecret }) => ({ hmacSecret: isString(hmacSecret) }),
  introspection: ({ introspection }) => {
    const fields = isRecord(introspection) ? introspection : {};
    return {
      'introspection.endpoint': isHttps(fields['endpoint']),
      'introspection.clientId': isString(fields['clientId']),
      'introspection.clientSecret': isString(fields['clientSecret']),
      'introspection.cacheSeconds': isWithin(fields['cacheSeconds'], 0, Number.MAX_SAFE_INTEGER),
    };
  },
};

function areRoleRules(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { claim, separator, map, organizations } = value;
  return (
    isString(claim) &&
    (separator === undefined || separator === false || isString(separator)) &&
    (map === undefined || areListed(map, isPair)) &&
    (organizations === undefined || areStrings(organizations))
  );
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && isString(value[0]) && areStrings(value[1]);
}

function isKind(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { id, claims, oneOf } = value;
  const areStringsIfAny = (values: unknown) => Array.isArray(values) && values.every(isString);
  return (
    (id === undefined || id === true) &&
    (claims === undefined || isMap(claims, areStringsIfAny)) &&
    (oneOf === undefined || areStrings(oneOf))
  );
}

function isMap(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return isRecord(value) && Object.values(value).every(isRight);
}

function areListed(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isRight);
}

function isStringOrBoolean(value: unknown): boolean {
  return isString(value) || typeof value === 'boolean';
}

function isString(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

function areStrings(value: unknown): value is readonly string[] {
  return areListed(value, isString);
}

function isHttps(value: unknown): boolean {
  return isString(value) && URL.parse(value)?.protocol === 'https:';
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}
