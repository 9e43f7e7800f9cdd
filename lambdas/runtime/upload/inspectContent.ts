import type { UploadType } from '../../../lib/definition/upload.ts';
import { inspectGif } from './gif.ts';
import type { InspectedContent, Inspector, InspectorLimits } from './inspector.ts';
import { inspectJpeg } from './jpeg.ts';
import { inspectPng } from './png.ts';
import { dangerous, mismatch } from './rejection.ts';
import { inspectText } from './text.ts';
import { inspectWebp } from './webp.ts';
import { inspectZip } from './zip.ts';

const INSPECTORS: Readonly<Record<UploadType, Inspector>> = {
  'image/png': inspectPng,
  'image/jpeg': inspectJpeg,
  'image/gif': inspectGif,
  'image/webp': inspectWebp,
  'application/zip': inspectZip,
  'text/plain': inspectText,
  'text/csv': inspectText,
};

/** Viewers look for these in the first bytes, whatever the name and the type of a file (ISO 32000-1, annex H, note 13). */
const DOCUMENTS = { headers: ['%PDF-', '%!PS'], within: 1024 } as const;
/** APPNOTE.TXT, section 4.3.16: programs look for an archive's end record behind at most 65,535 bytes of comment. */
const ARCHIVE_END = Buffer.from('504b0506', 'hex');
const ARCHIVE_END_BYTES = 22 + 65_535;

/**
 * Inspects the content of a file of a declared type: every byte by the rules of the format, from its signature to its end.
 *
 * @returns the content, of an image without what is not needed to show it.
 * @throws {FileRejected} `upload-content-mismatch`, `upload-content-dangerous`.
 */
export async function inspectContent(bytes: Buffer, type: string, limits: InspectorLimits): Promise<InspectedContent> {
  const inspect = INSPECTORS[type as UploadType];
  if (bytes.length === 0) throw mismatch('empty');
  const content = await inspect(bytes, limits);
  // Text, colours and names can be chosen so that they form a document.
  const start = content.bytes.subarray(0, DOCUMENTS.within);
  if (DOCUMENTS.headers.some((header) => start.includes(header))) throw mismatch('signature');
  // Pixels can be chosen so that they form an archive.
  if (type !== 'application/zip' && content.bytes.subarray(-ARCHIVE_END_BYTES).includes(ARCHIVE_END)) {
    throw dangerous('hidden-archive', 'must not be an archive as well');
  }
  return content;
}
