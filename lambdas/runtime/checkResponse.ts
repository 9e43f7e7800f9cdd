import type { ResponseMember, ResponseMode, SchemaFault, Validate } from '../../lib/definition/bundledTypes.ts';
import { unescapeStep } from '../shared/json.ts';
import type { HandlerEnvironment, Readable } from '../shared/wireContract.ts';

/** Maximum of locations reported for one response. */
const MAX_LOCATIONS = 10;
/** Keywords whose faults name what the route does not declare, each with the parameter that has the name of the property. */
const UNDECLARED_PROPERTIES: Readonly<Record<string, string>> = {
  additionalProperties: 'additionalProperty',
  unevaluatedProperties: 'unevaluatedProperty',
  propertyNames: 'propertyName',
};
/** Keywords whose faults say how many items of a list are declared. */
const UNDECLARED_ITEMS = ['items', 'unevaluatedItems'];
/** Keywords whose faults say that a value differs from the declared one. */
const PLAIN = ['type', 'enum', 'const'];
/** Keywords of which a fault hides nothing: what it is about is declared, or other faults name what is wrong in a choice. */
const DECLARED = [
  ...['format', 'pattern', 'minLength', 'maxLength', 'x-text', 'x-max-decoded-bytes'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minItems', 'maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains'],
  ...['minProperties', 'maxProperties', 'required', 'dependentRequired'],
  ...['anyOf', 'oneOf', 'if', 'discriminator'],
];

/** A response compared with its contract. */
export type CheckedResponse =
  | { readonly kind: 'conforms' }
  /** `body` is what can still be sent; without it nothing can. `locations` names locations and rules, never values. */
  | { readonly kind: 'differs'; readonly body?: unknown; readonly locations: readonly string[] };

/**
 * The mode that the construct sets (`report` by default) or the local gateway (`enforce`). Without the variable, as in
 * a test, the mode is `enforce`.
 */
export function responseMode(environment: Readable<HandlerEnvironment> = process.env): ResponseMode {
  return environment.SECURE_API_RESPONSES === 'report' ? 'report' : 'enforce';
}

/**
 * Compares what a handler returns with what its route declares, so that nothing undeclared leaks. In `report` mode
 * undeclared properties and items are removed and the rest is sent. Where they cannot be distinguished from declared ones (in a
 * choice of schemas, or by a keyword that is not known here), nothing is sent.
 *
 * @param body as the client would parse it; what is undeclared is removed from it.
 */
export function checkResponse(status: number, body: unknown, validate: Validate, mode: ResponseMode): CheckedResponse {
  const member: ResponseMember = `s${status}`;
  const response = { [member]: body };
  if (validate(response)) return { kind: 'conforms' };
  const faults = validate.errors ?? [];
  const root = `/${member}`;
  const locations = faults.slice(0, MAX_LOCATIONS).map((fault) => locationOf(fault, root, status));
  const unclear = faults.some((fault) => isUnclear(fault, response));
  if (mode === 'enforce' || unclear) return { kind: 'differs', locations };
  for (const fault of faults) removeUndeclared(response, fault);
  return { kind: 'differs', body: response[member], locations };
}

/** A missing property is named by its schema; any other name in a response can be data. */
function locationOf({ instancePath, keyword, params }: SchemaFault, root: string, status: number): string {
  const missing = keyword === 'required' ? ` ${String(params['missingProperty'])}` : '';
  const location = instancePath.startsWith(root) ? `/${status}${instancePath.slice(root.length)}` : instancePath;
  return `${location} ${keyword}${missing}`;
}

/**
 * Whether undeclared data may hide where no fault names it: in a branch, in a structure where a plain value is declared, or where a rule is
 * none of those that are known to hide nothing, such as `not`.
 */
function isUnclear({ keyword, isInChoice, instancePath, propertyName }: SchemaFault, response: object): boolean {
  // The fault of `propertyNames` follows.
  if (propertyName !== undefined && keyword !== 'propertyNames') return false;
  if (isUndeclared(keyword)) return isInChoice === true;
  if (!PLAIN.includes(keyword)) return !DECLARED.includes(keyword);
  const value = valueAt(response, instancePath);
  return typeof value === 'object' && value !== null;
}

function isUndeclared(keyword: string): boolean {
  return Object.hasOwn(UNDECLARED_PROPERTIES, keyword) || UNDECLARED_ITEMS.includes(keyword);
}

function removeUndeclared(response: object, { instancePath, keyword, params }: SchemaFault): void {
  if (!isUndeclared(keyword)) return;
  const holder = valueAt(response, instancePath);
  if (Array.isArray(holder)) holder.splice(Number(params['limit']));
  else if (typeof holder === 'object' && holder !== null)
    Reflect.deleteProperty(holder, String(params[UNDECLARED_PROPERTIES[keyword] ?? '']));
}

/** RFC 6901. */
function valueAt(value: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  return steps.reduce<unknown>((holder, step) => {
    const key = unescapeStep(step);
    return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
  }, value);
}
