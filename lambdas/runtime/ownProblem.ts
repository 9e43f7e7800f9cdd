import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import type { ListedProblem } from '../../lib/definition/ownProblems.ts';
import { HttpProblem, type ProblemCode, type ProblemStatusCode, problem, type Rejection } from './problem.ts';

/** A problem of the API's own, as a handler throws it; its route says status and title. */
class OwnProblem extends Error {
  readonly code: string;
  readonly detail: string | undefined;

  constructor(code: string, detail: string | undefined) {
    super(detail ?? code);
    this.name = 'OwnProblem';
    this.code = code;
    this.detail = detail;
  }
}

/**
 * Makes a problem for a handler to throw: one that its route lists, or one of this project, by status or code.
 *
 * @param detail for the caller; no secret, no value of the request. Default for a problem of the API: that of its declaration.
 */
export type ProblemMaker<Options> = (
  statusOrCode: Extract<ListedProblem<Options>, string> | ProblemStatusCode | ProblemCode,
  detail?: string,
) => Error;

/** The `problem` of a route's handler. A code that is not listed is a bug of the handler, so the response is 500. */
export function problemMaker({ id, problems = [] }: RouteContract) {
  return (statusOrCode: string | number, detail?: string): Error => {
    if (problems.some(({ code }) => code === statusOrCode)) return new OwnProblem(String(statusOrCode), detail);
    try {
      return problem(statusOrCode as ProblemCode, detail);
    } catch {
      return new HttpProblem('internal', `The route ${id} does not list the problem that its handler throws.`);
    }
  };
}

/** The rejection that a thrown problem of the API stands for; undefined for anything else. */
export function ownRejection(error: unknown, { problems = [] }: RouteContract): Rejection | undefined {
  if (!(error instanceof OwnProblem)) return undefined;
  const declared = problems.find(({ code }) => code === error.code);
  if (declared === undefined) return undefined;
  const detail = typeof error.detail === 'string' ? error.detail : declared.detail;
  return { code: declared.code, status: declared.status, title: declared.title, detail, errors: [] };
}
