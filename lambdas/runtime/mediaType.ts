import { ofLast } from '../shared/ofLast.ts';
import { HttpProblem } from './problem.ts';

/** No real client sends a longer one. */
const LONGEST = 512;
/** `type/subtype` of RFC 9110, section 8.3.1. */
const TYPE = /^([!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*/i;
/** One parameter, or none: RFC 9110, section 5.6.6, allows an empty one, such as after a `;` at the end. */
const PARAMETER =
  /^;[ \t]*(?:([!#$%&'*+.^_`|~0-9a-z-]+)=([!#$%&'*+.^_`|~0-9a-z-]+|"(?:[\t !#-[\]-~]|\\[\t !-~])*"))?[ \t]*/i;
/** The white space that can surround a header value (RFC 9110, section 5.5), and no other. */
const SURROUNDING = /^[ \t]+|[ \t]+$/g;
/** As the registry of IANA names it, and as many people do. */
const UTF8 = ['utf-8', 'utf8'];

/**
 * Reads the media type of a body, in lower case. Bodies are UTF-8: RFC 8259 (section 8.1) and the URL standard know no other
 * encoding, but clients send the charset. Other parameters change nothing.
 *
 * @param values those of the header `Content-Type`.
 * @param accepted media types that the route takes.
 * @throws {HttpProblem} `unsupported-media-type`
 */
export function readMediaType(values: readonly string[], accepted: readonly string[]): string {
  const [value = '', ...others] = values;
  const parsed = others.length === 0 ? parse(value) : undefined;
  if (parsed === undefined || !accepted.includes(parsed.type)) {
    throw new HttpProblem('unsupported-media-type', `Send one Content-Type: ${accepted.join(' or ')}.`);
  }
  if (!parsed.charsets.every((charset) => UTF8.includes(charset))) {
    throw new HttpProblem('unsupported-media-type', 'Send the body in UTF-8: no other charset is accepted.');
  }
  return parsed.type;
}

interface MediaType {
  readonly type: string;
  readonly charsets: readonly string[];
}

/** The type and its charsets, in lower case; undefined where the value is no media type. */
const parse = ofLast((given: string): MediaType | undefined => {
  const value = given.replace(SURROUNDING, '');
  const [start, type] = (value.length > LONGEST ? undefined : TYPE.exec(value)) ?? [];
  if (start === undefined || type === undefined) return undefined;
  const charsets: string[] = [];
  let rest = value.slice(start.length);
  while (rest !== '') {
    const [parameter, name, given = ''] = PARAMETER.exec(rest) ?? [];
    if (parameter === undefined) return undefined;
    if (name?.toLowerCase() === 'charset') charsets.push(unquoted(given).toLowerCase());
    rest = rest.slice(parameter.length);
  }
  return { type: type.toLowerCase(), charsets };
});

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1').replace(SURROUNDING, '') : value;
}
