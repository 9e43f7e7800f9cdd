/**
 * The embedded issuer in place of the identity provider: what it has to put into tokens, and what authorizers have to be
 * told of it. Only environment variables change; a function's code is the asset's (docs/adr/0004).
 */
import type { FunctionModel, Notice, StackModel } from '../assembly/model.ts';
import { isRecord, type Json, text, texts } from '../assembly/values.ts';
import { API_RESOURCE } from '../services/issuer/configuration.ts';
import type { IdentityOptions } from '../services/issuer/identity.ts';

/** The variable by which an authorizer is told whose tokens it accepts: a JSON list of sources. */
const VARIABLE = 'SECURE_API_IDENTITY';

/** Claims for stacks that say nothing of theirs. */
const DEFAULT_CLAIMS = { roles: 'roles', tier: 'tier' };

/** What tokens of the embedded issuer carry, so that every authorizer of the stack can read them. */
export function identityOptions(model: StackModel): IdentityOptions {
  const sources = model.functions.flatMap((fn) => sourcesOf(fn).slice(0, 1));
  const claims = (name: string, otherwise: string) => {
    const named = sources.map((source) => text(source[name])).filter((claim) => claim !== undefined);
    return named.length === 0 ? [otherwise] : unique(named);
  };
  const callers = model.apis.flatMap((api) => api.callers ?? []);
  return {
    audience: unique(sources.flatMap((source) => texts(source['audience']))),
    rolesClaims: claims('rolesClaim', DEFAULT_CLAIMS.roles),
    tierClaims: claims('tierClaim', DEFAULT_CLAIMS.tier),
    roles: unique(callers.flatMap(({ roles }) => roles)),
    tiers: unique(callers.flatMap(({ tiers }) => tiers)),
  };
}

/**
 * The functions with the embedded issuer in their first identity source; where there are more, only it is left, because the
 * others cannot be reached from here.
 */
export function withLocalIssuer(functions: readonly FunctionModel[], issuer: string): FunctionModel[] {
  return functions.map((fn) => {
    const [source] = sourcesOf(fn);
    if (source === undefined) return fn;
    return { ...fn, environment: { ...fn.environment, [VARIABLE]: JSON.stringify([localSource(source, issuer)]) } };
  });
}

/** Says which identity providers the embedded issuer stands in for. */
export function identityNotices(functions: readonly FunctionModel[]): Notice[] {
  return functions.flatMap((fn) =>
    sourcesOf(fn).map((source, i) => ({
      resource: fn.logicalId,
      type: 'AWS::Lambda::Function',
      detail: `tokens of ${text(source['issuer']) ?? 'its issuer'} are not accepted here${i === 0 ? '; those of the local issuer are' : ''}`,
    })),
  );
}

/**
 * Issuer, keys and audience are the local ones, and the algorithm that it signs with is allowed, whatever kind of source it
 * was; all else stays.
 */
function localSource(source: Json, issuer: string): Json {
  const { clientIds: _, hmacSecret: _shared, introspection: _asked, ...kept } = source;
  const audience = texts(source['audience']);
  return {
    ...kept,
    issuer,
    jwksUri: `${issuer}/jwks`,
    algorithms: ['RS256'],
    audience: audience.length === 0 ? [API_RESOURCE] : audience,
  };
}

function sourcesOf({ environment }: FunctionModel): Json[] {
  const value = environment[VARIABLE];
  if (value === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed.filter(isRecord) : [];
  } catch {
    return [];
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
