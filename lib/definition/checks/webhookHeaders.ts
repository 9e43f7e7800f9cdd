import type { Fault } from '../fault.ts';
import type { HmacWebhookOptions, WebhookInput } from '../webhook.ts';
import { formatValue } from './check.ts';

type Hmac = Extract<WebhookInput, { readonly scheme: 'hmac' }>;

const HEADER = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
/**
 * Headers of the connection, of other credentials, and those that a proxy, API Gateway or WAF writes: they are changed on the way, or
 * say something else. A request with a method override is rejected.
 */
const RESERVED =
  /^(?:accept(?:-.*)?|connection|content-(?:encoding|length|type)|cookie|expect|forwarded|host|keep-alive|origin|proxy-.*|referer|te|trailer|transfer-encoding|upgrade|user-agent|via|x-amz(?:n|-cf)?-.*|x-api-key|x-forwarded-.*|x-http-method(?:-override)?|x-method-override)$/;
/** Printable ASCII. A prefix stands before a digest in a header. */
const PREFIX = /^[\x20-\x7e]{1,32}$/;
const MEMBER = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const CONTENT = /^[\x20-\x7e]{1,200}$/;
const PLACEHOLDER = /\{[^{}]*\}/g;
const PLACEHOLDERS = ['{timestamp}', '{id}', '{body}'];
/** Characters that ids have, so that another one ends an id. */
const OF_IDS = /^[A-Za-z0-9_-]/;
const CHOICES = {
  encoding: ['hex', 'base64', 'base64url'],
  separator: [',', ';', ' '],
  key: ['utf8', 'base64', 'hex'],
} as const;
const UNITS: readonly unknown[] = ['seconds', 'milliseconds'];

/** The headers of a sender: names, each for one thing. */
export function headerFaults(location: string, { header, timestamp, id }: Hmac): readonly Fault[] {
  const named: readonly (readonly [string, unknown])[] = [
    ['header', header],
    ...(timestamp !== undefined && 'header' in timestamp ? [['timestamp.header', timestamp.header] as const] : []),
    ...(id !== undefined && 'header' in id ? [['id.header', id.header] as const] : []),
  ];
  return named.flatMap(([member, name], i) => {
    if (typeof name !== 'string' || !HEADER.test(name) || RESERVED.test(name)) {
      const expected = 'a header name in lower case, which no proxy or browser writes';
      return [
        fault(
          `${location}.${member}`,
          formatValue(name),
          expected,
          'Write the name as the sender documents it, in lower case.',
        ),
      ];
    }
    if (named.findIndex(([, other]) => other === name) === i) return [];
    return [fault(`${location}.${member}`, `${name} twice`, 'a header for each', 'Name the header of this part.')];
  });
}

/** How the parts are written: choices, prefixes, and how several parts of one header are distinguished. */
export function partFaults(location: string, webhook: Hmac): readonly Fault[] {
  const { prefix, separator, timestamp, id } = webhook;
  const at = (member: string) => `${location}.${member}`;
  const faults = (Object.keys(CHOICES) as (keyof typeof CHOICES)[]).flatMap((name) => {
    const choices: readonly unknown[] = CHOICES[name];
    if (webhook[name] === undefined || choices.includes(webhook[name])) return [];
    const expected = `one of ${choices.map(formatValue).join(', ')}`;
    return [fault(at(name), formatValue(webhook[name]), expected, 'Choose what the sender documents.')];
  });
  const prefixes: (readonly [string, unknown])[] = prefix === undefined ? [] : [['prefix', prefix]];
  if (timestamp !== undefined) {
    const { unit } = timestamp;
    if (unit !== undefined && !UNITS.includes(unit)) {
      faults.push(
        fault(at('timestamp.unit'), formatValue(unit), 'seconds or milliseconds', 'Choose what the sender documents.'),
      );
    }
    if ('header' in timestamp === 'prefix' in timestamp) {
      faults.push(
        fault(
          at('timestamp'),
          formatValue(timestamp),
          'header or prefix',
          'Name the header, or the prefix of the part in the signature header.',
        ),
      );
    } else if ('prefix' in timestamp) prefixes.push(['timestamp.prefix', timestamp.prefix]);
  }
  if (id !== undefined && 'header' in id === 'member' in id) {
    faults.push(
      fault(at('id'), formatValue(id), 'header or member', 'Name the signed header, or the member of the JSON body.'),
    );
  } else if (id !== undefined && 'member' in id && (typeof id.member !== 'string' || !MEMBER.test(id.member))) {
    faults.push(
      fault(
        at('id.member'),
        formatValue(id.member),
        'the name of a member of the body',
        'Name a member at the top of the JSON body, such as "event_id".',
      ),
    );
  }
  for (const [member, value] of prefixes) {
    const contains = typeof value === 'string' && separator !== undefined && value.includes(separator);
    if (typeof value === 'string' && PREFIX.test(value) && !contains) continue;
    const expected = '1–32 printable ASCII characters, not the separator';
    faults.push(
      fault(at(member), formatValue(value), expected, 'Write the prefix as the sender documents it, or leave it out.'),
    );
  }
  return faults.length > 0 ? faults : [...faults, ...sharedHeaderFaults(location, webhook)];
}

