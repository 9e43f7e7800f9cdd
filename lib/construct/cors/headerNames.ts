import { formatValue } from '../../definition/checks/check.ts';

/** What is wrong with one entry of a list. */
export interface EntryFault {
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** A field name (RFC 9110, section 5.1) as names are in practice, of a length that fits a header of API Gateway. */
const NAME = /^[A-Za-z\d](?:[A-Za-z\d_-]{0,62}[A-Za-z\d])?$/;
/** Request headers that no script can set: https://fetch.spec.whatwg.org/#forbidden-request-header */
const FORBIDDEN_REQUEST =
  /^(?:accept-charset|accept-encoding|access-control-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|proxy-.*|referer|sec-.*|set-cookie|te|trailer|transfer-encoding|upgrade|via)$/;
/** Change the method behind the checks, or belong to AWS. The functions reject the first ones. */
const UNSAFE_REQUEST =
  /^(?:x-http-method|x-http-method-override|x-method-override|x-amzn-waf-.*|x-api-key|x-forwarded-.*)$/;
/** https://fetch.spec.whatwg.org/#forbidden-response-header-name, and what browsers read themselves. */
const FORBIDDEN_RESPONSE = /^(?:set-cookie2?|access-control-.*)$/;

/** The faults of a name in `allowHeaders`. */
export function requestHeaderFault(name: string): EntryFault | undefined {
  if (name === '*') return wildcard('It covers every header except Authorization, and with credentials none.');
  if (!NAME.test(name)) return notAName(name);
  const lower = name.toLowerCase();
  if (FORBIDDEN_REQUEST.test(lower)) {
    const fix = 'Remove it: browsers set this header themselves, or never send it.';
    return { found: formatValue(name), expected: 'a header that a script can set', fix };
  }
  if (!UNSAFE_REQUEST.test(lower)) return undefined;
  const fix = 'Remove it: this header replaces the method, the address or the key of a request.';
  return { found: formatValue(name), expected: 'a header that pages are allowed to choose', fix };
}

/** The faults of a name in `exposeHeaders`. */
export function responseHeaderFault(name: string): EntryFault | undefined {
  if (name === '*') return wildcard('With credentials it is the name of a header, not all of them.');
  if (!NAME.test(name)) return notAName(name);
  if (!FORBIDDEN_RESPONSE.test(name.toLowerCase())) return undefined;
  const fix = 'Remove it: no script can read this header.';
  return { found: formatValue(name), expected: 'a header that a script can read', fix };
}

function wildcard(why: string): EntryFault {
  return { found: '"*"', expected: 'names of headers', fix: `Name each header. ${why}` };
}

function notAName(name: string): EntryFault {
  const expected = 'the name of a header: 1–64 letters, digits, - and _';
  return { found: formatValue(name), expected, fix: 'Write the name alone, such as X-Request-Id.' };
}
