/** An element of DER (ITU-T X.690): its tag, its content, and all of its bytes. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly bytes: Buffer;
}

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

/**
 * Reads one element.
 *
 * @throws {RangeError} when the bytes end too early, or the length has a form that DER does not use.
 */
export function readDer(bytes: Buffer, at = 0): Der {
  const tag = bytes.readUInt8(at);
  const first = bytes.readUInt8(at + 1);
  if (first === 0x80 || first > 0x84) throw new RangeError('not DER');
  const size = first < 0x80 ? 0 : first & 0x7f;
  const length = size === 0 ? first : bytes.readUIntBE(at + 2, size);
  const start = at + 2 + size;
  if (start + length > bytes.length) throw new RangeError('not DER: cut');
  return { tag, content: bytes.subarray(start, start + length), bytes: bytes.subarray(at, start + length) };
}

/** The elements inside a constructed element. */
export function childrenOf({ content }: Der): readonly Der[] {
  const children: Der[] = [];
  for (let at = 0; at < content.length; ) {
    const child = readDer(content, at);
    children.push(child);
    at += child.bytes.length;
  }
  return children;
}

/** The element at a position, which has to exist. */
export function childOf(parent: Der, index: number): Der {
  const child = childrenOf(parent)[index];
  if (child === undefined) throw new RangeError('not DER: an element is missing');
  return child;
}

/** An object identifier in dots. */
export function oidOf({ content }: Der): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (parts.length === 0) {
      const top = Math.min(Math.floor(value / 40), 2);
      parts.push(top, value - top * 40);
    } else parts.push(value);
    value = 0;
  }
  return parts.join('.');
}

/** UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 writes them. */
export function timeOf({ tag, content }: Der): Date {
  const text = content.toString('latin1');
  const whole = tag === TAG.utcTime ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(whole) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date.getTime())) throw new RangeError('not a time of RFC 5280');
  return date;
}

/** Writes an element. */
export function writeDer(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

/** The DER of a PEM text, or the bytes themselves. */
export function derOf(bytes: Buffer): Buffer {
  const [, body] = /-----BEGIN [A-Z0-9 ]+-----([\s\S]*?)-----END /.exec(bytes.toString('latin1')) ?? [];
  return body === undefined ? bytes : Buffer.from(body, 'base64');
}
