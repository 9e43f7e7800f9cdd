import { KEYS } from '../../support/hooksDefinition.ts';
import { type Signed, secondsAgo, signMessage } from '../../support/signMessage.ts';
import type { SenderName } from '../../support/webhookSenders.ts';

/** A message on its way. */
export interface Message {
  readonly sender: SenderName;
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * What arrives, in words; the message, made of a body that no other case has; the status; and another one where the gateway
 * replaces bytes first.
 */
export type MessageCase = readonly [
  what: string,
  message: (body: string) => Message,
  status: number,
  byGateway?: number,
];

/** The key of another webhook, in the form that the sender takes. */
const OTHER_KEYS: Readonly<Record<SenderName, string>> = {
  stripe: KEYS['github-signing'],
  github: KEYS['stripe-signing'],
  standard: KEYS['stripe-signing'],
  slack: KEYS['shop-signing'],
  shop: KEYS['slack-signing'],
};

type Headers = Message['headers'];
type Change = (signed: Record<string, string>, body: string) => Headers;

const STRIPE = 'stripe-signature';
const GITHUB = 'x-hub-signature-256';
const STANDARD = 'webhook-signature';
const SHOP = 'x-shop-hmac-sha256';
const SLACK = 'x-slack-signature';
const WRONG = '0'.repeat(64);
const WRONG_BASE64 = `${'A'.repeat(43)}=`;

/** A message whose headers something on the way changed. */
const changed =
  (sender: SenderName, change: Change) =>
  (body: string): Message => ({ sender, body, headers: change(signMessage(sender, { body }), body) });

/** A message that its sender signed like that. */
const signed =
  (sender: SenderName, more: Omit<Signed, 'body'>) =>
  (body: string): Message => ({ sender, body, headers: signMessage(sender, { body, ...more }) });

/** A change of one header. */
const header = (name: string, change: (value: string) => string | readonly string[]): Change => {
  return (headers) => ({ ...headers, [name]: change(headers[name] ?? '') });
};

/** How a digest in hexadecimal can be written otherwise. */
const HEX: Readonly<Record<string, (hex: string) => string>> = {
  'in upper case': (hex) => hex.replace(/./, 'a').toUpperCase(),
  'one digit short': (hex) => hex.slice(1),
  'one byte short': (hex) => hex.slice(0, -2),
  'its first half': (hex) => hex.slice(0, 32),
  'its first byte': (hex) => hex.slice(0, 2),
  'one digit long': (hex) => `${hex}0`,
  'twice in a row': (hex) => `${hex}${hex}`,
  'after 0x': (hex) => `0x${hex}`,
  'in quotes': (hex) => `"${hex}"`,
  'with a space at its end': (hex) => `${hex} .`,
  'in base64': (hex) => Buffer.from(hex, 'hex').toString('base64'),
  'with one bit changed': (hex) => `${hex.slice(0, -1)}${(Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16)}`,
  reversed: (hex) => [...hex].reverse().join(''),
  empty: () => '',
  'of zeros': () => WRONG,
};

/** The same of base64. */
const BASE64: Readonly<Record<string, (base64: string) => string>> = {
  'without padding': (base64) => base64.replace('=', ''),
  'with more padding': (base64) => `${base64}=`,
  'with letters at its end': (base64) => `${base64}AAAA`,
  'in hexadecimal': (base64) => Buffer.from(base64, 'base64').toString('hex'),
  'with unused bits': (base64) => `${base64.slice(0, -2)}${nextLetter(base64.at(-2) ?? '')}=`,
  'in lower case': (base64) => `a${base64.slice(1).toLowerCase()}`,
  'with a character of base64url': (base64) => `-${base64.slice(1)}`,
  'with a space within': (base64) => `${base64.slice(0, 20)} ${base64.slice(20)}`,
  empty: () => '',
  'of zeros': () => WRONG_BASE64,
};

/** How a time can be written otherwise; each is signed as it is written. */
const TIMES: Readonly<Record<string, (now: string) => string>> = {
  'as a power of ten': () => '1e9',
  negative: (now) => `-${now}`,
  'with a sign': (now) => `+${now}`,
  'with a fraction': (now) => `${now}.5`,
  'with a zero before it': (now) => `0${now}`,
  'in milliseconds': (now) => `${now}000`,
  'in hexadecimal': (now) => `0x${Number(now).toString(16)}`,
  'as a date': () => new Date().toISOString(),
  'of 11 digits': (now) => `${now}0`,
  'of 9 digits': (now) => now.slice(1),
  'beyond 64 bits': (now) => `${now}${now}${now}`,
  'not a number': () => 'NaN',
  infinite: () => 'Infinity',
  zero: () => '0',
  empty: () => '',
  'with a separator of digits': (now) => `${now.slice(0, 1)}_${now.slice(1)}`,
  'with text after it': (now) => `${now}x`,
  'older than the tolerance': () => secondsAgo(302),
  'a year old': () => secondsAgo(31_536_000),
  'ahead of the tolerance': () => secondsAgo(-305),
  'of the year 2286': () => '9999999999',
};

const signatures: readonly MessageCase[] = [
  ...(['stripe', 'github', 'standard', 'slack', 'shop'] as const).flatMap((sender): MessageCase[] => [
    [`no header of ${sender}`, (body) => ({ sender, body, headers: {} }), 401],
    [`the key of another webhook at ${sender}`, signed(sender, { key: OTHER_KEYS[sender] }), 401],
    [
      `each header of ${sender} twice`,
      changed(sender, (headers) =>
        Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value, value]])),
      ),
      401,
    ],
    [
      `each header of ${sender} in two spellings`,
      changed(sender, (headers) => ({
        ...headers,
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
      })),
      401,
    ],
    [
      `empty headers of ${sender}`,
      changed(sender, (headers) => Object.fromEntries(Object.keys(headers).map((name) => [name, '']))),
      401,
    ],
    [
      `a bearer token at ${sender}`,
      (body) => ({ sender, body, headers: { authorization: 'Bearer a.b.c', 'x-api-key': 'k' } }),
      401,
    ],
    [
      `the signature of another body at ${sender}`,
      (body) => ({ sender, body, headers: signMessage(sender, { body: `${body} ` }) }),
      401,
    ],
  ]),
  ...Object.entries(HEX).flatMap(([how, change]): MessageCase[] => [
    [
      `stripe, a digest ${how}`,
      changed(
        'stripe',
        header(STRIPE, (value) => rewritten(value, 'v1=', change)),
      ),
      401,
    ],
    [
      `github, a digest ${how}`,
      changed(
        'github',
        header(GITHUB, (value) => rewritten(value, 'sha256=', change)),
      ),
      401,
    ],
    [
      `slack, a digest ${how}`,
      changed(
        'slack',
        header(SLACK, (value) => rewritten(value, 'v0=', change)),
      ),
      401,
    ],
  ]),
  ...Object.entries(BASE64).flatMap(([how, change]): MessageCase[] => [
    [
      `standard, a digest ${how}`,
      changed(
        'standard',
        header(STANDARD, (v) => rewritten(v, 'v1,', change)),
      ),
      401,
    ],
    [`shop, a digest ${how}`, changed('shop', header(SHOP, change)), 401],
  ]),
  [
    'sha1 in place of sha256',
    changed(
      'github',
      header(GITHUB, (value) => value.replace('sha256', 'sha1')),
    ),
    401,
  ],
  [
    'SHA256 in upper case',
    changed(
      'github',
      header(GITHUB, (value) => value.replace('sha256', 'SHA256')),
    ),
    401,
  ],
  [
    'a digest without its name',
    changed(
      'github',
      header(GITHUB, (value) => value.replace('sha256=', '')),
    ),
    401,
  ],
  [
    'two digests where one is',
    changed(
      'github',
      header(GITHUB, (value) => `${value},sha256=${WRONG}`),
    ),
    401,
  ],
  ['the older header of github', changed('github', ({ [GITHUB]: value = '' }) => ({ 'x-hub-signature': value })), 401],
  [
    'only v0',
    changed(
      'stripe',
      header(STRIPE, (value) => value.replace('v1=', 'v0=')),
    ),
    401,
  ],
  [
    'V1 in upper case',
    changed(
      'stripe',
      header(STRIPE, (value) => value.replace('v1=', 'V1=')),
    ),
    401,
  ],
  [
    'v1 as a part of a name',
    changed(
      'stripe',
      header(STRIPE, (value) => value.replace('v1=', 'xv1=')),
    ),
    401,
  ],
  [
    'v1 without a value',
    changed(
      'stripe',
      header(STRIPE, (value) => value.replace(/v1=.*/, 'v1')),
    ),
    401,
  ],
  [
    'a time alone',
    changed(
      'stripe',
      header(STRIPE, (value) => value.replace(/,.*/, '')),
    ),
    401,
  ],
  [
    'a digest alone',
    changed(
      'stripe',
      header(STRIPE, (value) => value.replace(/.*,/, '')),
    ),
    401,
  ],
  [
    'two times',
    changed(
      'stripe',
      header(STRIPE, (value) => `t=${secondsAgo()},${value}`),
    ),
    401,
  ],
  [
    'a second time after it',
    changed(
      'stripe',
      header(STRIPE, (value) => `${value},t=${secondsAgo(9)}`),
    ),
    401,
  ],
  [
    'white space between parts',
    changed(
      'stripe',
      header(STRIPE, (value) => value.replace(',', ', ')),
    ),
    401,
  ],
  [
    'a comma at the end',
    changed(
      'stripe',
      header(STRIPE, (value) => `${value},`),
    ),
    401,
  ],
  [
    'semicolons between parts',
    changed(
      'stripe',
      header(STRIPE, (value) => value.replace(',', ';')),
    ),
    401,
  ],
  [
    'two lines that a proxy joined',
    changed(
      'stripe',
      header(STRIPE, (value) => `${value}, ${value}`),
    ),
    401,
  ],
  [
    'a valid header after a wrong one',
    changed(
      'stripe',
      header(STRIPE, (v) => [rewritten(v, 'v1=', () => WRONG), v]),
    ),
    401,
  ],
  [
    'the parts in the other order',
    changed(
      'stripe',
      header(STRIPE, (value) => value.split(',').reverse().join(',')),
    ),
    204,
  ],
  [
    'v0 and wrong ones beside the right one',
    changed(
      'stripe',
      header(STRIPE, (v) => `${v},v0=${WRONG},v1=${WRONG}`),
    ),
    204,
  ],
  [
    'the right one after 13 wrong ones',
    changed(
      'stripe',
      header(STRIPE, (value) => among(value, 13)),
    ),
    204,
  ],
  [
    'the right one after 20 wrong ones',
    changed(
      'stripe',
      header(STRIPE, (value) => among(value, 20)),
    ),
    401,
  ],
  [
    'thousands of empty digests',
    changed(
      'stripe',
      header(STRIPE, (value) => `${value}${',v1='.repeat(1_500)}`),
    ),
    401,
  ],
  [
    'thousands of commas',
    changed(
      'stripe',
      header(STRIPE, (value) => `${value}${','.repeat(6_000)}`),
    ),
    401,
  ],
  [
    'a header of 7 KB',
    changed(
      'github',
      header(GITHUB, (value) => `${value}${'0'.repeat(7_000)}`),
    ),
    401,
  ],
  [
    'v1a, which is asymmetric',
    changed(
      'standard',
      header(STANDARD, (value) => value.replace('v1,', 'v1a,')),
    ),
    401,
  ],
  [
    'v2 of the same digest',
    changed(
      'standard',
      header(STANDARD, (value) => value.replace('v1,', 'v2,')),
    ),
    401,
  ],
  [
    'an equals sign in place of the comma',
    changed(
      'standard',
      header(STANDARD, (v) => v.replace('v1,', 'v1=')),
    ),
    401,
  ],
  [
    'a digest after a second comma',
    changed(
      'standard',
      header(STANDARD, (v) => v.replace('v1,', `v1,${WRONG_BASE64},`)),
    ),
    401,
  ],
  [
    'two spaces between signatures',
    changed(
      'standard',
      header(STANDARD, (v) => `v1,${WRONG_BASE64}  ${v}`),
    ),
    401,
  ],
  [
    'a tab between signatures',
    changed(
      'standard',
      header(STANDARD, (v) => `v1,${WRONG_BASE64}\t${v}`),
    ),
    401,
  ],
  [
    'a wrong one and v1a before the right one',
    changed(
      'standard',
      header(STANDARD, (v) => `v1a,AAAA v1,${WRONG_BASE64} ${v}`),
    ),
    204,
  ],
  [
    'the digest of slack as the header of github',
    (body) => ({
      sender: 'github',
      body,
      headers: { [GITHUB]: `sha256=${signMessage('slack', { body })[SLACK]?.slice(3)}` },
    }),
    401,
  ],
];

