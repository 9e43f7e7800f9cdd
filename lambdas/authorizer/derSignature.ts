/** Tags of DER (X.690, section 8). */
const INTEGER = 0x02;
const SEQUENCE = 0x30;
/** What precedes a length that does not fit into seven bits, and fits into eight (X.690, section 8.1.3.5). */
const ONE_LENGTH_BYTE = 0x81;

/**
 * The signature of ECDSA in DER (RFC 3279, section 2.2.3), as OpenSSL verifies it, of one that is `r || s` as a JWT has it (RFC 7518,
 * section 3.4). Node converts too (`dsaEncoding`), in a quarter of the time that the verification takes.
 *
 * @param signature both numbers, of the same length: at most 66 bytes each.
 */
export function derSignature(signature: Buffer): Buffer {
  const half = signature.length / 2;
  const r = firstDigit(signature, 0, half);
  const s = firstDigit(signature, half, signature.length);
  const length = integerLength(signature, r, half) + integerLength(signature, s, signature.length);
  const start = length < 0x80 ? 2 : 3;
  // One buffer for all: those for the parts, and their copies, would take longer than all else here.
  const der = Buffer.allocUnsafe(start + length);
  der[0] = SEQUENCE;
  if (start === 3) der[1] = ONE_LENGTH_BYTE;
  der[start - 1] = length;
  writeInteger(der, writeInteger(der, start, signature, r, half), signature, s, signature.length);
  return der;
}

/** Where a number begins: after its zeros, or with its last byte. */
function firstDigit(bytes: Buffer, start: number, end: number): number {
  let first = start;
  while (first < end - 1 && bytes[first] === 0) first += 1;
  return first;
}

/** A positive number has a zero at its start where its first bit would be that of a negative number. */
function isPadded(bytes: Buffer, first: number): boolean {
  return (bytes[first] ?? 0) >= 0x80;
}

/** Bytes of an integer with its tag and its length. */
function integerLength(bytes: Buffer, first: number, end: number): number {
  return 2 + (isPadded(bytes, first) ? 1 : 0) + end - first;
}

/** Writes an integer, and returns where the next one begins. */
function writeInteger(der: Buffer, at: number, bytes: Buffer, first: number, end: number): number {
  let position = at;
  der[position++] = INTEGER;
  der[position++] = integerLength(bytes, first, end) - 2;
  if (isPadded(bytes, first)) der[position++] = 0;
  for (let i = first; i < end; i += 1) der[position++] = bytes[i] ?? 0;
  return position;
}
