/** Who judges requests, and where one of them sees a request otherwise than the table. */
import type { AccessVerdict, InputVerdict, ParityRequest } from './request.ts';

/** What a judge finds of the input, as far as it can see: `passed-on` is a gateway that leaves the rest to the function. */
export type Finding = 'valid' | 'invalid' | 'passed-on' | Exclude<InputVerdict, 'valid'>;

/** What a projection says of a request. */
export interface Opinion {
  readonly access?: AccessVerdict;
  readonly input?: Finding;
  /** Under which circumstances, where a judge was asked under several. */
  readonly under?: string;
}

/** One projection of the definition, asked about one request. */
export interface Judge {
  readonly name: string;
  /** What it must have an opinion on: to be silent is to disagree. */
  readonly about: readonly ('access' | 'input')[];
  /** The input of these rows it cannot judge. Default: none. */
  readonly excused?: (request: ParityRequest) => boolean;
  readonly judge: (request: ParityRequest) => Said | Promise<Said>;
}

type Said = Opinion | readonly Opinion[];

/** A judge and a row of the table that do not go together. */
export interface Disagreement {
  readonly judge: string;
  readonly row: string;
  readonly expected: AccessVerdict | InputVerdict;
  readonly said: AccessVerdict | Finding | 'nothing';
  readonly under?: string;
}

/** Findings that fit what the table expects; the judges of one part see only that part. */
const FITTING: Readonly<Record<InputVerdict, readonly Finding[]>> = {
  valid: ['valid', 'passed-on'],
  'refused-at-gateway': ['refused-at-gateway', 'invalid'],
  'refused-by-lambda': ['refused-by-lambda', 'invalid', 'passed-on'],
};

/** Every row that some judge sees otherwise than the table. None: all agree with it, and so with each other. */
export async function disagreements(
  table: readonly ParityRequest[],
  judges: readonly Judge[],
): Promise<readonly Disagreement[]> {
  const found: Disagreement[] = [];
  for (const judge of judges) {
    for (const request of table) {
      const said = [await judge.judge(request)].flat();
      found.push(...said.flatMap((opinion) => misfits(judge, request, opinion)));
    }
  }
  return found;
}

function misfits(judge: Judge, request: ParityRequest, opinion: Opinion): readonly Disagreement[] {
  const { access = 'nothing', input = 'nothing', under } = opinion;
  const location = { judge: judge.name, row: request.name, ...(under === undefined ? {} : { under }) };
  if (judge.about.includes('access') && access !== request.access) {
    return [{ ...location, expected: request.access, said: access }];
  }
  const asksInput = judge.about.includes('input') && request.access === 'allow' && judge.excused?.(request) !== true;
  if (!asksInput || FITTING[request.input].some((finding) => finding === input)) return [];
  return [{ ...location, expected: request.input, said: input }];
}
