import { fileTypeFromBuffer } from 'file-type';
import type { UploadType } from '../../../lib/definition/upload.ts';
import { refuseForeign } from './foreign.ts';
import { judgeGif } from './gif.ts';
import { judgeJpeg } from './jpeg.ts';
import type { Dimensions, Judge, JudgeLimits } from './judge.ts';
import { judgePdf } from './pdf.ts';
import { judgePng } from './png.ts';
import { mismatch } from './refused.ts';
import { judgeText } from './text.ts';
import { judgeWebp } from './webp.ts';
import { judgeZip } from './zip.ts';

const JUDGES: Readonly<Record<UploadType, Judge>> = {
  'image/png': judgePng,
  'image/jpeg': judgeJpeg,
  'image/gif': judgeGif,
  'image/webp': judgeWebp,
  'application/pdf': judgePdf,
  'application/zip': judgeZip,
  'text/plain': judgeText,
  'text/csv': judgeText,
};

/** Text has no signature: it is what nothing else is. */
const WITHOUT_SIGNATURE: readonly string[] = ['text/plain', 'text/csv'] satisfies UploadType[];

/**
 * Judges the content of a file against the type that was declared for it: first by its signature, then from the first byte to
 * the last by the rules of the format, then for what of other formats is in it.
 *
 * @throws {Refused} `upload-content-mismatch`, `upload-content-dangerous`.
 */
export async function judgeContent(bytes: Buffer, type: string, limits: JudgeLimits): Promise<Dimensions | undefined> {
  const judge = JUDGES[type as UploadType];
  if (bytes.length === 0) throw mismatch('empty', 'must not be empty');
  if ((await signatureOf(bytes)) !== (WITHOUT_SIGNATURE.includes(type) ? undefined : type)) {
    throw mismatch('signature', 'must be of the type that it declares');
  }
  const size = judge(bytes, limits);
  refuseForeign(bytes, type);
  return size;
}

/** A file that breaks the detector is of no type. */
async function signatureOf(bytes: Buffer): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(bytes))?.mime;
  } catch {
    return 'unreadable';
  }
}
