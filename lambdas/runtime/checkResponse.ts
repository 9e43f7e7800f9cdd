import type { ResponseMember, ResponseMode, SchemaFault, Validate } from '../../lib/definition/bundledTypes.ts';
import { unescapeStep } from '../shared/json.ts';
import type { HandlerEnvironment, Readable } from '../shared/wireContract.ts';

/** Maximum of locations reported for one response. */
const MAX_LOCATIONS = 10;
/** Keywords whose faults name something that the route does not declare. */
const UNDECLARED = ['additionalProperties', 'unevaluatedProperties'];
/** Keywords whose faults say that a value differs from the declared one. */
const PLAIN = ['type', 'enum', 'const', 'false schema'];

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
 * undeclared properties are removed and the rest is sent. Where they cannot be distinguished from declared ones (in a
 * choice of schemas), nothing is sent.
 *
 * @param body as the client would parse it; undeclared properties are removed from it.
 */
export function checkResponse(status: number, body: unknown, validate: Validate, mode: ResponseMode): CheckedResponse {
  const member: ResponseMember = `s${status}`;
  const response = { [member]: body };
  if (validate(response)) return { kind: 'conforms' };
  const faults = validate.errors ?? [];
  const root = `/${member}`;
  const locations = faults.slice(0, MAX_LOCATIONS).map((fault) => locationOf(fault, root, status));
  const undeclared = faults.filter(({ keyword }) => UNDECLARED.includes(keyword));
  const unclear = faults.some((fault) => isUnclear(fault, response));
  if (mode === 'enforce' || unclear) return { kind: 'differs', locations };
  for (const fault of undeclared) remove(response, fault);
  return { kind: 'differs', body: response[member], locations };
}

/** A missing property is named by its schema; any other name in a response can be data. */
function locationOf({ instancePath, keyword, params }: SchemaFault, root: string, status: number): string {
  const missing = keyword === 'required' ? ` ${String(params['missingProperty'])}` : '';
  const location = instancePath.startsWith(root) ? `/${status}${instancePath.slice(root.length)}` : instancePath;
  return `${location} ${keyword}${missing}`;
}

/**
 * Whether undeclared data may hide where no fault names it: in a branch, or a structure where a plain value is
 * declared.
 */
function isUnclear({ keyword, isInChoice, instancePath }: SchemaFault, response: object): boolean {
  if (UNDECLARED.includes(keyword)) return isInChoice === true;
  const value = PLAIN.includes(keyword) ? valueAt(response, instancePath) : undefined;
  return typeof value === 'object' && value !== null;
}

function remove(response: object, { instancePath, params }: SchemaFault): void {
  const name = params['additionalProperty'] ?? params['unevaluatedProperty'];
  const holder = valueAt(response, instancePath);
  if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, String(name));
}

/** RFC 6901. */
function valueAt(value: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  return steps.reduce<unknown>((holder, step) => {
    const key = unescapeStep(step);
    return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
  }, value);
}
