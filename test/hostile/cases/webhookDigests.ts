import { inSignature, type MessageCase, WRONG, WRONG_BASE64 } from '../message.ts';

/** How a digest in hexadecimal can be written otherwise. */
const HEX: Readonly<Record<string, (hex: string) => string>> = {
  'in upper case': (hex) => hex.replace(/./, 'a').toUpperCase(),
  'one digit short': (hex) => hex.slice(1),
  'one byte short': (hex) => hex.slice(0, -2),
  'of its first half': (hex) => hex.slice(0, 32),
  'of its first byte': (hex) => hex.slice(0, 2),
  'one digit long': (hex) => `${hex}0`,
  'twice in a row': (hex) => `${hex}${hex}`,
  'after 0x': (hex) => `0x${hex}`,
  'in quotes': (hex) => `"${hex}"`,
  'with a space and a dot at its end': (hex) => `${hex} .`,
  'in base64': (hex) => Buffer.from(hex, 'hex').toString('base64'),
  'with one bit changed': (hex) => `${hex.slice(0, -1)}${(Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16)}`,
  reversed: (hex) => [...hex].reverse().join(''),
  'of nothing': () => '',
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
  'of nothing': () => '',
  'of zeros': () => WRONG_BASE64,
};

/** The right digest, written as its sender does not write it, and digests that are not right. */
export const digests: readonly MessageCase[] = [
  ...Object.entries(HEX).flatMap(([how, change]): MessageCase[] => [
    [`stripe, ${how}`, inSignature('stripe', (value) => after(value, 'v1=', change)), 401],
    [`github, ${how}`, inSignature('github', (value) => after(value, 'sha256=', change)), 401],
    [`slack, ${how}`, inSignature('slack', (value) => after(value, 'v0=', change)), 401],
  ]),
  ...Object.entries(BASE64).flatMap(([how, change]): MessageCase[] => [
    [`standard, ${how}`, inSignature('standard', (value) => after(value, 'v1,', change)), 401],
    [`shop, ${how}`, inSignature('shop', change), 401],
  ]),
];

function after(value: string, prefix: string, change: (digest: string) => string): string {
  const at = value.indexOf(prefix) + prefix.length;
  return `${value.slice(0, at)}${change(value.slice(at))}`;
}

function nextLetter(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) + 1);
}
