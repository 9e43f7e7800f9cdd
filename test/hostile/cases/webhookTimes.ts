import { secondsAgo } from '../../support/signMessage.ts';
import { changed, inSignature, type MessageCase, signed } from '../message.ts';

const TIMED = ['stripe', 'standard', 'slack'] as const;

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

/** The time of a message. */
export const times: readonly MessageCase[] = [
  ...Object.entries(TIMES).flatMap(([how, write]): MessageCase[] =>
    TIMED.map((sender) => [
      `${sender}, ${how}`,
      (body) => signed(sender, { timestamp: write(secondsAgo()) })(body),
      401,
    ]),
  ),
  ['stripe, changed', inSignature('stripe', (value) => value.replace(/t=\d+/, `t=${secondsAgo(7)}`)), 401],
  ['standard, changed', changed('standard', (v) => ({ ...v, 'webhook-timestamp': secondsAgo(7) })), 401],
  ['slack, changed', changed('slack', (v) => ({ ...v, 'x-slack-request-timestamp': secondsAgo(7) })), 401],
  ...TIMED.flatMap((sender): MessageCase[] => [
    [`${sender}, within it`, (body) => signed(sender, { timestamp: secondsAgo(270), id: 'msg_past' })(body), 204],
    [`${sender}, ahead within it`, (body) => signed(sender, { timestamp: secondsAgo(-270), id: 'ahead' })(body), 204],
  ]),
];

/** The id in a header. */
export const ids: readonly MessageCase[] = [
  ['changed', changed('standard', (headers) => ({ ...headers, 'webhook-id': 'msg_2' })), 401],
  ['with the separator', signed('standard', { id: 'msg.1' }), 401],
  ['with the time', signed('standard', { id: `msg_1.${secondsAgo()}` }), 401],
  ['empty', signed('standard', { id: '' }), 401],
  ['of 257 characters', signed('standard', { id: 'a'.repeat(257) }), 401],
  ['with a space', signed('standard', { id: 'msg 1' }), 401],
  ['that is no ASCII', changed('standard', (headers) => ({ ...headers, 'webhook-id': 'msgé' })), 401],
  ['of 256 characters', signed('standard', { id: 'b'.repeat(256) }), 204],
  ['with the key of a table', signed('standard', { id: 'standard#__proto__' }), 204],
];
