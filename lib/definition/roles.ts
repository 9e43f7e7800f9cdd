import type { UnknownName } from './suggestion.ts';

/** A role as written: its own permissions, and the roles whose permissions it also has. */
export interface RoleInput {
  readonly extends?: readonly string[];
  /** Permissions, each `resource:action` in lower case, such as `document:update`. */
  readonly can: readonly string[];
  /**
   * Roles that exclude this one (separation of duties; the rule applies both ways). A caller with both, also by inheritance, gets
   * neither. Default: none.
   */
  readonly exclusiveWith?: readonly string[];
}

export type RolesInput = Readonly<Record<string, RoleInput>>;

/**
 * When the roles were last reviewed by a person, and how often they must be. `secure-api access review` writes it to
 * `access-review.json`, which the definition imports; written by hand it has a date alone.
 */
export interface ReviewInput {
  /** ISO 8601 date of the last review, `YYYY-MM-DD`. */
  readonly reviewed: string;
  /** Whole days, 1–366. Default: 90. */
  readonly reviewEveryDays?: number;
  /** Who is responsible for the review. */
  readonly reviewer?: string;
  /** What was reviewed, as `sha256:` and 64 hexadecimal digits; the definition warns when it is no longer that. */
  readonly contentHash?: string;
}

/** Roles and their review, as given to `defineApi`. */
export interface Roles<R extends RolesInput = RolesInput> {
  readonly byName: R;
  readonly reviewed: string;
  readonly reviewEveryDays: number;
  readonly reviewer?: string;
  readonly contentHash?: string;
}

/** Every permission that some role of `R` grants. */
export type PermissionOf<R extends RolesInput> = R[keyof R]['can'][number];

/** A list of other roles; for a name that does not exist, the compiler prints the message. */
type OtherRoles<Role, Name extends string, Known> = Role extends { readonly [Key in Name]: readonly (infer Written)[] }
  ? readonly (Known | UnknownName<'other role', Written, Known>)[]
  : readonly Known[];

type KnownRoles<R> = {
  readonly [Name in keyof R]: {
    readonly extends?: OtherRoles<R[Name], 'extends', Exclude<keyof R, Name>>;
    readonly exclusiveWith?: OtherRoles<R[Name], 'exclusiveWith', Exclude<keyof R, Name>>;
  } & NoOtherNames<R[Name], RoleInput>;
};

/** Makes a misspelt name an error although the type of the whole is inferred. */
export type NoOtherNames<Written, Known> = {
  readonly [Key in Exclude<keyof Written, keyof Known>]: { readonly fault: UnknownName<'option', Key, keyof Known> };
};

/** The type of a member that is an object, else that of an object without names. */
export type Of<Written, Name extends string> = Written extends { readonly [Key in Name]: infer Member extends object }
  ? Member
  : Record<never, never>;

/** A rule for a member, where the member is an object. */
export type Inside<Written, Name extends string, Rule> = Written extends { readonly [Key in Name]: object }
  ? { readonly [Key in Name]: Rule }
  : unknown;

/** How often roles are reviewed when the definition does not say: quarterly, as SOC 2 auditors expect. */
const DEFAULT_REVIEW_DAYS = 90;

/**
 * Defines the roles of an API. A role named in `extends` or `exclusiveWith` must exist; a misspelling does not compile.
 *
 * @example
 * ```ts
 * const roles = defineRoles(
 *   {
 *     viewer: { can: ['document:read'] },
 *     editor: { extends: ['viewer'], can: ['document:create', 'document:update'] },
 *     auditor: { extends: ['viewer'], can: ['report:read'], exclusiveWith: ['editor'] },
 *   },
 *   { reviewed: '2026-11-01', reviewEveryDays: 90 },
 * );
 * ```
 */
export function defineRoles<const R extends RolesInput>(roles: R & KnownRoles<R>, review: ReviewInput): Roles<R> {
  const { reviewEveryDays = DEFAULT_REVIEW_DAYS } = review ?? {};
  // All of it, so that the checks of the definition see a misspelt name.
  return { ...review, reviewEveryDays, byName: roles };
}

/**
 * A role and every role that it inherits, each with the shortest path to it, nearest first: for `manager` the entries
 * `manager → [manager]`, `editor → [manager, editor]`. Empty for an unknown role; a cycle is walked once (the checks
 * reject it).
 */
export function lineageOf(roles: RolesInput, role: string): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>();
  const open: (readonly string[])[] = [[role]];
  for (const way of open) {
    const name = way.at(-1) ?? '';
    if (ways.has(name) || !Object.hasOwn(roles, name)) continue;
    ways.set(name, way);
    for (const parent of roles[name]?.extends ?? []) open.push([...way, parent]);
  }
  return ways;
}

/** The permissions of a role with those it inherits, sorted. An unknown role has none. */
export function permissionsOf(roles: RolesInput, role: string): readonly string[] {
  const names = [...lineageOf(roles, role).keys()];
  return [...new Set(names.flatMap((name) => roles[name]?.can ?? []))].sort();
}