const times: readonly MessageCase[] = [
  ...Object.entries(TIMES).flatMap(([how, write]): MessageCase[] =>
    (['stripe', 'standard', 'slack'] as const).map((sender) => [
      `${sender}, a time ${how}`,
      (body) => signed(sender, { timestamp: write(secondsAgo()) })(body),
      401,
    ]),
  ),
  [
    'stripe, a time that was changed',
    changed(
      'stripe',
      header(STRIPE, (v) => v.replace(/t=\d+/, `t=${secondsAgo(7)}`)),
    ),
    401,
  ],
  [
    'standard, a time that was changed',
    changed('standard', (v) => ({ ...v, 'webhook-timestamp': secondsAgo(7) })),
    401,
  ],
  [
    'slack, a time that was changed',
    changed('slack', (v) => ({ ...v, 'x-slack-request-timestamp': secondsAgo(7) })),
    401,
  ],
  ...(['stripe', 'standard', 'slack'] as const).flatMap((sender): MessageCase[] => [
    [
      `${sender}, within the tolerance`,
      (body) => signed(sender, { timestamp: secondsAgo(270), id: 'msg_past' })(body),
      204,
    ],
    [
      `${sender}, ahead within it`,
      (body) => signed(sender, { timestamp: secondsAgo(-270), id: 'msg_ahead' })(body),
      204,
    ],
  ]),
];

