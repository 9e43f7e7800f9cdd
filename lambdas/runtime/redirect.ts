import type { ResponseContract } from '../../lib/definition/bundledTypes.ts';
import { InvalidResponse } from './responseBody.ts';

/** The characters of RFC 3986: no blank, control, backslash or quote, which browsers read in ways of their own. */
const CHARACTERS = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;
/** A host that no URL of an API has, against which a path is resolved. */
const BASE = 'https://redirect.invalid';

/**
 * Checks where a redirect leads: a path of this API, or an https URL of an origin that its route lists, so that no value of a request
 * can send a client elsewhere. A response of status 304 needs the `ETag` of what the client has.
 *
 * @param headers of the handler, names in lower case.
 * @throws {InvalidResponse} that does not show the value.
 */
export function checkRedirect(
  { status, redirectTo }: ResponseContract,
  headers: ReadonlyMap<string, string | readonly string[]>,
): void {
  if (status === 304 && typeof headers.get('etag') !== 'string')
    throw new InvalidResponse('of status 304 needs an ETag');
  if (redirectTo === undefined) return;
  const location = headers.get('location');
  if (typeof location !== 'string') throw new InvalidResponse('that redirects needs one Location');
  if (!CHARACTERS.test(location) || !leadsTo(location, redirectTo)) {
    throw new InvalidResponse('redirects to neither a path nor an origin of redirectTo');
  }
}

function leadsTo(location: string, origins: readonly string[]): boolean {
  if (!URL.canParse(location, BASE)) return false;
  const { origin, username, password } = new URL(location, BASE);
  // `//host` is another host, and so is what a client makes of `/\host`.
  if (location.startsWith('/')) return !location.startsWith('//') && origin === BASE;
  const isListed = origins.some(
    (listed) => location === listed || (/^[/?#]/.test(location.slice(listed.length)) && location.startsWith(listed)),
  );
  return isListed && origins.includes(origin) && username === '' && password === '';
}
