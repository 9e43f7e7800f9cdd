import type { ResponseContract } from '../../lib/definition/bundledTypes.ts';
import { InvalidResponse, isPlainObject } from './responseBody.ts';

/** RFC 6265, section 4.1.1: no blank, comma, semicolon, backslash or quote, nothing outside ASCII. */
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
/** Browsers drop a cookie whose name and value have more (RFC 6265bis, section 5.6). */
const LONGEST = 4_096;

/**
 * The `Set-Cookie` lines for what a handler returned. Attributes are the definition's; a handler chooses the value, and fewer
 * seconds than declared. `null` deletes a cookie, `undefined` leaves it.
 *
 * @throws {InvalidResponse} for a cookie that is not declared or a value that no cookie can have; it names the cookie, never the value.
 */
export function setCookies(given: unknown, { cookies = [] }: ResponseContract): readonly string[] {
  if (given === undefined) return [];
  if (!isPlainObject(given)) throw new InvalidResponse('has cookies that are no plain object');
  return Object.entries(given).flatMap(([name, written]) => {
    if (written === undefined) return [];
    const declared = cookies.find((cookie) => cookie.name === name);
    if (declared === undefined) throw new InvalidResponse('has a cookie that is not declared');
    const { attributes, maxAgeSeconds } = declared;
    if (written === null) return [`${name}=; ${attributes}; Max-Age=0`];
    const { value, age } = cookieOf(name, written, maxAgeSeconds);
    return [`${name}=${value}; ${attributes}${age === undefined ? '' : `; Max-Age=${age}`}`];
  });
}

function cookieOf(name: string, written: unknown, most: number | undefined) {
  const isObject = typeof written === 'object' && written !== null;
  const { value, maxAgeSeconds = most } = isObject
    ? (written as { readonly value?: unknown; readonly maxAgeSeconds?: unknown })
    : { value: written };
  if (typeof value !== 'string' || !VALUE.test(value) || name.length + value.length > LONGEST) {
    throw new InvalidResponse(`has a value of the cookie ${name} that no cookie can have`);
  }
  const age = maxAgeSeconds;
  if (age === undefined) return { value, age };
  if (most === undefined || typeof age !== 'number' || !Number.isInteger(age) || age < 1 || age > most) {
    throw new InvalidResponse(`has a maxAgeSeconds of the cookie ${name} that is not declared`);
  }
  return { value, age };
}
