/** A role as written: its own permissions, and the roles whose permissions it also has. */
export interface RoleInput {
  readonly extends?: readonly string[];
  /** Permissions, each `resource:action` in lower case, such as `document:update`. */
  readonly can: readonly string[];
}

export type RolesInput = Readonly<Record<string, RoleInput>>;

/** When the roles were last reviewed by a person, and how often they must be. */
export interface ReviewInput {
  /** ISO 8601 date of the last review, `YYYY-MM-DD`. */
  readonly reviewed: string;
  /** Whole days, 1–366. Default: 90. */
  readonly reviewEveryDays?: number;
}

/** Roles and their review, as given to `defineApi`. */
export interface Roles<R extends RolesInput = RolesInput> {
  readonly byName: R;
  readonly reviewed: string;
  readonly reviewEveryDays: number;
}

/** Every permission that some role of `R` grants. */
export type PermissionOf<R extends RolesInput> = R[keyof R]['can'][number];

type KnownParents<R> = { readonly [Name in keyof R]: { readonly extends?: readonly Exclude<keyof R, Name>[] } };

/** How often roles are reviewed when the definition does not say: quarterly, as SOC 2 auditors expect. */
const DEFAULT_REVIEW_DAYS = 90;

/**
 * Defines the roles of an API. A role named in `extends` must exist; a misspelling does not compile.
 *
 * @example
 * ```ts
 * const roles = defineRoles(
 *   {
 *     viewer: { can: ['document:read'] },
 *     editor: { extends: ['viewer'], can: ['document:create', 'document:update'] },
 *   },
 *   { reviewed: '2026-11-01', reviewEveryDays: 90 },
 * );
 * ```
 */
export function defineRoles<const R extends RolesInput>(roles: R & KnownParents<R>, review: ReviewInput): Roles<R> {
  return { byName: roles, reviewed: review.reviewed, reviewEveryDays: review.reviewEveryDays ?? DEFAULT_REVIEW_DAYS };
}

/**
 * The permissions of a role with those it inherits, sorted. An unknown role has none; a cycle is walked once (and
 * refused by the checks).
 */
export function permissionsOf(roles: RolesInput, role: string): readonly string[] {
  const seen = new Set<string>();
  const found = new Set<string>();
  const visit = (name: string): void => {
    const input = Object.hasOwn(roles, name) ? roles[name] : undefined;
    if (seen.has(name) || input === undefined) return;
    seen.add(name);
    for (const permission of input.can) found.add(permission);
    for (const parent of input.extends ?? []) visit(parent);
  };
  visit(role);
  return [...found].sort();
}
