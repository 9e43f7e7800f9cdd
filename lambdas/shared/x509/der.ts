/**
 * Reads DER (ITU-T X.690, section 10), in which every value has exactly one encoding. What OpenSSL or a tolerant parser could read in another
 * way is rejected: indefinite and non-minimal lengths, bytes after a value, padded integers.
 */

/** One value: its tag, its content, and all of its bytes. */
export interface DerValue {
  readonly tag: number;
  readonly bytes: Buffer;
  readonly whole: Buffer;
}

/** Universal tags. */
export const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Bytes that are no certificate or list as RFC 5280 has them. The message says what they are, and continues a sentence: "is cut". */
export class X509Invalid extends Error {
  constructor(is: string) {
    super(is);
    this.name = 'X509Invalid';
  }
}

/** A hostile value with millions of empty ones in it would fill the memory. Lists of revoked certificates are read by {@link valuesIn}. */
const MOST_VALUES = 10_000;
/** A length of more bytes is one of more than 4 GB. */
const MOST_LENGTH_BYTES = 4;
/** No identifier in use comes near. A number in one of megabytes would take minutes. */
const MOST_OID_BYTES = 64;

/** Reads bytes that are one value. @throws {X509Invalid} */
export function readOne(bytes: Buffer): DerValue {
  const value = valueAt(bytes, 0);
  if (value.whole.length !== bytes.length) throw new X509Invalid('has bytes after its end');
  return value;
}

/** The values in a constructed one, one after the other. @throws {X509Invalid} */
export function* valuesIn(bytes: Buffer): Generator<DerValue, void, undefined> {
  for (let at = 0; at < bytes.length; ) {
    const value = valueAt(bytes, at);
    yield value;
    at += value.whole.length;
  }
}

/** All values in a constructed one. @throws {X509Invalid} */
export function readAll(bytes: Buffer): readonly DerValue[] {
  const values: DerValue[] = [];
  for (const value of valuesIn(bytes)) {
    if (values.length === MOST_VALUES) throw new X509Invalid(`has more than ${MOST_VALUES} values in one`);
    values.push(value);
  }
  return values;
}

/** The values of a sequence. @throws {X509Invalid} */
export function sequenceOf(value: DerValue | undefined): readonly DerValue[] {
  return readAll(bytesOf(value, TAGS.sequence));
}

/** The content of a value of this tag. @throws {X509Invalid} */
export function bytesOf(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new X509Invalid('has a value of another type than expected');
  return value.bytes;
}

/** The content of an integer that is not negative. @throws {X509Invalid} */
export function integerOf(value: DerValue | undefined): Buffer {
  const bytes = bytesOf(value, TAGS.integer);
  const [first, second] = bytes;
  if (first === undefined || first >= 0x80) throw new X509Invalid('has a negative or empty number');
  if (first === 0 && second !== undefined && second < 0x80) throw new X509Invalid('has a number with padding');
  return bytes;
}

/** A serial number in upper-case hexadecimal without padding, as `X509Certificate` of Node.js writes it. @throws {X509Invalid} */
export function serialOf(value: DerValue | undefined): string {
  const hex = integerOf(value).toString('hex').toUpperCase();
  return hex === '00' ? '0' : hex.replace(/^00/, '');
}

/** The bits of a bit string that is of whole bytes. @throws {X509Invalid} */
export function bitsOf(value: DerValue | undefined): Buffer {
  const bytes = bytesOf(value, TAGS.bitString);
  if (bytes[0] !== 0) throw new X509Invalid('has a bit string that is not of whole bytes');
  return bytes.subarray(1);
}

/** An object identifier in dots. @throws {X509Invalid} */
export function oidOf(value: DerValue | undefined): string {
  const bytes = bytesOf(value, TAGS.oid);
  if (bytes.length > MOST_OID_BYTES) throw new X509Invalid('has an identifier that is too long');
  const parts: bigint[] = [];
  let part = 0n;
  let isStart = true;
  for (const byte of bytes) {
    if (isStart && byte === 0x80) throw new X509Invalid('has an identifier with padding');
    part = (part << 7n) | BigInt(byte & 0x7f);
    isStart = byte < 0x80;
    if (!isStart) continue;
    parts.push(part);
    part = 0n;
  }
  const [first] = parts;
  if (first === undefined || !isStart) throw new X509Invalid('has an identifier that is cut');
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...parts.slice(1)].join('.');
}

/** UTCTime or GeneralizedTime in epoch milliseconds, as RFC 5280 (section 4.1.2.5) has them: to the second, in UTC. @throws {X509Invalid} */
export function timeOf(value: DerValue | undefined): number {
  const text = value?.bytes.toString('latin1') ?? '';
  const whole = value?.tag === TAGS.utcTime ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(whole) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = value !== undefined && isTime(value) ? Date.parse(iso) : Number.NaN;
  // Date takes the 30th of February for the 2nd of March.
  if (Number.isNaN(time) || new Date(time).toISOString() !== iso)
    throw new X509Invalid('has a time that RFC 5280 does not allow');
  return time;
}

/** Whether a value is a time. */
export function isTime({ tag }: DerValue): boolean {
  return tag === TAGS.utcTime || tag === TAGS.generalizedTime;
}

function valueAt(bytes: Buffer, at: number): DerValue {
  const [tag, first] = bytes.subarray(at, at + 2);
  if (tag === undefined || first === undefined) throw new X509Invalid('is cut');
  // Tags of several bytes do not occur in certificates.
  if ((tag & 0x1f) === 0x1f) throw new X509Invalid('has a tag that certificates do not use');
  const { length, start } = first < 0x80 ? { length: first, start: at + 2 } : longLength(bytes, at + 2, first & 0x7f);
  const end = start + length;
  if (end > bytes.length) throw new X509Invalid('is cut');
  return { tag, bytes: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

function longLength(bytes: Buffer, at: number, octets: number): { readonly length: number; readonly start: number } {
  // 0x80 is the indefinite length, which DER does not have.
  if (octets === 0 || octets > MOST_LENGTH_BYTES) throw new X509Invalid('has a length that DER does not allow');
  if (at + octets > bytes.length) throw new X509Invalid('is cut');
  const length = bytes.readUIntBE(at, octets);
  if (length < 0x80 || bytes[at] === 0) throw new X509Invalid('has a length that is not the shortest');
  return { length, start: at + octets };
}
