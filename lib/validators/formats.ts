import { fullFormats } from 'ajv-formats/dist/formats.js';
import { COUNTRY_CODES, CURRENCY_CODES } from './isoCodes.ts';

const LONG_MONTH = '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])';
const SHORT_MONTH = '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)';
const FEBRUARY = '02-(?:0[1-9]|1\\d|2[0-8])';
/** Divisible by 4 and not by 100, or divisible by 400. */
const LEAP_YEAR = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const DATE = `(?:\\d{4}-(?:${LONG_MONTH}|${SHORT_MONTH}|${FEBRUARY})|${LEAP_YEAR}-02-29)`;
const HOUR_MINUTE = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const TIME = `${HOUR_MINUTE}:[0-5]\\d(?:\\.\\d{1,9})?(?:[Zz]|[+-]${HOUR_MINUTE})`;

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
/** RFC 3986, appendix A: `pchar` and what query and fragment have beside it. */
const PCHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const QUERY = "(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*";
const URI = `https://${LABEL}(?:\\.${LABEL})*\\.?(?::\\d{1,5})?(?:/${PCHAR}*)*(?:\\?${QUERY})?(?:#${QUERY})?`;

/** RFC 4648, section 4: padded, and no bits beside those of the value, so that a value has one spelling. */
const BASE64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?';

/**
 * Formats that a schema may name, each as a regular expression, so that a compiled validator needs nothing of ajv at run
 * time. Any other format is rejected (`schema-not-compilable`), because it would not be checked. All
 * run in linear time, which a test proves, and all but `json-pointer` accept printable ASCII alone.
 *
 * - `date`, `time`, `date-time`: RFC 3339, section 5.6, with an offset; the day exists in its month. No leap second
 *   (`:60`): `new Date` cannot read it.
 * - `uuid`: the 36 characters of RFC 9562, section 4, in either case; no `urn:uuid:` before it.
 * - `uri`: RFC 3986 with the scheme `https` and a host name or IPv4 address; no user, no password.
 * - `email`, `hostname`, `ipv4`, `ipv6`: as ajv-formats has them.
 * - `phone`: E.164, `+` and 7–15 digits. `currency`, `country`: codes in use, ISO 4217 and ISO 3166-1 alpha-2.
 * - `slug`: lower case words and digits, joined by single hyphens. `json-pointer`: RFC 6901. `base64`: RFC 4648, section 4;
 *   `x-max-decoded-bytes` limits what it holds.
 */
export const FORMATS: Readonly<Record<string, RegExp>> = {
  date: new RegExp(`^${DATE}$`),
  time: new RegExp(`^${TIME}$`),
  'date-time': new RegExp(`^${DATE}[Tt]${TIME}$`),
  uuid: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  uri: new RegExp(`^${URI}$`),
  phone: /^\+[1-9]\d{6,14}$/,
  currency: new RegExp(`^(?:${CURRENCY_CODES})$`),
  country: new RegExp(`^(?:${COUNTRY_CODES})$`),
  slug: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  'json-pointer': /^(?:\/(?:[^~/]|~[01])*)*$/,
  base64: new RegExp(`^${BASE64}$`),
  ...ofAjvFormats(['email', 'hostname', 'ipv4', 'ipv6']),
};

/** Names of {@link FORMATS}. */
export const FORMAT_NAMES: readonly string[] = Object.keys(FORMATS);

/** Some formats of the package are functions, which would have to be bundled whole; the expressions above replace them. */
function ofAjvFormats(names: readonly (keyof typeof fullFormats)[]): Readonly<Record<string, RegExp>> {
  const known = names.map((name) => [name, fullFormats[name]] as const);
  return Object.fromEntries(
    known.filter((entry): entry is [(typeof names)[number], RegExp] => entry[1] instanceof RegExp),
  );
}
