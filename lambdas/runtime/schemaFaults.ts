import type { SchemaFault } from '../../lib/definition/bundledTypes.ts';
import { escapeStep, unescapeStep } from '../shared/json.ts';
import { redactString, shownName } from '../shared/redact.ts';
import type { RequestFault } from './problem.ts';

type Wording = (params: SchemaFault['params']) => readonly [code: string, message: string];

/** What each keyword of JSON Schema means to a caller. The messages name rules, never values. */
const WORDS: Readonly<Record<string, Wording>> = {
  required: () => ['required', 'is required'],
  additionalProperties: () => ['unknown', 'is not known'],
  unevaluatedProperties: () => ['unknown', 'is not known'],
  type: ({ type }) => ['type', `must be ${String(type)}`],
  enum: () => ['enum', 'must be one of the allowed values'],
  const: () => ['const', 'must be the allowed value'],
  minLength: ({ limit }) => ['too-short', `must have at least ${limit} characters`],
  maxLength: ({ limit }) => ['too-long', `must have at most ${limit} characters`],
  pattern: () => ['pattern', 'must match the pattern of the schema'],
  format: ({ format }) => ['format', `must be a ${String(format)}`],
  minimum: ({ limit }) => ['minimum', `must be at least ${limit}`],
  maximum: ({ limit }) => ['maximum', `must be at most ${limit}`],
  exclusiveMinimum: ({ limit }) => ['minimum', `must be more than ${limit}`],
  exclusiveMaximum: ({ limit }) => ['maximum', `must be less than ${limit}`],
  multipleOf: ({ multipleOf }) => ['multiple', `must be a multiple of ${multipleOf}`],
  minItems: ({ limit }) => ['too-few', `must have at least ${limit} items`],
  maxItems: ({ limit }) => ['too-many', `must have at most ${limit} items`],
  uniqueItems: () => ['repeated', 'must not repeat an item'],
  minProperties: ({ limit }) => ['too-few', `must have at least ${limit} properties`],
  maxProperties: ({ limit }) => ['too-many', `must have at most ${limit} properties`],
  'x-text': ({ policy }) => ['text', TEXT_POLICIES[String(policy)] ?? 'is not allowed text'],
  'x-max-decoded-bytes': ({ limit }) => ['too-long', `must hold at most ${limit} bytes`],
};

/** What each text policy requires. */
const TEXT_POLICIES: Readonly<Record<string, string>> = {
  safe: 'must be normalized text (NFC) without control or bidirectional characters',
  line: 'must be one line of normalized text (NFC) without control or bidirectional characters',
  plain: 'must be normalized text (NFC) without markup, control or bidirectional characters',
};

/**
 * Describes the faults of a validator in the words of the contract, each with its location: `pointer` into the body,
 * `parameter` of path or query, or `header`. Each rule is reported once for each location.
 *
 * @param read faults that were found while the request was read; nothing more is reported for their locations, where
 * the value is missing.
 */
export function requestFaults(
  faults: readonly SchemaFault[],
  read: readonly RequestFault[] = [],
): readonly RequestFault[] {
  const reported = new Map<string, RequestFault>();
  const known = new Set(read.map(({ code: _code, message: _message, ...location }) => JSON.stringify(location)));
  for (const fault of faults) {
    const [code, message] = WORDS[fault.keyword]?.(fault.params) ?? ['invalid', 'does not match the schema'];
    const location = locationOf(fault);
    const key = `${JSON.stringify(location)} ${code}`;
    if (!reported.has(key) && !known.has(JSON.stringify(location))) reported.set(key, { ...location, code, message });
  }
  return [...read, ...reported.values()];
}

function locationOf({ instancePath, params }: SchemaFault) {
  const child = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'];
  const [, part = '', ...rest] = instancePath.split('/');
  const steps = typeof child === 'string' ? [part, ...rest, escapeStep(shownName(child))] : [part, ...rest];
  const [where, ...inner] = steps.filter((step, index) => index > 0 || step !== '');
  const name = unescapeStep(inner[0] ?? '');
  if (where === 'headers') return { header: name };
  if (where === 'cookies') return { header: 'cookie' };
  if (where === 'path' || where === 'query') return { parameter: name };
  // The names in a record are the client's, too.
  return { pointer: redactString(inner.map((step) => `/${step}`).join('')) };
}
