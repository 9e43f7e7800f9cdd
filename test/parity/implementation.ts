/** The implementations under test, and their disagreements with the table. */
import type { ExpectedAccess, ExpectedInput, ParityRequest } from './request.ts';

/** What an implementation reports about the input. `passed-on`: a gateway leaves the rest to the function. */
export type Finding = 'valid' | 'invalid' | 'passed-on' | Exclude<ExpectedInput, 'valid'>;

/** What a projection reports about a request. */
export interface Outcome {
  readonly access?: ExpectedAccess;
  readonly input?: Finding;
  /** The circumstances, if an implementation evaluates a request under several. */
  readonly under?: string;
}

/** One projection of the definition, which evaluates one request at a time. */
export interface Implementation {
  readonly name: string;
  /** What it must report; reporting nothing is a disagreement. */
  readonly about: readonly ('access' | 'input')[];
  /** Rows whose input it cannot evaluate. Default: none. */
  readonly excused?: (request: ParityRequest) => boolean;
  readonly evaluate: (request: ParityRequest) => Outcomes | Promise<Outcomes>;
}

type Outcomes = Outcome | readonly Outcome[];

/** An implementation that disagrees with a row of the table. */
export interface Disagreement {
  readonly evaluate: string;
  readonly row: string;
  readonly expected: ExpectedAccess | ExpectedInput;
  readonly actual: ExpectedAccess | Finding | 'nothing';
  readonly under?: string;
}

/** Findings that agree with the table; an implementation of one part sees only that part. */
const ACCEPTED: Readonly<Record<ExpectedInput, readonly Finding[]>> = {
  valid: ['valid', 'passed-on'],
  'rejected-at-gateway': ['rejected-at-gateway', 'invalid'],
  'rejected-by-lambda': ['rejected-by-lambda', 'invalid', 'passed-on'],
};

/** Every row on which an implementation disagrees with the table. If there is none, all agree with each other. */
export async function disagreements(
  table: readonly ParityRequest[],
  implementations: readonly Implementation[],
): Promise<readonly Disagreement[]> {
  const found: Disagreement[] = [];
  for (const evaluate of implementations) {
    for (const request of table) {
      const actual = [await evaluate.evaluate(request)].flat();
      found.push(...actual.flatMap((outcome) => mismatches(evaluate, request, outcome)));
    }
  }
  return found;
}

function mismatches(evaluate: Implementation, request: ParityRequest, outcome: Outcome): readonly Disagreement[] {
  const { access = 'nothing', input = 'nothing', under } = outcome;
  const location = { evaluate: evaluate.name, row: request.name, ...(under === undefined ? {} : { under }) };
  if (evaluate.about.includes('access') && access !== request.access) {
    return [{ ...location, expected: request.access, actual: access }];
  }
  const asksInput =
    evaluate.about.includes('input') && request.access === 'allow' && evaluate.excused?.(request) !== true;
  if (!asksInput || ACCEPTED[request.input].some((finding) => finding === input)) return [];
  return [{ ...location, expected: request.input, actual: input }];
}
