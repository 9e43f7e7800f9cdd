import { Session } from 'node:inspector';
import type { SchemaNode } from '../schemaNode.ts';
import { subschemas } from '../walkSchema.ts';
import type { SourceGap } from './standard.ts';

const CONSTANT = 'Write the value itself, or remove the default and choose the value in the handler.';
const COMPUTED = 'a default that a function computes';

/** A default that the functions cannot fill in as the library does. A default in a response is documentation, so it is no gap there. */
export function defaultGap(at: string, construct: string, fix: string = CONSTANT): SourceGap {
  return { at, construct, fix, isDefault: true };
}

/**
 * What is wrong with the value of a default. A validator carries each default as JSON, so a function would be frozen as it was at
 * synth: a time, an id, a counter. A function of a constant is rejected with the others: nothing proves that it stays one.
 *
 * @param node the schema of the value. Where the library does not look into the value, as Zod and Joi, it must hold all defaults
 * that the schema declares below, because a validator would fill them in.
 */
export function valueGaps(at: string, value: unknown, node?: SchemaNode): readonly SourceGap[] {
  if (typeof value === 'function') return [defaultGap(at, COMPUTED)];
  if (!isJson(value)) return [defaultGap(at, 'a default that is no JSON value')];
  if (node === undefined || isSame(filled(node, value), value)) return [];
  const fix = 'Write the default with all of these members.';
  return [defaultGap(at, 'a default without members that have a default of their own', fix)];
}

/** What is wrong with a member `default` of plain data: as {@link valueGaps}, and a getter is a function, too. */
export function memberGaps(at: string, node: object): readonly SourceGap[] {
  const { get, value } = Object.getOwnPropertyDescriptor(node, 'default') ?? {};
  if (get !== undefined) return [defaultGap(at, COMPUTED)];
  return value === undefined ? [] : valueGaps(at, value);
}

/**
 * What is wrong with the default among the flags that Joi describes: a function as it is, a reference or `default()` without a value
 * as an object.
 */
export function joiGaps(at: string, flags: Readonly<Record<string, unknown>>, node: SchemaNode): readonly SourceGap[] {
  const { default: value, result } = flags;
  if (result === 'raw' && (value !== undefined || hasDefaults(node)))
    return [defaultGap(at, 'Joi.raw(), which removes the defaults')];
  if (value === undefined) return [];
  const { ref, special } = (value ?? {}) as { readonly ref?: { readonly path?: unknown }; readonly special?: unknown };
  if (Array.isArray(ref?.path)) return [defaultGap(at, 'a default that is a reference')];
  return special === 'deep' ? [defaultGap(at, 'Joi.object().default() without a value')] : valueGaps(at, value, node);
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object' || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return false;
  return Object.values(value).every(isJson);
}

/** Whether a schema has a default, itself or below. */
function hasDefaults(node: SchemaNode): boolean {
  return hasDefault(node) || subschemas(node).some((below) => hasDefaults(below.node));
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const hasDefault = (node: unknown): boolean => typeof node === 'object' && node !== null && 'default' in node;

/** A value with the defaults of its missing members, as a validator fills them in. Members that are there keep their order. */
function filled(node: SchemaNode | boolean | undefined, value: unknown): unknown {
  if (typeof node !== 'object' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const first = (node['prefixItems'] ?? []) as readonly SchemaNode[];
    return value.map((item, i) => filled(first[i] ?? node.items, item));
  }
  const members: Readonly<Record<string, unknown>> = value as object as Record<string, unknown>;
  const { properties = {}, additionalProperties: others } = node;
  const missing = Object.entries(properties).filter(([name, child]) => !(name in members) && hasDefault(child));
  const all = [...Object.entries(members), ...missing.map(([name, child]) => [name, child['default']] as const)];
  return Object.fromEntries(all.map(([name, member]) => [name, filled(properties[name] ?? others, member)]));
}

/**
 * Whether Zod holds a default as a function. It hides functions and values alike behind a getter, which calls the one and copies
 * the other, so the inspector of V8 reads what the getter closes over. What cannot be read counts as a function.
 */
export function isZodFunction(def: object): boolean {
  const { get } = Object.getOwnPropertyDescriptor(def, 'defaultValue') ?? {};
  if (get === undefined) return false;
  const session = new Session();
  session.connect();
  try {
    const held = closureOf(session, get);
    return held === undefined || held.length === 0 || held.includes('function');
  } finally {
    session.disconnect();
  }
}

const HOLDER = '~secure-api';

/** The types of the variables that a function closes over, those of the innermost scope; undefined where they cannot be read. */
function closureOf(session: Session, closure: () => unknown): readonly string[] | undefined {
  const holder = globalThis as Record<string, unknown>;
  const idOf = (properties: readonly Property[] | undefined, name: string) =>
    properties?.find((property) => property.name === name)?.value?.objectId;
  const read = (objectId: string | undefined): Properties =>
    objectId === undefined
      ? { result: [] }
      : post<Properties>(session, 'Runtime.getProperties', { objectId, ownProperties: true });
  holder[HOLDER] = closure;
  try {
    const expression = `globalThis[${JSON.stringify(HOLDER)}]`;
    const { result } = post<{ readonly result: Value }>(session, 'Runtime.evaluate', { expression });
    const scopes = read(idOf(read(result.objectId).internalProperties, '[[Scopes]]'));
    const variables = read(idOf(scopes.result, '0')).result;
    return variables.map(({ value }) => value?.type ?? 'function');
  } catch {
    return undefined;
  } finally {
    delete holder[HOLDER];
  }
}

interface Value {
  readonly type: string;
  readonly objectId?: string;
}
interface Property {
  readonly name: string;
  readonly value?: Value;
}
interface Properties {
  readonly result: readonly Property[];
  readonly internalProperties?: readonly Property[];
}

/** Sends a command to the inspector of this thread, which runs it before it returns. */
function post<Result>(session: Session, method: string, parameters: object): Result {
  const results: Result[] = [];
  session.post(method, parameters, (error, result) => {
    if (error === null) results.push(result as Result);
  });
  const [result] = results;
  if (result === undefined) throw new Error(`the inspector does not support ${method}`);
  return result;
}
