import { X509Invalid } from './der.ts';

const SPACE = '[ \\t\\r\\n]*';
/** RFC 7468, section 3: a block. The alphabet has no hyphen, so the expression takes linear time. */
const BLOCK = new RegExp(`^${SPACE}-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/= \\t\\r\\n]*)-----END \\1-----${SPACE}$`);
const BEGIN = '-----BEGIN';

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
  const [, label = '', body = ''] = BLOCK.exec(pem) ?? [];
  if (label === '')
    throw new X509Invalid(isOneBlock(pem) ? 'has something before or after its PEM block' : 'is not one block of PEM');
  if (!labels.includes(label)) throw new X509Invalid(`is PEM of the kind ${label}`);
  const base64 = body.replaceAll(/[ \t\r\n]/g, '');
  const der = Buffer.from(base64, 'base64');
  // Node.js skips characters that are not of the alphabet, and ends at padding.
  if (der.length === 0 || der.toString('base64') !== base64) throw new X509Invalid('has base64 that is damaged');
  return der;
}

function isOneBlock(pem: string): boolean {
  return pem.split(BEGIN).length === 2 && pem.split('-----END').length === 2;
}
