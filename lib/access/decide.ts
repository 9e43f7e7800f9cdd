import type { Api } from '../definition/api.ts';
import { permissionsOf } from '../definition/roles.ts';
import { findRoute } from './route.ts';

/** A request as the decision sees it. */
export interface DecisionRequest {
  /** Roles of the proven caller; `undefined` is a request without a valid token. */
  readonly roles: readonly string[] | undefined;
  /** In upper case. */
  readonly method: string;
  /** Path without stage and query, such as `/documents/42`. */
  readonly path: string;
}

/** What an API answers to a request before it looks at the input: 2xx, 401, 403 or 404. */
export type Decision =
  | { readonly kind: 'allow'; readonly route: string }
  | { readonly kind: 'unauthenticated'; readonly route: string }
  | { readonly kind: 'forbidden'; readonly route: string; readonly missing: string }
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
export function decide(api: Api, { roles, method, path }: DecisionRequest): Decision {
  const route = findRoute(api, method, path)?.route;
  if (route === undefined) return { kind: 'no-such-route' };
  const { id, access } = route;
  if (access.kind === 'public') return { kind: 'allow', route: id };
  if (roles === undefined) return { kind: 'unauthenticated', route: id };
  if (access.kind === 'authenticated') return { kind: 'allow', route: id };
  const permitted = roles.some((role) => permissionsOf(api.roles.byName, role).includes(access.permission));
  return permitted ? { kind: 'allow', route: id } : { kind: 'forbidden', route: id, missing: access.permission };
}
