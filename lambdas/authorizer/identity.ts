import { supportedSignatureAlgorithms } from 'aws-jwt-verify/jwt-verifier';
import { AuthorizerFault } from './reasons.ts';

/** One issuer whose tokens are accepted; the construct writes a list of these to `SECURE_API_IDENTITY`. */
export interface IdentitySource {
  /** Compared with `iss` exactly. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** Allowed `alg` values, out of RS256, RS384, RS512, ES256, ES384, ES512, EdDSA. */
  readonly algorithms: readonly string[];
  /** One of these must be in `aud`. */
  readonly audience?: readonly string[];
  /** One of these must be the value of the client claim. `audience` or `clientIds` is needed; both are checked. */
  readonly clientIds?: readonly string[];
  /** Cognito tells access tokens from ID tokens by the claim `token_use`. */
  readonly tokenUse?: 'access';
  readonly rolesClaim: string;
  readonly tierClaim: string;
  readonly clientClaim: string;
  /** Longest accepted time from `iat` to `exp`, in seconds. */
  readonly maxLifetimeSeconds: number;
  readonly clockToleranceSeconds: number;
}

/** More would make expiry meaningless. */
const MAX_TOLERANCE_SECONDS = 300;

/**
 * Reads the identity sources of the environment.
 *
 * @throws {AuthorizerFault} `configuration-invalid` naming the first wrong field.
 */
export function parseIdentity(text: string | undefined): readonly IdentitySource[] {
  const wrong = (place: string) =>
    new AuthorizerFault('configuration-invalid', new Error(`SECURE_API_IDENTITY ${place}`));
  let sources: unknown;
  try {
    sources = JSON.parse(text ?? '');
  } catch {
    throw wrong('is not JSON');
  }
  if (!Array.isArray(sources) || sources.length === 0) throw wrong('is not a list of sources');
  sources.forEach((source, index) => {
    const field = wrongField(source);
    if (field !== undefined) throw wrong(`[${index}].${field} is invalid`);
  });
  return sources as readonly IdentitySource[];
}

function wrongField(source: unknown): string | undefined {
  if (typeof source !== 'object' || source === null) return '';
  const value = source as Readonly<Record<string, unknown>>;
  const checks: Readonly<Record<keyof IdentitySource, boolean>> = {
    issuer: isText(value['issuer']),
    jwksUri: isHttps(value['jwksUri']),
    algorithms: isTexts(value['algorithms']) && value['algorithms'].every(isSupported),
    audience: value['audience'] === undefined ? value['clientIds'] !== undefined : isTexts(value['audience']),
    clientIds: value['clientIds'] === undefined || isTexts(value['clientIds']),
    tokenUse: value['tokenUse'] === undefined || value['tokenUse'] === 'access',
    rolesClaim: isText(value['rolesClaim']),
    tierClaim: isText(value['tierClaim']),
    clientClaim: isText(value['clientClaim']),
    maxLifetimeSeconds: isWithin(value['maxLifetimeSeconds'], 1, Number.MAX_SAFE_INTEGER),
    clockToleranceSeconds: isWithin(value['clockToleranceSeconds'], 0, MAX_TOLERANCE_SECONDS),
  };
  return Object.entries(checks).find(([, right]) => !right)?.[0];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

function isSupported(algorithm: string): boolean {
  return supportedSignatureAlgorithms.some((supported) => supported === algorithm);
}

function isHttps(value: unknown): boolean {
  return isText(value) && URL.parse(value)?.protocol === 'https:';
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}
