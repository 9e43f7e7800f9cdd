import { X509Invalid } from './der.ts';

const BEGIN = '-----BEGIN';
/** RFC 7468, section 3. Only white space of ASCII: JavaScript takes a byte order mark for white space, too. */
const FIRST_LINE = /^[ \t\r\n]*-----BEGIN ([A-Z0-9 ]{1,64})-----/;
const SPACE = /^[ \t\r\n]*$/;

/**
 * The DER of a file that is one block of PEM with one of these labels, or the DER itself. A second block, text or a byte order mark around
 * it is rejected: another reader could see something else in the file.
 *
 * @throws {X509Invalid}
 */
export function derOfFile(bytes: Buffer, labels: readonly string[]): Buffer {
  return bytes.includes(BEGIN) && bytes[0] !== 0x30 ? derOfPem(bytes.toString('latin1'), labels) : bytes;
}

/** The DER of a string that is one block of PEM with one of these labels. @throws {X509Invalid} */
export function derOfPem(pem: string, labels: readonly string[]): Buffer {
  const [first = '', label = ''] = FIRST_LINE.exec(pem) ?? [];
  const last = `-----END ${label}-----`;
  const end = pem.indexOf(last, first.length);
  if (label === '' || end < 0) throw new X509Invalid('is not one block of PEM');
  if (!SPACE.test(pem.slice(end + last.length))) throw new X509Invalid('has something after its PEM block');
  if (!labels.includes(label)) throw new X509Invalid(`is PEM of the kind ${label}`);
  const base64 = pem.slice(first.length, end).replaceAll(/[ \t\r\n]/g, '');
  const der = Buffer.from(base64, 'base64');
  // Node.js skips characters that are not of the alphabet, and ends at padding.
  if (der.length === 0 || der.toString('base64') !== base64) throw new X509Invalid('has base64 that is damaged');
  return der;
}
