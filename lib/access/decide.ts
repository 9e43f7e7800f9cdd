import type { Access, Api } from '../definition/api.ts';
import type { Ownership } from '../definition/ownership.ts';
import { countingRoles, evaluateRoles, type Holder, permissionsOfAll } from './holder.ts';
import { findRoute } from './route.ts';

/** A request as the decision sees it. */
export interface DecisionRequest extends Omit<Holder, 'roles'> {
  /** Roles of the proven caller; `undefined` is a request without a valid token. */
  readonly roles: readonly string[] | undefined;
  /** In upper case. */
  readonly method: string;
  /** Path without stage and query, such as `/documents/42`. */
  readonly path: string;
  /** Epoch seconds at which it is decided, for temporary roles. Default: the current time. */
  readonly at?: number;
}

/**
 * What an API answers to a request before it looks at the input: 2xx, 401, 403 or 404. `onlyOwn` is left to the handler,
 * which knows the resource; it is absent where no rule is or the caller has the permission of its exception.
 */
export type Decision =
  | { readonly kind: 'allow'; readonly route: string; readonly onlyOwn?: Ownership }
  | { readonly kind: 'unauthenticated'; readonly route: string }
  | {
      readonly kind: 'forbidden';
      readonly route: string;
      /** The permission that none of the caller's roles gives. */
      readonly missing?: string;
      /** The scopes that the token lacks. */
      readonly missingScopes?: readonly string[];
    }
  | { readonly kind: 'no-such-route' };

/**
 * The reference decision: may this caller send this request? The authorizer's policy, the gateway and the handlers'
 * re-check must all agree with it, which the parity suite tests. Role names are compared exactly; unknown ones give nothing.
 *
 * @example
 * ```ts
 * decide(documents, { roles: ['viewer'], method: 'DELETE', path: '/documents/42' });
 * // { kind: 'forbidden', route: 'deleteDocument', missing: 'document:delete' }
 * ```
 */
export function decide(api: Api, request: DecisionRequest): Decision {
  const { roles, method, path, scopes = [], elevated, at = Date.now() / 1000 } = request;
  const route = findRoute(api, method, path);
  if (route === undefined) return { kind: 'no-such-route' };
  const { id, access, ownership } = route;
  if (access.kind === 'public') return { kind: 'allow', route: id };
  if (roles === undefined) return { kind: 'unauthenticated', route: id };
  const permissions = permissionsOfAll(api, countingRoles(evaluateRoles(api, { roles, elevated }, at)));
  const missing = missingGrant(access, permissions, scopes);
  if (missing !== undefined) return { kind: 'forbidden', route: id, ...missing };
  const excepted =
    ownership === undefined || (ownership.unless !== undefined && permissions.includes(ownership.unless));
  return excepted ? { kind: 'allow', route: id } : { kind: 'allow', route: id, onlyOwn: ownership };
}

/** What a caller with a token lacks for a route; undefined where nothing. */
function missingGrant(access: Access, permissions: readonly string[], scopes: readonly string[]) {
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
