import { PROBLEMS } from '../../../lambdas/shared/problems.ts';
import type { Fault } from '../fault.ts';
import { OWN_PROBLEM_STATUSES } from '../ownProblems.ts';
import { PROBLEM_STATUSES } from '../routes.ts';
import { isRecord } from '../shape.ts';
import { formatValue, type UncheckedApi } from './check.ts';

/** Words with `-` between them, as the codes of this project are; the code is the end of a URL. */
const CODE = /^(?=.{3,64}$)[a-z]+(?:-[a-z]+)*$/;
const LONGEST = { title: 100, description: 1_000, detail: 300 } as const;

/** Problems: declared with a code of their own, a status and a title; routes list statuses and declared codes, each once. */
export function checkProblems(api: UncheckedApi): readonly Fault[] {
  const declared: Readonly<Record<string, unknown>> = isRecord(api.problems) ? api.problems : {};
  return [
    ...Object.entries(declared).flatMap(([code, problem]) => [
      ...codeFaults(`problems.${code}`, code),
      ...(isRecord(problem) ? memberFaults(`problems.${code}`, problem) : []),
    ]),
    ...Object.entries(api.routes ?? {}).flatMap(([id, route]) =>
      listFaults(`routes.${id}.problems`, route.options?.problems, Object.keys(declared)),
    ),
  ];
}

function codeFaults(location: string, code: string): readonly Fault[] {
  if (Object.hasOwn(PROBLEMS, code)) {
    const fix = `Choose another code. A handler throws this one as problem('${code}') without a declaration.`;
    return [fault(location, formatValue(code), 'a code that is not one of secure-api', fix)];
  }
  if (CODE.test(code)) return [];
  const expected = 'lower-case words of letters with "-" between them, 3 to 64 characters';
  return [fault(location, formatValue(code), expected, 'Write it as order-closed. It becomes the end of a URL.')];
}

function memberFaults(location: string, problem: Readonly<Record<string, unknown>>): readonly Fault[] {
  const statuses: readonly unknown[] = OWN_PROBLEM_STATUSES;
  const status = problem['status'];
  const fix = 'Choose the status that clients act on. Tokens, limits and formats have their own problems.';
  return [
    ...(statuses.includes(status)
      ? []
      : [fault(`${location}.status`, formatValue(status), `one of ${statuses.join(', ')}`, fix)]),
    ...(Object.keys(LONGEST) as (keyof typeof LONGEST)[]).flatMap((name) => {
      const text = problem[name];
      if (text === undefined && name !== 'title') return [];
      if (typeof text === 'string' && text.trim() !== '' && text.length <= LONGEST[name]) return [];
      const expected = `1 to ${LONGEST[name]} characters`;
      return [fault(`${location}.${name}`, formatValue(text), expected, 'Say it in a sentence for the client.')];
    }),
  ];
}

function listFaults(location: string, listed: unknown, codes: readonly string[]): readonly Fault[] {
  if (listed === undefined) return [];
  const known: readonly unknown[] = [...PROBLEM_STATUSES, ...codes];
  const expected = `a list of ${known.join(', ')}, each once`;
  const fix =
    'List what handlers throw, and declare own codes in problems of the API. The checks document 400, 401, 403 and the others that they return.';
  const wrong = (at: string, found: unknown) => ({ ...fault(at, formatValue(found), expected, fix), code: LISTED });
  if (!Array.isArray(listed)) return [wrong(location, listed)];
  return listed.flatMap((problem: unknown, i) =>
    known.includes(problem) && listed.indexOf(problem) === i ? [] : [wrong(`${location}.${i}`, problem)],
  );
}

const LISTED = 'option-invalid' as const;

function fault(location: string, found: string, expected: string, fix: string): Fault {
  return { code: 'problem-invalid', location, found, expected, fix };
}
