/** Messages of webhooks as they arrive, and what becomes of each. */
import { createHash } from 'node:crypto';
import { KEYS, NEXT_KEYS } from '../../support/hooksDefinition.ts';
import { digestFor, type Signed, secondsAgo, signMessage } from '../../support/signMessage.ts';
import { type SenderName, senderNames } from '../../support/webhookSenders.ts';

/** A message on its way to the route of a sender. */
export interface Delivery {
  readonly sender: SenderName;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `recognized`: signed, and handled before, so that it does not reach the handler. */
export type DeliveryOutcome = 'handled' | 'recognized' | 'rejected';

export interface DeliveryRow {
  readonly name: string;
  /** What arrives one after the other, made when it is sent; the body is in no other row. */
  readonly deliveries: (body: string) => readonly Delivery[];
  readonly expected: readonly DeliveryOutcome[];
}

type Headers = Readonly<Record<string, string>>;

const TIMED = ['stripe', 'standard', 'slack'] as const;
const DELIVERY = { 'x-github-delivery': 'a', 'user-agent': 'Sender/1.0' };
/** What a replay can change: nobody signs it. */
const UNSIGNED = { 'x-github-delivery': 'b', 'user-agent': 'Replay/1.0', 'x-request-id': 'c' };

/** The rows of a sender; the secret has the next key, and the one before it as its previous version. */
function rowsOf(sender: SenderName): readonly DeliveryRow[] {
  const key = NEXT_KEYS[`${sender}-signing`];
  const sign = (body: string, more: Omit<Signed, 'body'> = {}, digest?: string) =>
    signMessage(sender, { body, key, id: idOf(body), ...more }, digest);
  const one = (
    name: string,
    headersOf: (body: string) => Headers,
    expected: DeliveryOutcome,
    sent = (body: string) => body,
  ): DeliveryRow => ({
    name: `${sender}: ${name}`,
    deliveries: (body) => [{ sender, body: sent(body), headers: { ...DELIVERY, ...headersOf(body) } }],
    expected: [expected],
  });
  return [
    one('a correct signature', (body) => sign(body), 'handled'),
    one('the second live secret', (body) => sign(body, { key: KEYS[`${sender}-signing`] }), 'handled'),
    one(
      'a body with blanks',
      (body) => sign(` ${body}\n`),
      'handled',
      (body) => ` ${body}\n`,
    ),
    one('a wrong key', (body) => sign(body, { key: WRONG_KEYS[sender] }), 'rejected'),
    one('no signature', () => ({}), 'rejected'),
    one('a bearer token in place of a signature', () => ({ authorization: 'Bearer a.b.c' }), 'rejected'),
    one(
      'a changed body',
      (body) => sign(body),
      'rejected',
      (body) => body.replace('paid', 'pald'),
    ),
    one(
      'a body that was written again',
      (body) => sign(body),
      'rejected',
      (body) => body.replace(',', ', '),
    ),
    one('a digest that begins right', (body) => sign(body, {}, begun(sender, body, key)), 'rejected'),
    {
      name: `${sender}: a replay`,
      deliveries: (body) => {
        const headers = sign(body);
        return [DELIVERY, DELIVERY, UNSIGNED].map((more) => ({ sender, body, headers: { ...headers, ...more } }));
      },
      expected: ['handled', 'recognized', 'recognized'],
    },
  ];
}

/** The rows of a sender that signs a time. */
function timedRowsOf(sender: (typeof TIMED)[number]): readonly DeliveryRow[] {
  const key = NEXT_KEYS[`${sender}-signing`];
  const at = (name: string, seconds: number): DeliveryRow => ({
    name: `${sender}: ${name}`,
    deliveries: (body) => [
      { sender, body, headers: signMessage(sender, { body, key, id: idOf(body), timestamp: secondsAgo(seconds) }) },
    ],
    expected: ['rejected'],
  });
  return [at('a stale time', 400), at('a time in the future', -400)];
}

/** Senders that have an id sign a message anew when they deliver it again, and write several signatures in a rotation. */
function rowsWithIdOf(sender: 'stripe' | 'standard'): readonly DeliveryRow[] {
  const key = NEXT_KEYS[`${sender}-signing`];
  const [name, separator, version] =
    sender === 'stripe' ? ['stripe-signature', ',', 'v1='] : ['webhook-signature', ' ', 'v1,'];
  const wrong = sender === 'stripe' ? '0'.repeat(64) : `${'A'.repeat(43)}=`;
  return [
    {
      name: `${sender}: delivered again with a new signature`,
      deliveries: (body) =>
        [20, 0].map((seconds) => ({
          sender,
          body,
          headers: signMessage(sender, { body, key, id: idOf(body), timestamp: secondsAgo(seconds) }),
        })),
      expected: ['handled', 'recognized'],
    },
    {
      name: `${sender}: the right one of several signatures`,
      deliveries: (body) => {
        const headers = signMessage(sender, { body, key, id: idOf(body) });
        const signature = (headers[name] ?? '').replace(version, `${version}${wrong}${separator}${version}`);
        return [{ sender, body, headers: { ...headers, [name]: signature } }];
      },
      expected: ['handled'],
    },
  ];
}

export const DELIVERIES: readonly DeliveryRow[] = [
  ...senderNames.flatMap(rowsOf),
  ...TIMED.flatMap(timedRowsOf),
  ...rowsWithIdOf('stripe'),
  ...rowsWithIdOf('standard'),
];

/** A valid body that no other row has. */
export function bodyFor({ name }: DeliveryRow): string {
  return JSON.stringify({ id: `evt ${name}`, type: 'paid' });
}

/** The id that the sender of a message writes into a header. */
export function idOf(body: string): string {
  return `msg_${createHash('sha256').update(body).digest('hex').slice(0, 24)}`;
}

/** Keys of other webhooks, in the form that the sender takes. */
const WRONG_KEYS: Readonly<Record<SenderName, string>> = {
  stripe: NEXT_KEYS['github-signing'],
  github: NEXT_KEYS['stripe-signing'],
  standard: NEXT_KEYS['stripe-signing'],
  slack: NEXT_KEYS['shop-signing'],
  shop: NEXT_KEYS['slack-signing'],
};

/** A digest with its first half, and zeros in place of the other. */
function begun(sender: SenderName, body: string, key: string): string {
  const digest = digestFor(sender, { body, key, id: idOf(body) });
  const isBase64 = digest.length === 44;
  return isBase64 ? `${digest.slice(0, 24)}${'A'.repeat(19)}=` : `${digest.slice(0, 32)}${'0'.repeat(32)}`;
}
