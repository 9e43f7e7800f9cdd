import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import { headerValues, type ProxyEvent } from './event.ts';
import type { RequestFault } from './problem.ts';

/** Names and values of RFC 6265, section 4.1.1; a value can be in double quotes. */
const PAIR = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64})=("?)([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)\2$/;

type Strings = readonly (readonly [name: string, values: readonly string[]])[];

/**
 * The declared cookies of a request by name. Browsers send cookies on their own: those of other routes of the API are ignored. Any other
 * cookie rejects the request, unless the route ignores it (`otherCookies`).
 */
export function cookieStrings(
  event: ProxyEvent,
  { parameters, ignoredCookies = [], input }: Pick<RouteContract, 'parameters' | 'ignoredCookies' | 'input'>,
  faults: RequestFault[],
): Strings {
  const values = headerValues(event, 'cookie');
  if (values.length === 0) return [];
  const declared = parameters.cookies === undefined ? [] : Object.keys(parameters.cookies);
  const isStrict = input.otherCookies === 'reject';
  const fault = (code: string, message: string) => faults.push({ header: 'cookie', code, message });
  const found = new Map<string, string[]>();
  const others: string[] = [];
  for (const pair of values.flatMap((value) => value.split(';'))) {
    const [, name = '', , value = ''] = PAIR.exec(pair.trim()) ?? [];
    if (declared.includes(name)) found.set(name, [...(found.get(name) ?? []), value]);
    else if (isStrict && !ignoredCookies.includes(name)) others.push(name);
  }
  if (declared.length === 0) {
    if (others.length > 0) fault('unexpected', 'is not taken by this route');
    return [];
  }
  for (const name of others) {
    if (name === '') fault('malformed', 'must be a list of name=value pairs');
    else fault('unknown', 'holds a cookie that this API does not take');
  }
  return [...found];
}
