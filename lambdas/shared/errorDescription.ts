import type { CutText } from './cutText.ts';

/** Errors in one description, causes included. */
const MAX_ERRORS = 10;
const MAX_PROPERTIES = 20;
/** Characters of a string; a stack is the longest. */
const MAX_LENGTH = 8192;
const OMITTED = '[omitted]';

/** What the log shows of an error. Other members are properties of the error itself that are no objects, such as `code`. */
export interface ErrorDescription {
  readonly name?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly cause?: unknown;
  /** Of an `AggregateError`. */
  readonly errors?: readonly unknown[];
  readonly [property: string]: unknown;
}

/**
 * Makes the function that describes a thrown value as plain data of limited size, without secrets. That function never throws: an error can
 * be its own cause, and a getter of it can throw. An object that is shown already is not shown again. A value that is no object becomes a string.
 *
 * @param cut hides the secrets of a string, and shortens it.
 */
export function errorDescriber(cut: CutText): (thrown: unknown) => ErrorDescription | string {
  const shorten = (text: string) => cut(text, MAX_LENGTH, '…');
  return (thrown) => describe(thrown, { shown: new Set(), shorten });
}

interface Describing {
  readonly shown: Set<unknown>;
  readonly shorten: (text: string) => string;
}

function describe(thrown: unknown, describing: Describing): ErrorDescription | string {
  const { shown, shorten } = describing;
  if (typeof thrown === 'function') return '[function]';
  if (typeof thrown !== 'object' || thrown === null) return shorten(String(thrown));
  if (shown.has(thrown) || shown.size >= MAX_ERRORS) return OMITTED;
  shown.add(thrown);
  const member = (name: string) => scalar(name, read(thrown, name), shorten);
  const cause = read(thrown, 'cause');
  const errors = read(thrown, 'errors');
  return {
    ...Object.fromEntries(ownNames(thrown).flatMap(member)),
    ...Object.fromEntries(['name', 'message', 'stack'].flatMap(member)),
    ...(cause === undefined ? {} : { cause: describe(cause, describing) }),
    ...(isArray(errors) ? { errors: errors.slice(0, MAX_ERRORS).map((error) => describe(error, describing)) } : {}),
  };
}

/** Objects are left out: an HTTP client puts the whole request, tokens included, into its errors. */
function scalar(
  name: string,
  value: unknown,
  shorten: Describing['shorten'],
): (readonly [string, string | number | boolean])[] {
  if (typeof value === 'string') return [[name, shorten(value)]];
  return typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : [];
}

function read(holder: object, name: string): unknown {
  try {
    return Reflect.get(holder, name);
  } catch {
    return undefined;
  }
}

function ownNames(holder: object): readonly string[] {
  try {
    return Object.keys(holder).slice(0, MAX_PROPERTIES);
  } catch {
    return [];
  }
}

/** `Array.isArray` throws for a revoked proxy. */
function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
