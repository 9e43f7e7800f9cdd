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
  const [r, s] = [integerOf(signature.subarray(0, half)), integerOf(signature.subarray(half))];
  const length = r.length + s.length;
  const start = length < 0x80 ? [SEQUENCE, length] : [SEQUENCE, ONE_LENGTH_BYTE, length];
  return Buffer.concat([Buffer.from(start), r, s]);
}

/** A positive number: without zeros at its start, but with one where its first bit would be that of a negative number. */
function integerOf(bytes: Buffer): Buffer {
  let first = 0;
  while (first < bytes.length - 1 && bytes[first] === 0) first += 1;
  const isPadded = (bytes[first] ?? 0) >= 0x80;
  const length = bytes.length - first + (isPadded ? 1 : 0);
  const integer = Buffer.alloc(2 + length);
  integer[0] = INTEGER;
  integer[1] = length;
  bytes.copy(integer, isPadded ? 3 : 2, first);
  return integer;
}
