import { gzipSync } from 'node:zlib';
import { signMessage } from '../../support/signMessage.ts';
import { senderNames } from '../../support/webhookSenders.ts';
import type { MessageCase } from '../message.ts';

/** Signed by the sender as it is sent. */
const signed = (bytesOf: (body: string) => string | Uint8Array, more: Readonly<Record<string, string>> = {}) => {
  return (text: string) => {
    const body = bytesOf(text);
    return { sender: 'github' as const, body, headers: { ...signMessage('github', { body }), ...more } };
  };
};

/** Not signed by anybody. */
const unsigned = (bytesOf: (body: string) => string | Uint8Array, more: Readonly<Record<string, string>> = {}) => {
  return (text: string) => ({ sender: 'github' as const, body: bytesOf(text), headers: more });
};

const same = (body: string) => body;
const bytes = (...parts: readonly (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

/** What something on the way can do to a body that means the same afterwards. */
const REWRITES: Readonly<Record<string, (body: string) => string>> = {
  'with a line break at its end': (body) => `${body}\n`,
  'with a blank before it': (body) => ` ${body}`,
  'written with blanks': (body) => JSON.stringify(JSON.parse(body), undefined, 2),
  'in another order': (body) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(body)).reverse())),
  'with an escape': (body) => body.replace('paid', '\\u0070aid'),
  'with a byte order mark': (body) => `\uFEFF${body}`,
  'with another member': (body) => body.replace('{', '{"data":"x",'),
  'cut to nothing': () => '',
};

/** Bodies that a sender signed: a signature makes nothing of them valid. */
const SIGNED: readonly MessageCase[] = [
  ['nothing', signed(() => ''), 400],
  ['a blank', signed(() => ' '), 400],
  ['a byte order mark', signed((body) => `\uFEFF${body}`), 400],
  ['a byte that is no UTF-8', signed((body) => bytes(body.slice(0, -2), [0xff], '"}')), 400, 401],
  ['a sequence that is too long', signed((body) => bytes(body.slice(0, -2), [0xc0, 0xaf], '"}')), 400, 401],
  ['a replacement character that the sender wrote', signed((body) => body.replace('paid', 'p\ufffdid')), 400],
  ['CRLF between members', signed((body) => body.replace(',', ',\r\n')), 204],
  ['a line break at the end', signed((body) => `${body}\n`), 204],
  ['letters of several bytes', signed((body) => body.replace('paid', 'größe ☃ 😀')), 204],
  ['half a surrogate', signed((body) => body.replace('paid', '\\ud800')), 400],
  ['a NUL', signed((body) => body.replace('paid', 'p\0aid')), 400],
  ['a member twice', signed((body) => body.replace('{', '{"id":"a",')), 400],
  ['a member of every object', signed((body) => body.replace('{', '{"__proto__":{},')), 400],
  ['an unknown member', signed((body) => body.replace('{', '{"more":1,')), 400],
  ['an id that is a number', signed(() => '{"type":"paid","id":7}'), 400],
  ['a list', signed((body) => `[${body}]`), 400],
  ['a string', signed(() => '"paid"'), 400],
  ['null', signed(() => 'null'), 400],
  ['half of it', signed((body) => body.slice(0, -3)), 400],
  ['two documents', signed((body) => `${body}${body}`), 400],
  ['great depth', signed(() => `{"type":${'['.repeat(50_000)}`), 400],
  ['a body that is too large', signed(() => `{"type":"paid","data":"${'x'.repeat(140_000)}"}`), 413],
  ['another media type', signed(same, { 'content-type': 'text/plain' }), 415],
  ['another charset', signed(same, { 'content-type': 'application/json; charset=utf-16' }), 415],
  ['a compressed body', signed((body) => gzipSync(body), { 'content-encoding': 'gzip' }), 415, 401],
];

/** What the sender of nothing learns: that it signed nothing, and not what would be wrong beside it. */
const UNSIGNED: readonly MessageCase[] = [
  ['a body that is none', unsigned(() => '{'), 401],
  ['an invalid body', unsigned(() => '{"type":7}'), 401],
  ['no body', unsigned(() => ''), 401],
  ['another media type', unsigned(same, { 'content-type': 'text/plain' }), 401],
  ['a media type that is none', unsigned(same, { 'content-type': 'x' }), 401],
  ['what it accepts', unsigned(same, { accept: 'text/html' }), 401],
  ['a body that is too large', unsigned(() => 'x'.repeat(140_000)), 413],
  ['another method', unsigned(same, { 'x-http-method-override': 'GET' }), 400],
];

/** Bodies of webhooks, by how they are signed. */
export const bodies: readonly MessageCase[] = [
  ...SIGNED.map(([what, ...rest]): MessageCase => [`signed: ${what}`, ...rest]),
  ...UNSIGNED.map(([what, ...rest]): MessageCase => [`not signed: ${what}`, ...rest]),
  ...Object.entries(REWRITES).flatMap(([how, rewrite]) =>
    senderNames.map((sender): MessageCase => {
      const message = (body: string) => ({ sender, body: rewrite(body), headers: signMessage(sender, { body }) });
      return [`${sender}, a body ${how} after it was signed`, message, 401];
    }),
  ),
];