/** A timestamp in the header of the signature is a part with its prefix. */
function sharedHeaderFaults(location: string, { prefix = '', separator, timestamp }: Hmac): readonly Fault[] {
  if (timestamp === undefined || !('prefix' in timestamp)) return [];
  const distinct = prefix !== '' && !prefix.startsWith(timestamp.prefix) && !timestamp.prefix.startsWith(prefix);
  if (separator !== undefined && distinct) return [];
  return [
    fault(
      `${location}.timestamp.prefix`,
      separator === undefined ? 'no separator' : 'prefixes that cannot be distinguished',
      'a separator, and a prefix of timestamp and signature each',
      'Set "separator" and "prefix" as the sender documents them, such as "," and "v1=".',
    ),
  ];
}

/**
 * What is signed: the body, and each part that the headers say, once. Where one part ends and the next begins must follow from
 * the string, or a message could be read in two ways: a timestamp has a fixed length, an id ends with a character that no id has.
 */
export function contentFaults(location: string, { content, timestamp, id }: HmacWebhookOptions): readonly Fault[] {
  if (content === undefined && !(id !== undefined && 'header' in id)) return [];
  const at = `${location}.content`;
  const used: readonly string[] = typeof content === 'string' ? (content.match(PLACEHOLDER) ?? []) : [];
  const needed = PLACEHOLDERS.filter(
    (name) =>
      name === '{body}' || (name === '{timestamp}' ? timestamp !== undefined : id !== undefined && 'header' in id),
  );
  const isEach = used.length === needed.length && needed.every((name) => used.includes(name));
  // What looks like a placeholder of another kind, such as {{body}}, would be signed as it is.
  const isPlain = typeof content === 'string' && !/[{}]/.test(content.replaceAll(PLACEHOLDER, ''));
  if (typeof content !== 'string' || !CONTENT.test(content) || !isEach || !isPlain) {
    const expected = `printable ASCII with ${needed.join(', ')}, each once`;
    return [
      fault(
        at,
        formatValue(content),
        expected,
        'Compose what the sender signs. A header that is not signed proves nothing: anybody can change it.',
      ),
    ];
  }
  const [, after] = content.split('{id}');
  if (after === undefined || after === '') return after === '' ? [unclear(at)] : [];
  return OF_IDS.test(after) || after.startsWith('{') || !after.includes('{body}') ? [unclear(at)] : [];
}

function unclear(location: string): Fault {
  const expected = '{id} before {body}, followed by a character that no id has, such as "."';
  return fault(
    location,
    'an id whose end is not known',
    expected,
    'Use an id of the body, or none: a digest then identifies messages.',
  );
}

function fault(location: string, found: string, expected: string, fix: string): Fault {
  return { code: 'webhook-invalid', location, found, expected, fix };
}
