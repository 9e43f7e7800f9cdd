import { isIP } from 'node:net';
import { der } from './der.ts';

/** Subject alternative names of a test certificate. */
export interface AlternativeNames {
  /** Dns names, or addresses. */
  readonly names?: readonly string[];
  readonly uris?: readonly string[];
  readonly emails?: readonly string[];
  readonly rawNames?: readonly { readonly tag: number; readonly bytes: Uint8Array }[];
}

/** GeneralName of RFC 5280 (section 4.2.1.6): 1 is an email address, 2 a dns name, 6 a URI, 7 an address. */
export function alternativeNames({
  names = [],
  uris = [],
  emails = [],
  rawNames = [],
}: AlternativeNames): readonly Uint8Array<ArrayBuffer>[] {
  const of = (tag: number, text: string) => der.value(0x80 | tag, Buffer.from(text));
  return [
    ...names.map((name) => (isIP(name) === 0 ? of(2, name) : der.value(0x87, addressBytes(name)))),
    ...uris.map((uri) => of(6, uri)),
    ...emails.map((email) => of(1, email)),
    ...rawNames.map(({ tag, bytes }) => der.value(0x80 | tag, bytes)),
  ];
}

function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const [before, after] = [groups(head), groups(tail)];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}
