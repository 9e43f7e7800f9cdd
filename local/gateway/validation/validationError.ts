/**
 * `$context.error.validationErrorString`, worded as API Gateway's validator does. It names fields and rules, and never
 * repeats a value of the body.
 */
import type { ErrorObject } from 'ajv-draft-04';
import { isRecord } from '../../assembly/values.ts';

/** Limit for one message; a hostile body could have thousands of faults. */
const MAX_FAULTS = 10;

/** API Gateway's message for a body that is not JSON. */
export const NOT_JSON = 'Can not parse body as JSON';

/** The faults as one string: `[object has missing required properties (["title"])]`. A fault below the root starts with its pointer. */
export function validationErrorString(faults: readonly ErrorObject[], body: unknown): string {
  const reported = faults.filter(({ keyword }) => keyword !== 'allOf');
  const grouped = [...groupedFaults(reported), ...reported.filter(({ keyword }) => !GROUPED.has(keyword))];
  const strings = grouped.map((fault) =>
    typeof fault === 'string' ? fault : at(fault.instancePath, messageOf(fault, body)),
  );
  return `[${[...new Set(strings)].slice(0, MAX_FAULTS).join(', ')}]`;
}

const GROUPED = new Set(['required', 'additionalProperties']);

/** One message for all missing properties of an object, and one for all unknown properties. */
function groupedFaults(faults: readonly ErrorObject[]): string[] {
  const names = new Map<string, { readonly path: string; readonly keyword: string; readonly list: string[] }>();
  for (const { keyword, instancePath, params } of faults) {
    if (!GROUPED.has(keyword)) continue;
    const group = names.get(`${keyword}:${instancePath}`) ?? { path: instancePath, keyword, list: [] };
    group.list.push(String(params['missingProperty'] ?? params['additionalProperty']));
    names.set(`${keyword}:${instancePath}`, group);
  }
  return [...names.values()].map(({ path, keyword, list }) => {
    const shown = JSON.stringify(list.toSorted().slice(0, MAX_FAULTS));
    return keyword === 'required'
      ? at(path, `object has missing required properties (${shown})`)
      : at(path, `object instance has properties which are not allowed by the schema: ${shown}`);
  });
}

function at(pointer: string, message: string): string {
  return pointer === '' ? message : `${pointer}: ${message}`;
}

function messageOf({ keyword, params, message, instancePath }: ErrorObject, body: unknown): string {
  switch (keyword) {
    case 'type': {
      const allowed = JSON.stringify([params['type']].flat());
      return `instance type (${typeAt(body, instancePath)}) does not match any allowed primitive type (allowed: ${allowed})`;
    }
    case 'enum':
      return 'instance value not found in enum';
    case 'minLength':
      return `string is too short (required minimum: ${params['limit']})`;
    case 'maxLength':
      return `string is too long (maximum allowed: ${params['limit']})`;
    case 'pattern':
      return `ECMA 262 regex ${JSON.stringify(params['pattern'])} does not match input string`;
    case 'minimum':
      return `numeric instance is lower than the required minimum (minimum: ${params['limit']})`;
    case 'maximum':
      return `numeric instance is greater than the required maximum (maximum: ${params['limit']})`;
    default:
      return message ?? keyword;
  }
}

function typeAt(body: unknown, pointer: string): string {
  let value = body;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = Array.isArray(value) || isRecord(value) ? Reflect.get(value, name) : undefined;
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
