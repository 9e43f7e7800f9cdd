import { isIP } from 'node:net';
import { hostOf } from '../observe/addresses.ts';
import type { Check } from '../observe/facts.ts';
import { fault, warning } from './finding.ts';

/** A year, which https://hstspreload.org demands too. */
const MIN_SECONDS = 31_536_000;
const FIX = 'Send Strict-Transport-Security: max-age=63072000; includeSubDomains with every response.';

/** The response tells browsers to use TLS alone (RFC 6797). Browsers ignore the header of an address, so it is not expected there. */
export const hsts: Check = ({ https, url }) => {
  if (https === undefined || 'reason' in https || isIP(hostOf(url)) !== 0) return [];
  // Browsers read the first header (section 8.1).
  const [value] = https.headers['strict-transport-security'] ?? [];
  if (value === undefined) {
    const found = `a response of status ${https.status} without Strict-Transport-Security`;
    return [fault('hsts-missing', { found, expected: 'the header with a max-age of at least a year', fix: FIX })];
  }
  const directives = directivesOf(value);
  const seconds = directives?.get('max-age');
  const isNumber = seconds !== undefined && /^\d{1,12}$/.test(seconds);
  if (!isNumber || Number(seconds) < MIN_SECONDS) {
    const expected = `max-age of at least ${MIN_SECONDS} seconds, a year`;
    return [fault('hsts-too-short', { found: value.slice(0, 200), expected, fix: FIX })];
  }
  if (directives?.has('includesubdomains')) return [];
  return [
    warning('hsts-without-subdomains', {
      found: value.slice(0, 200),
      expected: 'includeSubDomains, so that no subdomain can set cookies for the name by plain HTTP',
      fix: 'Add it if every subdomain serves TLS.',
    }),
  ];
};

/** Names are lower case; a header that names one twice is invalid (section 6.1). */
function directivesOf(value: string): ReadonlyMap<string, string> | undefined {
  const directives = new Map<string, string>();
  for (const part of value.split(';')) {
    const [name = '', ...rest] = part.split('=').map((text) => text.trim());
    if (name === '') continue;
    if (directives.has(name.toLowerCase())) return undefined;
    directives.set(name.toLowerCase(), rest.join('=').replace(/^"(.*)"$/, '$1'));
  }
  return directives;
}
