import { fileTypeFromBuffer } from 'file-type';
import type { UploadType } from '../../../lib/definition/upload.ts';
import { inspectGif } from './gif.ts';
import { rejectHiddenContent } from './hiddenContent.ts';
import type { Dimensions, Inspector, InspectorLimits } from './inspector.ts';
import { inspectJpeg } from './jpeg.ts';
import { inspectPdf } from './pdf.ts';
import { inspectPng } from './png.ts';
import { mismatch } from './rejection.ts';
import { inspectText } from './text.ts';
import { inspectWebp } from './webp.ts';
import { inspectZip } from './zip.ts';

const INSPECTORS: Readonly<Record<UploadType, Inspector>> = {
  'image/png': inspectPng,
  'image/jpeg': inspectJpeg,
  'image/gif': inspectGif,
  'image/webp': inspectWebp,
  'application/pdf': inspectPdf,
  'application/zip': inspectZip,
  'text/plain': inspectText,
  'text/csv': inspectText,
};

/** Text has no signature. */
const WITHOUT_SIGNATURE: readonly string[] = ['text/plain', 'text/csv'] satisfies UploadType[];

/**
 * Inspects the content of a file of a declared type: first its signature, then every byte by the rules of the format,
 * then whether it contains other formats.
 *
 * @throws {FileRejected} `upload-content-mismatch`, `upload-content-dangerous`.
 */
export async function inspectContent(
  bytes: Buffer,
  type: string,
  limits: InspectorLimits,
): Promise<Dimensions | undefined> {
  const inspect = INSPECTORS[type as UploadType];
  if (bytes.length === 0) throw mismatch('empty', 'must not be empty');
  if ((await signatureOf(bytes)) !== (WITHOUT_SIGNATURE.includes(type) ? undefined : type)) {
    throw mismatch('signature', 'must be of the type that it declares');
  }
  const size = inspect(bytes, limits);
  rejectHiddenContent(bytes, type);
  return size;
}

/** A file on which the detector fails has no type. */
async function signatureOf(bytes: Buffer): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(bytes))?.mime;
  } catch {
    return 'unreadable';
  }
}
