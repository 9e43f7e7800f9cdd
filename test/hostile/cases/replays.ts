import { secondsAgo, signMessage } from '../../support/signMessage.ts';
import { type SenderName, senderNames } from '../../support/webhookSenders.ts';
import type { Message } from '../message.ts';

type Headers = Message['headers'];
type Replay = (message: Message & { readonly body: string }) => Message;

/** How somebody sends a message again that was handled, and the status; the handler does not see it a second time. */
export type ReplayCase = readonly [how: string, replay: Replay, status: number];

const withHeaders =
  (change: (headers: Headers) => Headers): Replay =>
  (message) => ({ ...message, headers: change(message.headers) });
const signatureOf = ({ sender }: Pick<Message, 'sender'>, headers: Headers) =>
  Object.keys(headers).find((name) => name.includes('signature') || name.includes('hmac')) ?? sender;

/** What nobody signs, so that anybody can change it. */
const UNSIGNED: readonly ReplayCase[] = [
  ['as it is', (message) => message, 204],
  [
    'with names of headers in upper case',
    withHeaders((headers) => renamed(headers, (name) => name.toUpperCase())),
    204,
  ],
  [
    'with headers in another order',
    withHeaders((headers) => Object.fromEntries(Object.entries(headers).reverse())),
    204,
  ],
  ['with the id of another delivery', withHeaders((headers) => ({ ...headers, 'x-github-delivery': 'another' })), 204],
  [
    'with ids of a request',
    withHeaders((headers) => ({ ...headers, 'x-request-id': '2', traceparent: '00-1-2-01' })),
    204,
  ],
  ['with an idempotency key', withHeaders((headers) => ({ ...headers, 'idempotency-key': '"2"' })), 204],
  ['with another user agent', withHeaders((headers) => ({ ...headers, 'user-agent': 'curl/8' })), 204],
  ['with a bearer token', withHeaders((headers) => ({ ...headers, authorization: 'Bearer a.b.c' })), 204],
  ['with another origin', withHeaders((headers) => ({ ...headers, origin: 'https://evil.example' })), 204],
  [
    'with a charset',
    withHeaders((headers) => ({ ...headers, 'content-type': 'application/json; charset=utf-8' })),
    204,
  ],
  ['as bytes, as binary media types arrive', (message) => ({ ...message, body: Buffer.from(message.body) }), 204],
  ['with another media type', withHeaders((headers) => ({ ...headers, 'content-type': 'text/plain' })), 415],
  ['with its signature twice', (message) => twice(message), 401],
];

/** The rest is signed: what a replay changes of it makes it no message of the sender. */
const SIGNED: readonly ReplayCase[] = [
  ['with the time of now', (message) => ({ ...message, headers: withTime(message, secondsAgo(-3)) }), 401],
  ['with another id', withHeaders((headers) => ({ ...headers, 'webhook-id': 'msg_replayed' })), 401],
];

/** Signatures that are ignored, or do not match, beside the right one. */
const MORE: readonly ReplayCase[] = [
  ['with a signature of an unknown version', withHeaders((headers) => appended(headers, ',v0=00', ' v0,00')), 204],
  [
    'with a signature that does not match',
    withHeaders((headers) => appended(headers, `,v1=${'0'.repeat(64)}`, ` v1,${'A'.repeat(43)}=`)),
    204,
  ],
];

/** By sender. */
export const replays = senderNames.flatMap((sender) => {
  const isTimed = 'stripe standard slack'.includes(sender);
  const cases = [
    ...UNSIGNED,
    ...(isTimed ? SIGNED.slice(0, 1) : []),
    ...(sender === 'standard' ? SIGNED.slice(1) : []),
    ...(sender === 'stripe' || sender === 'standard' ? MORE : []),
  ];
  return cases.map(([how, ...rest]) => [sender, how, ...rest] as const);
});

/** A message as its sender signs it. */
export function firstOf(sender: SenderName, body: string): Message & { readonly body: string } {
  const signed = signMessage(sender, { body, id: `msg_${Buffer.from(body).toString('base64url').slice(-40)}` });
  return { sender, body, headers: { ...signed, 'x-github-delivery': 'first' } };
}

function renamed(headers: Headers, change: (name: string) => string): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [change(name), value]));
}

function twice(message: Message): Message {
  const name = signatureOf(message, message.headers);
  const value = String(message.headers[name]);
  return { ...message, headers: { ...message.headers, [name]: [value, value] } };
}

function withTime({ headers }: Message, seconds: string): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      name.includes('timestamp') ? seconds : String(value).replace(/^t=\d+/, `t=${seconds}`),
    ]),
  );
}

function appended(headers: Headers, stripe: string, standard: string): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const more = name === 'stripe-signature' ? stripe : name === 'webhook-signature' ? standard : '';
      return [name, `${String(value)}${more}`];
    }),
  );
}
