import { headerValues, type ProxyEvent } from './event.ts';
import type { RequestFault } from './problem.ts';

/** Names and values of RFC 6265, section 4.1.1; a value can be in double quotes. */
const PAIR = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64})=("?)([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)\2$/;

type Strings = readonly (readonly [name: string, values: readonly string[]])[];

/**
 * The cookies of a request by name. A request with a cookie that its route does not declare is rejected: browsers send
 * cookies on their own, also from pages of other sites.
 *
 * @param declared names that the route declares; undefined where it declares none.
 */
export function cookieStrings(
  event: ProxyEvent,
  declared: readonly string[] | undefined,
  faults: RequestFault[],
): Strings {
  const values = headerValues(event, 'cookie');
  if (values.length === 0) return [];
  const fault = (code: string, message: string) => faults.push({ header: 'cookie', code, message });
  if (declared === undefined) {
    fault('unexpected', 'is not taken by this route');
    return [];
  }
  const found = new Map<string, string[]>();
  for (const pair of values.flatMap((value) => value.split(';'))) {
    const [, name = '', , value = ''] = PAIR.exec(pair.trim()) ?? [];
    if (name === '') fault('malformed', 'must be a list of name=value pairs');
    else if (!declared.includes(name)) fault('unknown', 'holds a cookie that this route does not take');
    else found.set(name, [...(found.get(name) ?? []), value]);
  }
  return [...found];
}
