/** Who may call a route. Scopes are needed all together, and beside the permission where there is one. */
export type Access =
  | { readonly kind: 'permission'; readonly permission: string; readonly scopes?: readonly string[] }
  | { readonly kind: 'scopes'; readonly scopes: readonly string[] }
  | { readonly kind: 'public'; readonly reason: string }
  | { readonly kind: 'authenticated'; readonly reason: string };

/** What it takes to call a route. Scopes are needed all together, and beside the permission where there is one. */
export type RequiredAccess =
  | { readonly kind: 'permission'; readonly permission: string; readonly scopes?: readonly string[] }
  | { readonly kind: 'scopes'; readonly scopes: readonly string[] }
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated' };

/** What it takes to call a route, without the reason that only reviewers read. */
export function requiredAccess(access: Access): RequiredAccess {
  return access.kind === 'public' || access.kind === 'authenticated' ? { kind: access.kind } : access;
}

/** A rule on the resource itself: callers may use the route only for what is their own. */
export interface Ownership<Permission extends string = string> {
  /** Member of the resource that holds the `id` of the caller who made it, such as `createdBy`. */
  readonly field: string;
  /** Callers with this permission may use the route for what others own, too. Default: nobody may. */
  readonly unless?: Permission;
}

/** The rule as a route writes it: a field alone, or with an exception. */
export type OwnershipInput<Permission extends string = string> = string | Ownership<Permission>;

/** The rule with its parts named. */
export function ownershipOf(input: OwnershipInput | undefined): Ownership | undefined {
  return typeof input === 'string' ? { field: input } : input;
}
