import { Token } from 'aws-cdk-lib';
import { ANY_ORIGIN } from '../../../lambdas/shared/cors.ts';
import { formatValue } from '../../definition/checks/check.ts';
import type { EntryFault } from './headerNames.ts';

/** Labels as DNS has them, an IPv4 address or an IPv6 address in brackets. `new URL` has checked what is in the brackets. */
const HOST = /^(?:(?!-)[a-z\d_-]{1,63}(?<!-)(?:\.(?!-)[a-z\d_-]{1,63}(?<!-))*|\[[\da-f:.]+\])$/;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;
/** What stands for a value that is known only at deployment. */
const TOKEN = /\$\{Token\[[^\]]*\]\}/g;
/** WAF inserts no longer value: https://docs.aws.amazon.com/waf/latest/APIReference/API_CustomHTTPHeader.html */
const LONGEST = 255;
const EXPECTED = 'an origin such as https://app.example.com';

/**
 * What is wrong with an origin; undefined for one in the spelling in which browsers send it (RFC 6454, section 6.2), because it
 * is compared as a string. Of one that is known only at deployment, all but the unknown part is checked, which is a host, a part of one
 * or a port.
 */
export function originFault(origin: string): EntryFault | undefined {
  if (origin === ANY_ORIGIN) return undefined;
  if (Token.isUnresolved(origin)) return deployTimeFault(origin);
  if (origin === 'null') {
    const fix = 'Remove it: every sandboxed frame, local file and data: URL has the origin null.';
    return { found: '"null"', expected: EXPECTED, fix };
  }
  if (origin.includes(ANY_ORIGIN)) {
    const fix = 'List each origin: a wildcard would allow every page that anybody can host below the domain.';
    return { found: formatValue(origin), expected: EXPECTED, fix };
  }
  const url = URL.parse(origin);
  if (url === null) return fault(origin, 'Write scheme, host and, if it is not the default, port.');
  // The value is not shown: it can contain a password.
  if (url.username !== '' || url.password !== '' || origin.includes('@')) {
    return { found: 'a URL with a user name', expected: EXPECTED, fix: `Write ${canonical(url) ?? EXPECTED}.` };
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    const fix =
      'Use https: a page that is not encrypted can be changed on its way. http is for loopback addresses alone.';
    return { found: formatValue(origin), expected: EXPECTED, fix };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return fault(origin, 'Only https is allowed, and http for localhost, 127.0.0.1 and [::1].');
  }
  if (origin.length > LONGEST) return fault(origin, `An origin has at most ${LONGEST} characters.`);
  if (!HOST.test(url.hostname)) return fault(origin, 'Write the host name as DNS has it, without a dot at the end.');
  // Path, query, fragment, a slash at the end, upper case, the default port, other spellings of an address or a host.
  return origin === url.origin ? undefined : fault(origin, `Write ${url.origin}, as browsers send it.`);
}

function deployTimeFault(origin: string): EntryFault | undefined {
  const isOrigin = (part: string) => {
    const written = origin.replace(TOKEN, part);
    return written.startsWith('https://') && originFault(written) === undefined;
  };
  if (['a', '8443'].some(isOrigin)) return undefined;
  const found = 'a value that is known only at deployment';
  return {
    found,
    expected: 'https:// and a host',
    fix: 'Write https:// and the attribute of the resource behind it, without a path or a slash.',
  };
}

function canonical({ protocol, origin }: URL): string | undefined {
  return protocol === 'https:' ? origin : undefined;
}

function fault(origin: string, fix: string): EntryFault {
  return { found: formatValue(origin), expected: EXPECTED, fix };
}
