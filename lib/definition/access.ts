import type { WebhookRules } from './webhook.ts';

/** Who is allowed to call a route. All scopes are needed, and the permission where there is one. */
export type Access =
  | { readonly kind: 'permission'; readonly permission: string; readonly scopes?: readonly string[] }
  | { readonly kind: 'scopes'; readonly scopes: readonly string[] }
  | { readonly kind: 'public'; readonly reason: string }
  | { readonly kind: 'authenticated'; readonly reason: string }
  /** The sender of a webhook, which signs each message. */
  | { readonly kind: 'webhook'; readonly webhook: WebhookRules };

/** What a route needs. All scopes are needed, and the permission where there is one. */
export type RequiredAccess =
  | { readonly kind: 'permission'; readonly permission: string; readonly scopes?: readonly string[] }
  | { readonly kind: 'scopes'; readonly scopes: readonly string[] }
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'webhook'; readonly secret: string };

/** What a route needs, without the reason, which only reviewers read. */
export function requiredAccess(access: Access): RequiredAccess {
  if (access.kind === 'webhook') return { kind: 'webhook', secret: access.webhook.secret };
  return access.kind === 'permission' || access.kind === 'scopes' ? access : { kind: access.kind };
}

/** Whether a route has callers with a token; a public one and that of a webhook have none. */
export function hasCaller({ kind }: Pick<Access, 'kind'>): boolean {
  return kind !== 'public' && kind !== 'webhook';
}

/** Whether a caller can miss a scope. */
export function needsScopes(routes: readonly { readonly access: Access }[]): boolean {
  return routes.some(({ access }) => 'scopes' in access && (access.scopes ?? []).length > 0);
}

/** A rule on the resource itself: callers are allowed to use the route only for their own resources. */
export interface Ownership<Permission extends string = string> {
  /** Member of the resource that holds the `id` of the caller who made it, such as `createdBy`. */
  readonly field: string;
  /** Callers with this permission are also allowed to use the route for what others own. Default: nobody. */
  readonly unless?: Permission;
}

/** The rule as a route writes it: a field alone, or with an exception. */
export type OwnershipInput<Permission extends string = string> = string | Ownership<Permission>;

/** The rule with its parts named. */
export function ownershipOf(input: OwnershipInput | undefined): Ownership | undefined {
  return typeof input === 'string' ? { field: input } : input;
}
