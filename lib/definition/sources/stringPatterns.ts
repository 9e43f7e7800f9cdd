import type { SchemaNode } from '../schemaNode.ts';
import { unicodePattern } from './unicodePattern.ts';

/** What one construct of a library adds to a schema, or how the library spells what cannot be expressed, with its fix. */
export type Translation = { readonly keywords: SchemaNode } | { readonly construct: string; readonly fix: string };

const FIX_PATTERN =
  'Write it for the flag "u" and no other: [Aa] instead of "i", [\\s\\S] instead of "s", ^ only at the start.';

/** A regular expression as the keyword `pattern`. */
export function patternOf(regex: RegExp, construct: string): Translation {
  const translated = unicodePattern(regex);
  if ('pattern' in translated) return { keywords: { pattern: translated.pattern } };
  return { construct: `${construct} with ${translated.problem}`, fix: FIX_PATTERN };
}

/** A string as a regular expression matches it literally. */
export const escaped = (literal: string): string => literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** What code checks of base64, as patterns: groups of four, padded, or unpadded in the alphabet of URLs. */
export const BASE64_PATTERN = '^(?:[0-9a-zA-Z+/]{4})*(?:[0-9a-zA-Z+/]{2}==|[0-9a-zA-Z+/]{3}=)?$';
export const BASE64URL_PATTERN = '^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?$';

const PORT = '(?::(?:\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5]))?';
/** Without two hyphens in a row: an international label (`xn--`) would have to be decoded. No look-ahead, so that it is proven linear. */
const LABEL = '[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*';
const LAST_LABEL = '[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*';
const AFTER_HOST = `${PORT}(?:[/?#]|$)`;

/**
 * A URL, where a library accepts what `new URL` parses: our format `uri` (https, a host name, no password), with the host names
 * and ports that `new URL` accepts of it. The last label starts with a letter, so that it is no IPv4 address.
 */
export const URL_KEYWORDS: SchemaNode = {
  format: 'uri',
  pattern: `^https://(?:${LABEL}\\.)*${LAST_LABEL}\\.?${AFTER_HOST}`,
};

/** A host name that is no IPv4 address, with such labels. */
export const HOST_KEYWORDS: SchemaNode = { format: 'hostname', pattern: `^(?:${LABEL}\\.)*${LAST_LABEL}$` };

/** What `z.httpUrl()` asks of a host name, and a URL with such a name. */
export const DOMAIN_SOURCE = '^(?=.{1,253}$)([a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z]{2,63}$';
export const HTTP_URL_KEYWORDS: SchemaNode = {
  format: 'uri',
  pattern: `^https://(?:${LABEL}\\.)+[a-zA-Z]{2,}${AFTER_HOST}`,
  not: { pattern: '^https://(?:[^/?#:]{254}|(?:[^./?#:]*\\.)*[^./?#:]{64})' },
};

const GROUP = '[0-9a-fA-F]{1,4}';
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const LAST_32_BITS = `(?:${GROUP}:${GROUP}|${BYTE}(?:\\.${BYTE}){3})`;
/** At most so many groups before the two colons. */
const before = (most: number): string => (most === 0 ? '' : `(?:(?:${GROUP}:){0,${most - 1}}${GROUP})?`);
/** IPv6address of RFC 3986, section 3.2.2, which is what `new URL` accepts: also with an IPv4 address at the end. */
const IPV6 = [
  `(?:${GROUP}:){6}${LAST_32_BITS}`,
  ...[5, 4, 3, 2, 1, 0].map((groups) => `${before(5 - groups)}::(?:${GROUP}:){${groups}}${LAST_32_BITS}`),
  `${before(6)}::${GROUP}`,
  `${before(7)}::`,
].join('|');

/** A range of IPv6 addresses, with the length of its prefix. */
export const CIDRV6_PATTERN = `^(?:${IPV6})/(?:12[0-8]|1[01]\\d|[1-9]?\\d)$`;
