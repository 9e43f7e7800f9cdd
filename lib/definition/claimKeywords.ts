import { formatValue } from './checks/check.ts';
import type { ClaimRule } from './claims.ts';
import type { SchemaNode } from './schema.ts';

/** What a claim's schema cannot be, and where in it. */
export interface ClaimFault {
  /** Below the claim; empty for the schema itself. */
  readonly at: string;
  readonly found: string;
  readonly expected: string;
}

/** A keyword that a claim's schema can have. */
interface ClaimKeyword {
  readonly accepts: (value: unknown) => boolean;
  readonly expected: string;
  /** The one type that it limits; absent for all types. */
  readonly of?: ClaimRule['type'];
}

/** The types of claims. */
export const CLAIM_TYPES = ['string', 'integer', 'boolean'] as const;
/** Formats whose strings every claim can have, as patterns. */
export const CLAIM_FORMATS: Readonly<Record<string, string>> = {
  uuid: '^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$',
  slug: '^[a-z0-9]+(?:-[a-z0-9]+)*$',
};
/** What a claim's schema is made of, for messages. */
export const EXPECTED_CLAIM = 'a string, an integer or a boolean with enum, const, pattern, format and bounds alone';

const isString = (value: unknown) => typeof value === 'string';
const note: ClaimKeyword = { accepts: isString, expected: 'a string' };
const flag: ClaimKeyword = { accepts: (value) => typeof value === 'boolean', expected: 'true or false' };
const length: ClaimKeyword = {
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  expected: 'a number of characters',
  of: 'string',
};
const bound: ClaimKeyword = {
  accepts: (value) => Number.isFinite(value),
  expected: 'a number',
  of: 'integer',
};
const list: ClaimKeyword = { accepts: isFilledList, expected: 'a list that is not empty' };
const schemas: ClaimKeyword = {
  accepts: (value) => isFilledList(value) && (value as readonly unknown[]).every(isSchema),
  expected: 'a list of schemas that is not empty',
};

/**
 * Every keyword that a claim's schema can have: what is not listed, or has another kind of value, would be a rule that nothing
 * enforces. `number` is the type of a list of whole numbers in some libraries.
 */
const KEYWORDS: Readonly<Record<string, ClaimKeyword>> = {
  type: { accepts: (value) => [...CLAIM_TYPES, 'number'].some((type) => type === value), expected: EXPECTED_CLAIM },
  enum: list,
  const: { accepts: isScalar, expected: 'a string, a whole number, true or false' },
  pattern: { accepts: isPattern, expected: 'a regular expression as a string', of: 'string' },
  format: {
    accepts: (value) => isString(value) && Object.hasOwn(CLAIM_FORMATS, String(value)),
    expected: Object.keys(CLAIM_FORMATS).join(' or '),
    of: 'string',
  },
  minLength: length,
  maxLength: length,
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
  allOf: schemas,
  anyOf: schemas,
  title: note,
  description: note,
  $comment: note,
  examples: { accepts: Array.isArray, expected: 'a list' },
  deprecated: flag,
  'x-sensitive': flag,
};

/** The first keyword of a schema that a claim cannot have, or cannot have with this value. */
export function keywordFault(node: SchemaNode, at: string): ClaimFault | undefined {
  for (const [name, value] of Object.entries(node)) {
    const keyword = Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name] : undefined;
    if (keyword === undefined) return { at: `${at}${name}`, found: name, expected: EXPECTED_CLAIM };
    if (!keyword.accepts(value)) return { at: `${at}${name}`, found: formatValue(value), expected: keyword.expected };
  }
  return undefined;
}

/** The first keyword that would have no effect on values of a type. */
export function uselessKeyword(node: SchemaNode, type: ClaimRule['type'], at: string): ClaimFault | undefined {
  const name = Object.keys(node).find((one) => (KEYWORDS[one]?.of ?? type) !== type);
  if (name === undefined) return undefined;
  return { at: `${at}${name}`, found: `${name} of a claim of the type ${type}`, expected: `a keyword of that type` };
}

function isFilledList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a claim can be this value, as far as its type says. */
export function isScalar(value: unknown): boolean {
  return isString(value) || typeof value === 'boolean' || Number.isSafeInteger(value);
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') !== undefined;
  } catch {
    return false;
  }
}
