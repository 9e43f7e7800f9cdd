import { MAX_RESOURCE_LENGTH, servedMethods } from '../../../lambdas/shared/servedMethods.ts';
import { readClaim } from '../claimRule.ts';
import type { ClaimRule } from '../claims.ts';
import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { isRecord } from '../shape.ts';
import type { UncheckedApi } from './check.ts';
import { matchLengths } from './patternLength.ts';
import { tryReadSchema } from './readSchemas.ts';

/** The longest names of a partition and of a region, and 128 characters of a stage, so that any stack has room for the path. */
const LONGEST_ARN = `arn:aws-us-gov:execute-api:ap-southeast-99:${'0'.repeat(12)}:${'a'.repeat(10)}/${'s'.repeat(128)}/`;
/** Of a claim whose schema another check rejects. */
const UNKNOWN_LENGTH = 1;

/**
 * A policy of the authorizer names each route of a caller, with the values of the caller's claims in it, and API Gateway accepts
 * no longer resource: what does not fit would be denied to callers whose claims are long, in production alone.
 */
export function checkResourceLengths(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, { method, path, options }]) => {
    const { public: open, webhook, where }: Partial<RouteInput> = options ?? {};
    // No policy names a route that needs no token.
    if (open !== undefined || webhook !== undefined) return [];
    const rules: Readonly<Record<string, unknown>> = isRecord(where) ? where : {};
    const lengths = String(path)
      .split('/')
      .slice(1)
      .map((segment) => segmentLength(api, segment, rules));
    const methodLength = Math.max(...servedMethods(String(method)).map((name) => name.length));
    const total = LONGEST_ARN.length + [methodLength, ...lengths].reduce((sum, length) => sum + 1 + length, -1);
    return total <= MAX_RESOURCE_LENGTH ? [] : [tooLong(id, total, Object.keys(rules).length > 0)];
  });
}

function segmentLength(api: UncheckedApi, segment: string, rules: Readonly<Record<string, unknown>>): number {
  if (!segment.startsWith('{')) return segment.length;
  const claim = rules[`path.${segment.slice(1, -1)}`];
  const schema = typeof claim === 'string' ? api.claims?.[claim.replace(/^claims\./, '')] : undefined;
  if (schema === undefined || tryReadSchema(schema) === undefined) return 1;
  const read = readClaim(schema);
  return 'rule' in read ? valueLength(read.rule) : UNKNOWN_LENGTH;
}

/**
 * Characters of the longest value that a claim can have.
 *
 * @example
 * ```ts
 * valueLength({ type: 'string', max: 20 }); // 20
 * ```
 */
export function valueLength({ type, values, min, max, patterns = [] }: ClaimRule): number {
  if (values !== undefined) return Math.max(0, ...values.map((value) => String(value).length));
  if (type === 'boolean') return String(false).length;
  if (type === 'integer') {
    const bounds = [min ?? Number.MIN_SAFE_INTEGER, max ?? Number.MAX_SAFE_INTEGER];
    return Math.max(...bounds.map((bound) => String(bound).length));
  }
  return Math.min(max ?? UNKNOWN_LENGTH, ...patterns.map((pattern) => matchLengths(pattern)[1]));
}

function tooLong(id: string, total: number, hasClaims: boolean): Fault {
  const found = `a resource of up to ${total} characters`;
  const expected = `at most ${MAX_RESOURCE_LENGTH} with ${LONGEST_ARN.length} for the ARN of the stage, the maximum in a policy of an authorizer`;
  return hasClaims
    ? {
        code: 'where-invalid',
        location: `routes.${id}.where`,
        found,
        expected,
        fix: 'Shorten the path, or the values of the claims with "maxLength", so that every caller can use the route.',
      }
    : { code: 'path-invalid', location: `routes.${id}`, found, expected, fix: 'Shorten the path.' };
}
