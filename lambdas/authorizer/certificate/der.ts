/** One value of DER (X.690): its tag, its bytes, and itself with tag and length. */
export interface DerValue {
  readonly tag: number;
  readonly bytes: Buffer;
  readonly whole: Buffer;
}

/** Universal tags, and that of a constructed value with an own meaning. */
export const TAGS = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, sequence: 0x30 };

/** The bytes are no DER of the expected shape. */
export class DerInvalid extends Error {
  constructor() {
    super('invalid DER');
    this.name = 'DerInvalid';
  }
}

/** Reads bytes that are one value. @throws {DerInvalid} */
export function readOne(bytes: Buffer): DerValue {
  const [first, ...others] = readAll(bytes);
  if (first === undefined || others.length > 0) throw new DerInvalid();
  return first;
}

/** Reads the values of a constructed one, one after the other. Lengths are definite and as short as possible. @throws {DerInvalid} */
export function readAll(bytes: Buffer): readonly DerValue[] {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { start, end } = boundsAt(bytes, at);
    values.push({ tag: bytes[at] ?? 0, bytes: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return values;
}

/** The values of a sequence. @throws {DerInvalid} */
export function sequenceOf(value: DerValue | undefined): readonly DerValue[] {
  return readAll(bytesOf(value, TAGS.sequence));
}

/** The bytes of a value of this tag. @throws {DerInvalid} */
export function bytesOf(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new DerInvalid();
  return value.bytes;
}

/** An integer in upper-case hexadecimal without leading zeros, as Node.js writes serial numbers; negative ones are none. @throws {DerInvalid} */
export function serialOf(value: DerValue | undefined): string {
  const bytes = bytesOf(value, TAGS.integer);
  if (bytes.length === 0 || ((bytes[0] ?? 0) & 0x80) !== 0) throw new DerInvalid();
  return bytes
    .toString('hex')
    .toUpperCase()
    .replace(/^(00)+(?=..)/, '');
}

/** An object identifier in hexadecimal. @throws {DerInvalid} */
export function oidOf(value: DerValue | undefined): string {
  return bytesOf(value, TAGS.oid).toString('hex');
}

function boundsAt(bytes: Buffer, at: number): { readonly start: number; readonly end: number } {
  const first = bytes[at + 1];
  // Tags of several bytes do not occur in certificates.
  if (first === undefined || ((bytes[at] ?? 0) & 0x1f) === 0x1f) throw new DerInvalid();
  const octets = first < 0x80 ? 0 : first & 0x7f;
  // 0x80 is the indefinite length, which DER does not have.
  if (first === 0x80 || octets > 4) throw new DerInvalid();
  const start = at + 2 + octets;
  if (start > bytes.length) throw new DerInvalid();
  const length = octets === 0 ? first : bytes.readUIntBE(at + 2, octets);
  const isShortest = octets === 0 || (length >= 0x80 && bytes[at + 2] !== 0);
  if (!isShortest || start + length > bytes.length) throw new DerInvalid();
  return { start, end: start + length };
}
