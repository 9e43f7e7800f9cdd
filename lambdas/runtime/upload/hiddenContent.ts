import { dangerous } from './rejection.ts';

/** Content that browsers and servers run when it is in a file that they should only show. */
const MARKUP = /<(?:script|html|head|body|iframe|object|embed|svg)[\s/>]|<!doctype\s+html|<\?php\b/i;
const PDF = '%PDF-';
/** Signatures of archives that their programs find anywhere in a file (7-Zip and RAR, both self-extracting). */
const ARCHIVES = [Buffer.from('377abcaf271c', 'hex'), Buffer.from('526172211a07', 'hex')];

/**
 * APPNOTE.TXT, section 4.3.16: a ZIP is read from its end, so it can begin anywhere. A comment has at most 65,535
 * bytes.
 */
const ZIP_END = Buffer.from('504b0506', 'hex');
const ZIP_DIRECTORY = 0x02014b50;
const ZIP_END_BYTES = 22;
const ZIP_COMMENT = 65_535;

/**
 * Rejects a file that is also another one: a page or script, a PDF, or an archive inside something harmless. The search
 * covers the whole file, since each is read from any position. An archive is allowed to hold all of them.
 *
 * @param type the media type of the file itself.
 * @throws {FileRejected} `upload-content-dangerous`.
 */
export function rejectHiddenContent(bytes: Buffer, type: string): void {
  if (type === 'application/zip') return;
  const text = bytes.toString('latin1');
  if (MARKUP.test(text)) throw dangerous('markup', 'must hold no page and no script');
  if (type !== 'application/pdf' && text.includes(PDF)) throw dangerous('hidden-pdf', 'must not be a PDF as well');
  if (ARCHIVES.some((signature) => bytes.includes(signature)) || holdsZip(bytes)) {
    throw dangerous('hidden-archive', 'must not be an archive as well');
  }
}

/** Whether an end record is where programs look for it, with its directory right before it. */
function holdsZip(bytes: Buffer): boolean {
  const first = Math.max(0, bytes.length - ZIP_END_BYTES - ZIP_COMMENT);
  for (let at = bytes.lastIndexOf(ZIP_END); at >= first; at = at === 0 ? -1 : bytes.lastIndexOf(ZIP_END, at - 1)) {
    if (at + ZIP_END_BYTES > bytes.length) continue;
    const directory = at - bytes.readUInt32LE(at + 12);
    if (directory >= 0 && directory < at && bytes.readUInt32LE(directory) === ZIP_DIRECTORY) return true;
  }
  return false;
}
