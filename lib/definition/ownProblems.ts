/** Statuses that problems of an API can have. The others belong to checks, limits and tokens, or have needs of their own. */
export const OWN_PROBLEM_STATUSES = [400, 402, 403, 404, 409, 410, 412, 422, 423, 424, 428, 451, 503] as const;

/** A status of {@link OWN_PROBLEM_STATUSES}. */
export type OwnProblemStatus = (typeof OWN_PROBLEM_STATUSES)[number];

/** A problem that an API declares (RFC 9457). */
export interface OwnProblemInput {
  readonly status: OwnProblemStatus;
  /** The same in every occurrence, at most 100 characters. */
  readonly title: string;
  /** When it is raised and what a client does about it, for the documents. Default: the title. */
  readonly description?: string;
  /** For the caller, where a handler gives none. Default: none. */
  readonly detail?: string;
}

/** The problems of an API by their codes: lower-case words with `-` between them. */
export type OwnProblemsInput = Readonly<Record<string, OwnProblemInput>>;

/** A problem that a route lists, by its code. */
export interface OwnProblem extends OwnProblemInput {
  readonly code: string;
}

/** The problems of an API that a route lists. The input has passed the checks. */
export function ownProblemsOf(listed: readonly (number | string)[], declared: OwnProblemsInput): readonly OwnProblem[] {
  return listed.flatMap((code) => {
    const problem = typeof code === 'string' ? declared[code] : undefined;
    return problem === undefined ? [] : [{ code: String(code), ...problem }];
  });
}

/** The codes that a route lists, and those of its statuses as they are written. */
export type ListedProblem<Options> = Options extends { readonly problems: readonly (infer Listed)[] } ? Listed : never;
