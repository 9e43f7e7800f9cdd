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
