import type { Infer, JsonSchema } from './schema.ts';

/** The schemas of the claims that an API reads from tokens, by name. */
export type ClaimsInput = Readonly<Record<string, JsonSchema>>;

/** The value of a claim. */
export type ClaimValue = string | number | boolean;

/** What the value of a claim must be, as plain data for the functions. Strings are also held to the alphabet of all claims. */
export interface ClaimRule {
  readonly type: 'string' | 'integer' | 'boolean';
  /** Whether a token without the claim is accepted. */
  readonly optional?: true;
  /** Whether the value stays out of logs. */
  readonly sensitive?: true;
  /** Allowed values; any when absent. */
  readonly values?: readonly ClaimValue[];
  /** Characters of a string, or the value of an integer. */
  readonly min?: number;
  readonly max?: number;
  /** Regular expressions, all of which a string matches. */
  readonly patterns?: readonly string[];
}

export type ClaimRules = Readonly<Record<string, ClaimRule>>;

/** Path parameters by name, each with the claim that it has to equal. */
export type Where = Readonly<Record<string, string>>;

/** The rule as a route writes it: `{ 'path.tenantId': 'claims.tenant' }`. */
export type WhereInput<Claim = string> = Readonly<Record<string, `claims.${Extract<Claim, string>}`>>;

/** The left sides that `where` can have on a path: `path.` and the name of a parameter. */
export type WhereParameters<Path extends string> = { readonly [Name in `path.${ParametersOf<Path>}`]: unknown };

type ParametersOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParametersOf<Rest>
  : never;

/** Makes a limit by a claim that is not declared an error. */
export interface LimitByClaim<Claim> {
  readonly exact?:
    | true
    | { readonly by?: 'client' | 'user' | 'address' | `claims.${Extract<Claim, string>}` | undefined };
}

/** The claims of a caller as handlers see them: those with an optional schema can be missing. */
export type ClaimsOf<C> = {
  readonly [Name in keyof C]: Infer<C[Name]> | (C[Name] extends { readonly '~optional': true } ? undefined : never);
};

/** The rule with the names of parameter and claim alone. The input has passed the checks. */
export function whereOf(input: WhereInput | undefined): Where | undefined {
  if (input === undefined) return undefined;
  const named = Object.entries(input).map(([left, right]) => [nameAfter('path.', left), nameAfter('claims.', right)]);
  return Object.fromEntries(named);
}

function nameAfter(prefix: string, name: string): string {
  return name.slice(prefix.length);
}
