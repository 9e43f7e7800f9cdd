/**
 * The few values in DER (ITU-T X.690) that @peculiar/x509 has no class for: the number of a revocation list (RFC 5280, section
 * 5.2.3) and the constraints on names (section 4.2.1.10).
 */
import type { AlternativeName, NameKind } from './names.ts';

/** The context tags of names in certificates: https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
const TAGS: Readonly<Record<NameKind, number>> = { email: 0x81, dns: 0x82, uri: 0x86 };

/** A whole number that is not negative. */
export function integer(number: number): Uint8Array<ArrayBuffer> {
  const digits = number.toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  return value(0x02, Buffer.from(/^[89a-f]/.test(hex) ? `00${hex}` : hex, 'hex'));
}

/** The value of the extension that permits only these names, of the kinds among them. */
export function permittedNames(names: readonly AlternativeName[]): Uint8Array<ArrayBuffer> {
  const subtrees = names.map(({ kind, value: name }) => value(0x30, value(TAGS[kind], Buffer.from(name, 'latin1'))));
  return value(0x30, value(0xa0, Buffer.concat(subtrees)));
}

function value(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([tag, ...lengthOf(content.length), ...content]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
