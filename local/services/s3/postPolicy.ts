/**
 * The policy of an upload by form.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
import { S3Error } from './error.ts';

/** Fields of a form in lower case, `bucket` among them. */
export type FormFields = ReadonlyMap<string, string>;

type Condition =
  | { readonly kind: 'eq' | 'starts-with'; readonly field: string; readonly value: string; readonly shown: string }
  | { readonly kind: 'length'; readonly min: number; readonly max: number };

/** A policy that was read. */
export interface Policy {
  readonly expires: number;
  readonly conditions: readonly Condition[];
}

/** Fields that a policy need not name. */
const FREE = /^(?:x-amz-signature|policy|file|x-ignore-.*)$/;
/** An object has at most 5 GB when it comes in one piece. */
export const MAX_OBJECT_BYTES = 5 * 1024 ** 3;

/** @throws {S3Error} `InvalidPolicyDocument`. */
export function readPolicy(base64: string): Policy {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    throw invalid('it is not JSON');
  }
  const { expiration, conditions } = (document ?? {}) as {
    readonly expiration?: unknown;
    readonly conditions?: unknown;
  };
  const expires = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(expires)) throw invalid('it has no expiration');
  if (!Array.isArray(conditions)) throw invalid('it has no conditions');
  return { expires, conditions: conditions.flatMap(readCondition) };
}

/**
 * Checks everything but the length, which is known only once the file has arrived.
 *
 * @throws {S3Error} `AccessDenied` when it has expired, when a condition is not met, or for a field that it does not name.
 */
export function checkPolicy({ expires, conditions }: Policy, fields: FormFields, nowMs: number): void {
  if (expires <= nowMs) throw denied('Policy expired.');
  const named = new Set<string>();
  for (const condition of conditions) {
    if (condition.kind === 'length') continue;
    const given = fields.get(condition.field);
    const { kind, value } = condition;
    const met = given !== undefined && (kind === 'eq' ? given === value : given.startsWith(value));
    if (!met) throw denied(`Policy Condition failed: ${condition.shown}`);
    named.add(condition.field);
  }
  const extra = [...fields.keys()].filter((name) => name !== 'bucket' && !named.has(name) && !FREE.test(name));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(', ')}`);
}

/** Bytes that the file may have. */
export function lengthRange({ conditions }: Policy): { readonly min: number; readonly max: number } {
  const ranges = conditions.filter((condition) => condition.kind === 'length');
  return {
    min: Math.max(0, ...ranges.map(({ min }) => min)),
    max: Math.min(MAX_OBJECT_BYTES, ...ranges.map(({ max }) => max)),
  };
}

function readCondition(condition: unknown): readonly Condition[] {
  const shown = JSON.stringify(condition);
  if (Array.isArray(condition)) return [readList(condition, shown)];
  if (typeof condition !== 'object' || condition === null) throw invalid(`${shown} is no condition`);
  return Object.entries(condition).map(([name, value]) => {
    const parts = ['eq', `$${name}`, value];
    return readList(parts, JSON.stringify(parts));
  });
}

function readList([kind, first, second]: readonly unknown[], shown: string): Condition {
  if (kind === 'content-length-range') {
    const [min, max] = [Number(first), Number(second)];
    if (Number.isInteger(min) && Number.isInteger(max) && min >= 0 && min <= max) return { kind: 'length', min, max };
  }
  const isField = typeof first === 'string' && first.startsWith('$') && typeof second === 'string';
  if ((kind === 'eq' || kind === 'starts-with') && isField) {
    return { kind, field: first.slice(1).toLowerCase(), value: second, shown };
  }
  throw invalid(`${shown} is no condition`);
}

function invalid(reason: string): S3Error {
  return new S3Error('InvalidPolicyDocument', `Invalid Policy: ${reason}`);
}

function denied(reason: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${reason}`);
}
