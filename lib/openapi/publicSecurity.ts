import { type Access, hasCaller } from '../definition/access.ts';
import type { Api } from '../definition/api.ts';
import type { Json } from './json.ts';
import { webhookSecurity } from './webhooks.ts';

/** Whose tokens a deployment accepts, as far as the document describes it. */
export interface DocumentIssuer {
  /** As in `iss`. */
  readonly issuer: string;
  /** Whether clients may or have to prove possession of a key (RFC 9449). Default: bearer tokens alone. */
  readonly dpop?: 'optional' | 'required';
  /** Whether the issuer has a discovery document: one with a shared secret has none. Default: true. */
  readonly hasDiscovery?: boolean;
}

/** The security schemes of a document, and what an operation requires of them. */
export interface PublicSecurity {
  readonly schemes: Json;
  readonly requirements: (access: Access) => readonly Json[];
}

const BEARER = 'bearer';
const PROOF = 'dpopProof';

/**
 * Security schemes as the identity providers have them: `openIdConnect` for each issuer with a discovery document, else a JWT as
 * bearer. A request needs one of them, and where an issuer binds tokens to keys, a proof in the header `DPoP`. An API that takes no token
 * has none.
 */
export function publicSecurity(api: Api, issuers: readonly DocumentIssuer[]): PublicSecurity {
  const named = Object.values(api.routes).some(({ access }) => hasCaller(access)) ? namesOf(issuers) : [];
  const schemes = Object.fromEntries(named.map(([name, one]) => [name, schemeOf(api, one)]));
  const proof = named.some(([, one]) => one?.dpop !== undefined) ? { [PROOF]: PROOF_SCHEME } : {};
  return {
    schemes: { ...schemes, ...proof },
    requirements: (access) => {
      if (access.kind === 'webhook') return webhookSecurity(access);
      return access.kind === 'public' ? [] : named.flatMap(([name, one]) => requirementsOf(name, one, access));
    },
  };
}

/** `oidc`, `oidc2`, …: names that stay the same when an issuer moves. */
function namesOf(issuers: readonly DocumentIssuer[]): readonly (readonly [string, DocumentIssuer | undefined])[] {
  const discovered = issuers.filter(({ hasDiscovery = true }) => hasDiscovery);
  const other = issuers.find(({ hasDiscovery = true }) => !hasDiscovery);
  const byUrl = new Map(discovered.map((one) => [discoveryUrl(one), one]));
  const oidc = [...byUrl.values()].map((one, i) => [i === 0 ? 'oidc' : `oidc${i + 1}`, one] as const);
  return oidc.length === 0 || other !== undefined ? [...oidc, [BEARER, other]] : oidc;
}

function schemeOf(api: Api, issuer: DocumentIssuer | undefined): Json {
  const description = describeToken(api);
  return issuer === undefined || issuer.hasDiscovery === false
    ? { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description }
    : { type: 'openIdConnect', openIdConnectUrl: discoveryUrl(issuer), description };
}

/** OpenID Connect Discovery 1.0, section 4. */
function discoveryUrl({ issuer }: DocumentIssuer): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** For a scheme that is not OAuth the list names what the token needs (OpenAPI 3.1, "Security Requirement Object"). */
function requirementsOf(name: string, issuer: DocumentIssuer | undefined, access: Access): readonly Json[] {
  const scopes = 'scopes' in access ? (access.scopes ?? []) : [];
  const [plain, bound] = [{ [name]: scopes }, { [name]: scopes, [PROOF]: [] }];
  if (issuer?.dpop === undefined) return [plain];
  return issuer.dpop === 'required' ? [bound] : [plain, bound];
}

const PROOF_SCHEME: Json = {
  type: 'apiKey',
  in: 'header',
  name: 'DPoP',
  description: 'A proof of possession (RFC 9449), made for each request; the token is sent as `Authorization: DPoP …`.',
};

function describeToken({ scopes }: Api): string {
  const token = 'An access token (RFC 9068).';
  const named = Object.entries(scopes).map(([name, description]) => `- \`${name}\`: ${description}`);
  return named.length === 0 ? token : `${token} Its scopes, where an operation names some:\n${named.join('\n')}`;
}
