import { KEYS } from '../../support/hooksDefinition.ts';
import { secondsAgo, signMessage } from '../../support/signMessage.ts';
import { type SenderName, senderNames } from '../../support/webhookSenders.ts';
import { changed, inSignature, type MessageCase, SIGNATURE, signed, WRONG, WRONG_BASE64 } from '../message.ts';

/** The key of another webhook, in the form that the sender takes. */
const OTHER_KEYS: Readonly<Record<SenderName, string>> = {
  stripe: KEYS['github-signing'],
  github: KEYS['stripe-signing'],
  standard: KEYS['stripe-signing'],
  slack: KEYS['shop-signing'],
  shop: KEYS['slack-signing'],
};

type Change = Parameters<typeof inSignature>[1];
const stripe = (change: Change) => inSignature('stripe', change);
const github = (change: Change) => inSignature('github', change);
const standard = (change: Change) => inSignature('standard', change);
const every = (headers: Readonly<Record<string, string>>, change: (value: string) => string | readonly string[]) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));
const upper = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
const token = { authorization: 'Bearer a.b.c', 'x-api-key': 'k' };

const OF_EACH = senderNames.flatMap((sender): MessageCase[] => [
  [`no header of ${sender}`, (body) => ({ sender, body, headers: {} }), 401],
  [`a token in place of the headers of ${sender}`, (body) => ({ sender, body, headers: token }), 401],
  [`the key of another webhook at ${sender}`, signed(sender, { key: OTHER_KEYS[sender] }), 401],
  [`each header of ${sender} twice`, changed(sender, (headers) => every(headers, (value) => [value, value])), 401],
  [`headers of ${sender} in two spellings`, changed(sender, (headers) => ({ ...headers, ...upper(headers) })), 401],
  [`empty headers of ${sender}`, changed(sender, (headers) => every(headers, () => '')), 401],
  [`only the signature of ${sender} in two lines`, inSignature(sender, (value) => [value, value]), 401],
]);

const OF_STRIPE: readonly MessageCase[] = [
  ['only v0', stripe((value) => value.replace('v1=', 'v0=')), 401],
  ['V1 in upper case', stripe((value) => value.replace('v1=', 'V1=')), 401],
  ['v1 as a part of a name', stripe((value) => value.replace('v1=', 'xv1=')), 401],
  ['v1 without a value', stripe((value) => value.replace(/v1=.*/, 'v1')), 401],
  ['a time alone', stripe((value) => value.replace(/,.*/, '')), 401],
  ['a digest alone', stripe((value) => value.replace(/.*,/, '')), 401],
  ['two times', stripe((value) => `t=${secondsAgo()},${value}`), 401],
  ['a second time after it', stripe((value) => `${value},t=${secondsAgo(9)}`), 401],
  ['white space between parts', stripe((value) => value.replace(',', ', ')), 401],
  ['a comma at the end', stripe((value) => `${value},`), 401],
  ['semicolons between parts', stripe((value) => value.replace(',', ';')), 401],
  ['two lines that a proxy joined', stripe((value) => `${value}, ${value}`), 401],
  ['a valid line after a wrong one', stripe((value) => [value.replace(/v1=.*/, `v1=${WRONG}`), value]), 401],
  ['the right one after 20 wrong ones', stripe((value) => among(value, 20)), 401],
  ['thousands of empty digests', stripe((value) => `${value}${',v1='.repeat(1_500)}`), 401],
  ['thousands of commas', stripe((value) => `${value}${','.repeat(6_000)}`), 401],
  ['the parts in the other order', stripe((value) => value.split(',').reverse().join(',')), 204],
  ['v0 and a wrong one beside the right one', stripe((value) => `${value},v0=${WRONG},v1=${WRONG}`), 204],
  ['the right one after 13 wrong ones', stripe((value) => among(value, 13)), 204],
];

const OF_GITHUB: readonly MessageCase[] = [
  ['sha1 in place of sha256', github((value) => value.replace('sha256', 'sha1')), 401],
  ['SHA256 in upper case', github((value) => value.replace('sha256', 'SHA256')), 401],
  ['a digest without its name', github((value) => value.replace('sha256=', '')), 401],
  ['two digests where one is', github((value) => `${value},sha256=${WRONG}`), 401],
  ['a header of 7 KB', github((value) => `${value}${'0'.repeat(7_000)}`), 401],
  ['the older header', changed('github', (h) => ({ 'x-hub-signature': h[SIGNATURE.github] ?? '' })), 401],
  [
    'the digest of another sender',
    (body) => {
      const slack = signMessage('slack', { body })[SIGNATURE.slack] ?? '';
      return { sender: 'github', body, headers: { [SIGNATURE.github]: slack.replace('v0=', 'sha256=') } };
    },
    401,
  ],
];

const OF_STANDARD: readonly MessageCase[] = [
  ['v1a, which is asymmetric', standard((value) => value.replace('v1,', 'v1a,')), 401],
  ['v2 of the same digest', standard((value) => value.replace('v1,', 'v2,')), 401],
  ['an equals sign in place of the comma', standard((value) => value.replace('v1,', 'v1=')), 401],
  ['a digest after a second comma', standard((value) => value.replace('v1,', `v1,${WRONG_BASE64},`)), 401],
  ['two spaces between signatures', standard((value) => `v1,${WRONG_BASE64}  ${value}`), 401],
  ['a tab between signatures', standard((value) => `v1,${WRONG_BASE64}\t${value}`), 401],
  ['a wrong one and v1a before the right one', standard((value) => `v1a,AAAA v1,${WRONG_BASE64} ${value}`), 204],
];

/** What the header of a signature can contain besides digests. */
export const signatures: readonly MessageCase[] = [...OF_EACH, ...OF_STRIPE, ...OF_GITHUB, ...OF_STANDARD];

function among(value: string, wrong: number): string {
  return value.replace(',', `,${`v1=${WRONG},`.repeat(wrong)}`);
}