const ids: readonly MessageCase[] = [
  ['an id that was changed', changed('standard', (headers) => ({ ...headers, 'webhook-id': 'msg_2' })), 401],
  ['an id that contains the separator', signed('standard', { id: 'msg.1' }), 401],
  ['an id that contains the time', signed('standard', { id: `msg_1.${secondsAgo()}` }), 401],
  ['an empty id', signed('standard', { id: '' }), 401],
  ['an id of 257 characters', signed('standard', { id: 'a'.repeat(257) }), 401],
  ['an id with a space', signed('standard', { id: 'msg 1' }), 401],
  ['an id that is no ASCII', changed('standard', (headers) => ({ ...headers, 'webhook-id': 'msgé' })), 401],
  ['an id of 256 characters', signed('standard', { id: 'b'.repeat(256) }), 204],
  ['an id with the key of a table', signed('standard', { id: 'standard#__proto__' }), 204],
];

export const messages: Readonly<Record<string, readonly MessageCase[]>> = { signatures, times, ids };

function rewritten(value: string, prefix: string, change: (digest: string) => string): string {
  const at = value.indexOf(prefix) + prefix.length;
  return `${value.slice(0, at)}${change(value.slice(at))}`;
}

function among(value: string, wrong: number): string {
  return value.replace(',', `,${`v1=${WRONG},`.repeat(wrong)}`);
}

function nextLetter(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) + 1);
}
