import type { ResponseMode, SchemaFault, Validate } from '../../lib/definition/projected.ts';
import type { HandlerEnvironment, Readable } from '../shared/wireContract.ts';

/** Places that are told of one answer. */
const MAX_LOCATIONS = 10;
/** Keywords whose faults name something that the route does not declare. */
const UNDECLARED = ['additionalProperties', 'unevaluatedProperties'];
/** Keywords whose faults say that a value is another one than declared. */
const PLAIN = ['type', 'enum', 'const', 'false schema'];
/** Inside these a fault may belong to a branch that does not count. */
const BRANCH = /\/(anyOf|oneOf|not|if|then|else)\b/;

/** What an answer looks like beside its contract. */
export type CheckedResponse =
  | { readonly kind: 'conforms' }
  /** `body` is what may be answered; without it nothing may. `places` names places and rules, never values. */
  | { readonly kind: 'differs'; readonly body?: unknown; readonly locations: readonly string[] };

/**
 * The mode that the construct sets (`report` by default) or the local gateway (`enforce`). Without the variable the function
 * runs in a test, and the mode is the strict one.
 */
export function responseMode(environment: Readable<HandlerEnvironment> = process.env): ResponseMode {
  return environment.SECURE_API_RESPONSES === 'report' ? 'report' : 'enforce';
}

/**
 * Compares what a handler answers with what its route declares, so that nothing undeclared leaks. In `report` mode undeclared
 * properties are taken out and the rest is answered; where they cannot be told from declared ones (in a choice of schemas),
 * nothing is.
 *
 * @param body as it would be parsed by the client; undeclared properties are removed from it.
 */
export function checkResponse(status: number, body: unknown, validate: Validate, mode: ResponseMode): CheckedResponse {
  const answer = { [status]: body };
  if (validate(answer)) return { kind: 'conforms' };
  const faults = validate.errors ?? [];
  const locations = faults.slice(0, MAX_LOCATIONS).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  const undeclared = faults.filter(({ keyword }) => UNDECLARED.includes(keyword));
  const unclear = faults.some((fault) => isUnclear(fault, answer));
  if (mode === 'enforce' || unclear) return { kind: 'differs', locations };
  for (const fault of undeclared) remove(answer, fault);
  return { kind: 'differs', body: answer[status], locations };
}

/** Whether something undeclared may be there that no fault names: in a branch, or a structure where a plain value is due. */
function isUnclear({ keyword, schemaPath, instancePath }: SchemaFault, answer: object): boolean {
  if (UNDECLARED.includes(keyword)) return BRANCH.test(schemaPath);
  const value = PLAIN.includes(keyword) ? valueAt(answer, instancePath) : undefined;
  return typeof value === 'object' && value !== null;
}

function remove(answer: object, { instancePath, params }: SchemaFault): void {
  const name = params['additionalProperty'] ?? params['unevaluatedProperty'];
  const holder = valueAt(answer, instancePath);
  if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, String(name));
}

/** RFC 6901. */
function valueAt(value: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  return steps.reduce<unknown>((holder, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
  }, value);
}
