import { isClaim, isSafeClaim, MAX_CLAIM_LENGTH } from '../../../lambdas/shared/callerClaims.ts';
import { readClaim } from '../claimRule.ts';
import type { ClaimRule } from '../claims.ts';
import type { Fault } from '../fault.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { unsafePart } from './claimAlphabet.ts';
import { matchLengths } from './patternLength.ts';
import { patternFault } from './patterns.ts';
import { tryReadSchema } from './readSchemas.ts';

/** Part of names in the authorizer's context and in logs. */
const NAME = /^[a-z][A-Za-z0-9]{0,31}$/;
const MAX_CLAIMS = 10;
const CHARACTERS = 'letters, digits, ".", "_", "~" and "-"';

/** Claims: few, with a name, and a schema whose values are short and can stand in a path, a policy and a log as they are. */
export function checkClaims(api: UncheckedApi): readonly Fault[] {
  const claims = Object.entries(api.claims ?? {});
  const tooMany =
    claims.length <= MAX_CLAIMS
      ? []
      : [
          invalid(
            'claims',
            `${claims.length} claims`,
            `at most ${MAX_CLAIMS}`,
            'Keep those that routes, limits or handlers need.',
          ),
        ];
  return [
    ...tooMany,
    ...claims.flatMap(([name, schema]) => [...nameFaults(name), ...schemaFaults(`claims.${name}`, schema)]),
  ];
}

function nameFaults(name: string): readonly Fault[] {
  if (NAME.test(name)) return [];
  const fix =
    'Rename the claim here. Where tokens have it under another name, say so in the option "claims" of the identity.';
  return [invalid(`claims.${name}`, formatValue(name), 'a camelCase name of at most 32 letters and digits', fix)];
}

function schemaFaults(location: string, schema: unknown): readonly Fault[] {
  if (tryReadSchema(schema) === undefined) {
    const fix = 'Write the schema of its value, such as Type.String({ maxLength: 64, pattern: "^[a-z0-9-]+$" }).';
    return [invalid(location, formatValue(schema), 'a schema', fix)];
  }
  const read = readClaim(schema as object);
  if ('faults' in read) {
    const fix = 'A claim is one value that a token carries: write a scalar schema without anything else.';
    return read.faults.map(({ at, found, expected }) =>
      invalid(at === '' ? location : `${location}.${at}`, found, expected, fix),
    );
  }
  const faults = read.rule.type === 'string' ? stringFaults(location, read.rule) : rangeFaults(location, read.rule);
  return faults.length > 0 ? faults : impossibleValues(location, read.rule);
}

function stringFaults(location: string, { values, max, min = 1, patterns = [] }: ClaimRule): readonly Fault[] {
  if (values !== undefined) return valueFaults(location, values);
  const isBounded = max !== undefined && Number.isInteger(max) && max >= 1 && max <= MAX_CLAIM_LENGTH && min <= max;
  const lengths = isBounded
    ? []
    : [
        invalid(
          `${location}.maxLength`,
          formatValue(max),
          `a maximum length from ${Math.max(1, min)} to ${MAX_CLAIM_LENGTH}`,
          'Set the longest value that makes sense, such as 64.',
        ),
      ];
  const unproven = patterns.map(unsafePart);
  const unsafe =
    patterns.length === 0 || !unproven.includes(undefined)
      ? [unsafePattern(`${location}.pattern`, patterns[0], unproven[0])]
      : [];
  const faults = [
    ...lengths,
    ...unsafe,
    ...patterns.flatMap((pattern) => patternFault(`${location}.pattern`, pattern) ?? []),
  ];
  return faults.length > 0 ? faults : patterns.flatMap((one) => impossibleLength(location, one, { min, max }) ?? []);
}

/** A pattern all of whose strings are too long, or too short: no token could have the claim. */
function impossibleLength(
  location: string,
  pattern: string,
  { min = 1, max = MAX_CLAIM_LENGTH }: Pick<ClaimRule, 'min' | 'max'>,
): Fault | undefined {
  const [shortest, longest] = matchLengths(pattern);
  if (shortest <= max && longest >= Math.max(1, min)) return undefined;
  const found = `${formatValue(pattern)} and from ${Math.max(1, min)} to ${max} characters`;
  return invalid(`${location}.pattern`, found, 'a length that strings of the pattern have', 'Correct one of the two.');
}

function unsafePattern(location: string, pattern: string | undefined, part: string | undefined): Fault {
  return {
    code: 'claim-unsafe',
    location,
    found: pattern === undefined ? 'no pattern' : `${formatValue(pattern)}, in which ${formatValue(part)} is not safe`,
    expected: `a pattern from ^ to $ that matches only ${CHARACTERS}`,
    fix: 'List the characters, such as ^[A-Za-z0-9_-]+$, or use enum or the format uuid. Values become part of policies, paths and logs, in which *, ?, / and others have a meaning.',
  };
}

function valueFaults(location: string, values: readonly unknown[]): readonly Fault[] {
  const isSafe = (value: unknown) => typeof value === 'string' && isSafeClaim(value);
  const wrong = values.filter((value) => !isSafe(value));
  if (wrong.length === 0 && values.length > 0) return [];
  return [
    {
      code: 'claim-unsafe',
      location: `${location}.enum`,
      found: values.length === 0 ? 'no value' : formatValue(wrong[0]),
      expected: `values of 1 to ${MAX_CLAIM_LENGTH} characters: ${CHARACTERS}`,
      fix: 'Let the issuer write such values. Values become part of policies, paths and logs, in which *, ?, / and others have a meaning.',
    },
  ];
}

function rangeFaults(
  location: string,
  { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: ClaimRule,
): readonly Fault[] {
  if (min <= max && min <= Number.MAX_SAFE_INTEGER && max >= Number.MIN_SAFE_INTEGER) return [];
  const expected = 'a range with at least one integer of JavaScript in it';
  return [invalid(location, `from ${min} to ${max}`, expected, 'Correct the bounds.')];
}

/** Listed values that another rule of the claim rejects: no token could have them. */
function impossibleValues(location: string, rule: ClaimRule): readonly Fault[] {
  const { values } = rule;
  if (values === undefined) return [];
  const wrong = values.find((value) => !isClaim(value, rule));
  if (values.length > 0 && wrong === undefined) return [];
  const found = wrong === undefined ? 'no value' : `${formatValue(wrong)}, which another keyword rejects`;
  const fix = 'Remove the value, or the keyword: no token could have such a claim.';
  return [invalid(`${location}.enum`, found, 'values that all keywords accept', fix)];
}

function invalid(location: string, found: string, expected: string, fix: string): Fault {
  return { code: 'claim-invalid', location, found, expected, fix };
}
