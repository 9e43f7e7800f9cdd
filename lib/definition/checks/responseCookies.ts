import type { Fault } from '../fault.ts';
import { isRecord } from '../shape.ts';
import { formatValue, type UncheckedApi } from './check.ts';

/** A token of RFC 6265, section 4.1.1. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
/** 400 days: https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis, section 5.5. */
const LONGEST_SECONDS = 34_560_000;
/** Nothing that ends the attribute. */
const PATH = /^\/[A-Za-z0-9._~!$&'()*+,=:@%/-]{0,255}$/;
const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const SAME_SITE: readonly unknown[] = ['Strict', 'Lax', 'None'];

/** Cookies of responses: names and attributes that browsers take, prefixes that are kept, and no second way to set them. */
export function checkResponseCookies(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) =>
    Object.entries(route.options?.responses ?? {}).flatMap(([status, response]) => {
      const location = `routes.${id}.responses.${status}`;
      const cookies: unknown = response?.cookies;
      const written = Object.keys(response?.headers ?? {}).filter((name) => name.toLowerCase() === 'set-cookie');
      return [
        ...written.map((name) => headerFault(`${location}.headers.${name}`, name)),
        ...(isRecord(cookies)
          ? Object.entries(cookies).flatMap(([name, cookie]) =>
              cookieFaults(`${location}.cookies.${name}`, name, cookie),
            )
          : []),
      ];
    }),
  );
}

/** A handler could weaken what it writes itself. */
function headerFault(location: string, name: string): Fault {
  const fix = "Declare it in cookies of the response: cookies: { '__Host-session': { description: '…' } }.";
  return fault(location, name, 'cookies, whose attributes the definition decides', fix);
}

function cookieFaults(location: string, name: string, cookie: unknown): readonly Fault[] {
  if (!isRecord(cookie)) return [];
  const { maxAgeSeconds: age, path, domain, sameSite } = cookie;
  const isAge = age === undefined || (Number.isInteger(age) && Number(age) >= 1 && Number(age) <= LONGEST_SECONDS);
  const rules: readonly (readonly [boolean, string, unknown, string, string])[] = [
    [NAME.test(name), '', name, '1 to 64 characters of a token (RFC 6265)', 'Rename it.'],
    [isAge, '.maxAgeSeconds', age, `a whole number from 1 to ${LONGEST_SECONDS}`, 'Browsers keep no cookie longer.'],
    [matches(path, PATH), '.path', path, 'a path that begins with /', 'Leave it out for the whole host.'],
    [
      matches(domain, DOMAIN),
      '.domain',
      domain,
      'a host name in lower case',
      'Leave it out: then no other host gets it.',
    ],
    [
      sameSite === undefined || SAME_SITE.includes(sameSite),
      '.sameSite',
      sameSite,
      'Strict, Lax or None',
      'Leave it out for Lax.',
    ],
    [
      !name.startsWith('__Host-') || (domain === undefined && (path === undefined || path === '/')),
      '',
      `${name} with ${domain === undefined ? 'a path' : 'a domain'}`,
      'no domain and the path /: browsers reject a __Host- cookie with others',
      'Remove them, or the prefix.',
    ],
  ];
  return rules.flatMap(([holds, at, found, expected, fix]) =>
    holds ? [] : [fault(`${location}${at}`, formatValue(found), expected, fix)],
  );
}

function matches(value: unknown, pattern: RegExp): boolean {
  return value === undefined || (typeof value === 'string' && pattern.test(value));
}

function fault(location: string, found: string, expected: string, fix: string): Fault {
  return { code: 'response-cookie-invalid', location, found, expected, fix };
}
