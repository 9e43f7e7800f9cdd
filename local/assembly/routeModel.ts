/** A route as a person reads it: who is allowed to call it, when the template documents that, and what a request needs. */
export interface RouteModel {
  /** Upper case. */
  readonly method: string;
  /** Path template, such as `/documents/{id}`. */
  readonly path: string;
  /** Absent where the template documents none. */
  readonly access?: RouteAccess;
  /** Path parameters that must be equal to claims of the caller, by name. */
  readonly where?: Readonly<Record<string, string>>;
  /** Whether a request without query, body and declared headers is rejected. */
  readonly needsInput: boolean;
}

/** Who is allowed to call a route. Callers with a token need one of the roles, if there are any, and all scopes. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'webhook'; readonly sender: string }
  | { readonly kind: 'token'; readonly roles: readonly string[]; readonly scopes: readonly string[] };
