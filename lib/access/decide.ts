import { type CallerClaims, readClaims, whereHolds } from '../../lambdas/shared/callerClaims.ts';
import type { Access, Ownership } from '../definition/access.ts';
import type { Api, Route } from '../definition/api.ts';
import { activeRoles, evaluateRoles, permissionsOfAll, type TokenRights } from './evaluateRoles.ts';
import { findRoute } from './findRoute.ts';

/** A request, as far as the decision depends on it. */
export interface DecisionRequest extends Omit<TokenRights, 'roles'> {
  /** Roles of the verified token; `undefined` for a request without a valid token. */
  readonly roles: readonly string[] | undefined;
  /** Claims of the token, by the names of the definition. Default: none. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** In upper case. */
  readonly method: string;
  /** Path without stage and query, such as `/documents/42`. */
  readonly path: string;
  /** Whether the request has a valid signature of the sender that its route names. Default: false. */
  readonly signed?: boolean;
  /** Time of the decision in epoch seconds, for temporary roles. Default: the current time. */
  readonly at?: number;
}

/**
 * What an API decides on a request before it checks the input: 2xx, 401, 403 or 404. A token whose claims are not as declared is no
 * valid token. The handler, which knows the resource, enforces `onlyOwn`; it is absent without an ownership rule, and where the caller
 * has the permission of the rule's exception.
 */
export type Decision =
  | { readonly kind: 'allow'; readonly route: string; readonly onlyOwn?: Ownership }
  | { readonly kind: 'unauthenticated'; readonly route: string }
  | {
      readonly kind: 'forbidden';
      readonly route: string;
      /** The permission that no role of the caller grants. */
      readonly missing?: string;
      /** The scopes that the token is missing. */
      readonly missingScopes?: readonly string[];
      /** Path parameters that are not the claims that the route compares them with. */
      readonly mismatch?: readonly string[];
    }
  | { readonly kind: 'no-such-route' };

/**
 * The reference decision: is this caller allowed to send this request? The authorizer's policy, the gateway and the second
 * check of the handlers must all agree with it; the parity suite tests that. Role names are compared exactly; an unknown role
 * grants nothing.
 *
 * @example
 * ```ts
 * decide(documents, { roles: ['viewer'], method: 'DELETE', path: '/documents/42' });
 * // { kind: 'forbidden', route: 'deleteDocument', missing: 'document:delete' }
 * ```
 */
export function decide(api: Api, request: DecisionRequest): Decision {
  const { roles, method, path, signed = false, scopes = [], claims: sent = {}, elevated } = request;
  const { at = Date.now() / 1000 } = request;
  const route = findRoute(api, method, path);
  if (route === undefined) return { kind: 'no-such-route' };
  const { id, access, ownership } = route;
  if (access.kind === 'public') return { kind: 'allow', route: id };
  if (access.kind === 'webhook') return signed ? { kind: 'allow', route: id } : { kind: 'unauthenticated', route: id };
  const read = readClaims(api.claimRules, (name) => (Object.hasOwn(sent, name) ? sent[name] : undefined));
  if (roles === undefined || !('claims' in read)) return { kind: 'unauthenticated', route: id };
  const permissions = permissionsOfAll(api, activeRoles(evaluateRoles(api, { roles, elevated }, at)));
  const missing = missingGrant(access, permissions, scopes);
  if (missing !== undefined) return { kind: 'forbidden', route: id, ...missing };
  const mismatch = mismatchOf(route, path, read.claims);
  if (mismatch.length > 0) return { kind: 'forbidden', route: id, mismatch };
  const excepted =
    ownership === undefined || (ownership.unless !== undefined && permissions.includes(ownership.unless));
  return excepted ? { kind: 'allow', route: id } : { kind: 'allow', route: id, onlyOwn: ownership };
}

/** A parameter is compared as the client spells it, as the policy of the authorizer does. */
function mismatchOf({ path: template, where = {} }: Route, path: string, claims: CallerClaims): readonly string[] {
  const [segments, sent] = [template.split('/'), path.split('/')];
  return Object.entries(where)
    .filter(([name, claim]) => !whereHolds({ [name]: claim }, claims, (one) => sent[segments.indexOf(`{${one}}`)]))
    .map(([name]) => name);
}

/** What a caller with a token is missing for a route; undefined for nothing. */
function missingGrant(
  access: Exclude<Access, { readonly kind: 'webhook' }>,
  permissions: readonly string[],
  scopes: readonly string[],
) {
  if (access.kind === 'public' || access.kind === 'authenticated') return undefined;
  const missing =
    access.kind === 'permission' && !permissions.includes(access.permission) ? access.permission : undefined;
  const missingScopes = (access.scopes ?? []).filter((scope) => !scopes.includes(scope));
  if (missing === undefined && missingScopes.length === 0) return undefined;
  return {
    ...(missing === undefined ? {} : { missing }),
    ...(missingScopes.length === 0 ? {} : { missingScopes }),
  };
}
