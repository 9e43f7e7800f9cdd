import type { ParameterKind, RouteContract } from '../../lib/definition/bundledTypes.ts';
import { shownName } from '../shared/redact.ts';
import { cookieStrings } from './cookies.ts';
import { headerValues, type ProxyEvent } from './event.ts';
import type { RequestFault } from './problem.ts';

/** Values by name; only declared names. A part that the route does not declare is empty. */
export interface Parameters {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Absent where the route declares no cookie. */
  readonly cookies?: Readonly<Record<string, unknown>>;
}

type Kinds = Readonly<Record<string, ParameterKind>>;
type Strings = readonly (readonly [name: string, values: readonly string[]])[];
const NONE: Strings = [];
type Location = (name: string) => { readonly parameter: string } | { readonly header: string };

const asParameter: Location = (name) => ({ parameter: name });
const asHeader: Location = (name) => ({ header: name });
const asCookie: Location = () => ({ header: 'cookie' });
/** A whole number as JSON writes it: no sign but `-`, no leading zero, no blank, no exponent, no other base. */
const INTEGER = /^-?(0|[1-9]\d*)$/;
/** A decimal number without exponent. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/**
 * Reads path, query, declared headers and cookies by their kinds. Unknown query parameters, and repeated single values, are faults;
 * a value with a fault is undefined.
 */
export function readParameters(
  event: ProxyEvent,
  contract: RouteContract,
): { readonly parameters: Parameters; readonly faults: readonly RequestFault[] } {
  const faults: RequestFault[] = [];
  const { path, query, headers, cookies } = contract.parameters;
  const sent = cookieStrings(event, contract, faults);
  const parameters = {
    path: readAll(pathStrings(event, faults), path, asParameter, faults),
    query: readAll(queryStrings(event, query, faults), query, asParameter, faults),
    headers: readAll(headerStrings(event, headers), headers, asHeader, faults),
  };
  if (cookies === undefined) return { parameters, faults };
  return { parameters: { ...parameters, cookies: readAll(sent, cookies, asCookie, faults) }, faults };
}

function readAll(
  strings: Strings,
  kinds: Kinds,
  location: Location,
  faults: RequestFault[],
): Readonly<Record<string, unknown>> {
  if (strings.length === 0) return {};
  return Object.fromEntries(
    strings.map(([name, values]) => [name, readValue(name, values, kinds[name], location, faults)]),
  );
}

function readValue(
  name: string,
  strings: readonly string[],
  kind: ParameterKind | undefined,
  location: Location,
  faults: RequestFault[],
): unknown {
  if (kind === undefined) return undefined;
  if (!kind.list && strings.length > 1) {
    faults.push({ ...location(name), code: 'repeated', message: 'must be given once' });
    return undefined;
  }
  const values = strings.map((value) => coerce(value, kind.type));
  if (values.includes(undefined)) faults.push({ ...location(name), code: 'type', message: `must be ${kind.type}` });
  return kind.list ? values : values[0];
}

function pathStrings({ pathParameters }: ProxyEvent, faults: RequestFault[]): Strings {
  if (pathParameters === undefined || pathParameters === null) return NONE;
  return Object.entries(pathParameters).map(([name, value]) => {
    try {
      return [name, [decodeURIComponent(value ?? '')]] as const;
    } catch {
      faults.push({ parameter: name, code: 'encoding', message: 'must be percent-encoded UTF-8' });
      return [name, []] as const;
    }
  });
}

function queryStrings(event: ProxyEvent, kinds: Kinds, faults: RequestFault[]): Strings {
  const { multiValueQueryStringParameters, queryStringParameters } = event;
  if (!multiValueQueryStringParameters && !queryStringParameters) return NONE;
  const many = Object.entries(multiValueQueryStringParameters ?? {});
  const single = many.length > 0 ? [] : Object.entries(queryStringParameters ?? {});
  const strings: Strings = [
    ...many.map(([name, values]) => [name, values ?? []] as const),
    ...single.map(([name, value]) => [name, [value ?? '']] as const),
  ];
  for (const [name] of strings.filter(([key]) => !Object.hasOwn(kinds, key))) {
    faults.push({ parameter: shownName(name), code: 'unknown', message: 'is not a parameter of this route' });
  }
  return strings.filter(([name]) => Object.hasOwn(kinds, name));
}

function headerStrings(event: ProxyEvent, kinds: Kinds): Strings {
  const strings: (readonly [string, readonly string[]])[] = [];
  for (const name of Object.keys(kinds)) {
    const values = headerValues(event, name);
    if (values.length > 0) strings.push([name, values]);
  }
  return strings;
}

/**
 * Converts the string of a parameter, or of a cell of an uploaded CSV file, to its value, or to undefined where it is not in the form of its type. What is
 * accepted has one spelling: `1e3`, ` 1`, `0x10`, `+1`, `01` and `TRUE` are rejected; integers are within the safe
 * range.
 */
export function coerce(text: string, type: ParameterKind['type']): string | number | boolean | undefined {
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  const form = type === 'integer' ? INTEGER : NUMBER;
  if (!form.test(text)) return undefined;
  const value = Number(text);
  const fits = type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
  // `-0` is zero.
  return fits ? value + 0 : undefined;
}
