import type { UploadedFile, UploadRules } from '../../../lib/definition/upload.ts';
import { createHash } from '../../shared/nodeCrypto.ts';
import { headerValues, type ProxyEvent } from '../event.ts';
import { HttpProblem } from '../problem.ts';
import { fileName } from './fileName.ts';
import { inspectContent } from './inspectContent.ts';
import { type FormFile, formFiles, isForm } from './multipart.ts';
import { FileRejected } from './rejection.ts';

/** What clients declare for a file that they do not know, or know by another name: then its extension says the type. */
const UNSPECIFIC = [
  'application/octet-stream',
  'application/vnd.ms-excel',
  'application/x-zip-compressed',
  'image/jpg',
  'image/pjpeg',
];

/** Reads the files of a request. Only functions with an upload route have one, because the parsers are large. */
export type UploadReader = (event: ProxyEvent, rules: UploadRules) => Promise<readonly UploadedFile[]>;

/**
 * Reads the files of a request and inspects each: media type of the request, size, form, then for each file its
 * declared type, its name and its content, in this order. It stops at the first fault.
 *
 * @throws {HttpProblem} 400 `upload-malformed`, `upload-field-unexpected`, `upload-file-missing`,
 * `upload-too-many-files`; 413 `payload-too-large`; 415 `unsupported-media-type`; 422 `upload-name-rejected`,
 * `upload-content-mismatch`, `upload-content-dangerous`.
 */
export const readUpload: UploadReader = async (event, rules) => {
  const contentType = mediaTypeOf(event);
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.length > rules.maxFormBytes) {
    throw new HttpProblem('payload-too-large', `The form has more than ${rules.maxFormBytes} bytes.`);
  }
  const files: UploadedFile[] = [];
  for (const [i, file] of formFiles(bytes, contentType, rules).entries()) {
    files.push(await inspected(file, rules, pointerOf(rules, i)));
  }
  return files;
};

function mediaTypeOf(event: ProxyEvent): string {
  const [type = '', ...others] = headerValues(event, 'content-type');
  const isPlain = headerValues(event, 'content-encoding').every((encoding) => encoding.toLowerCase() === 'identity');
  if (others.length === 0 && isPlain && isForm(type)) return type;
  throw new HttpProblem('unsupported-media-type', 'Send multipart/form-data, without Content-Encoding.');
}

async function inspected(file: FormFile, rules: UploadRules, pointer: string): Promise<UploadedFile> {
  const { name, bytes } = file;
  const type = typeOf(file, rules);
  try {
    if (!Object.hasOwn(rules.types, type)) {
      const allowed = Object.keys(rules.types).join(', ');
      throw new FileRejected('unsupported-media-type', 'media-type', `must be declared as ${allowed}`);
    }
    const named = fileName(name, type, rules.types);
    const content = await inspectContent(bytes, type, rules);
    return { ...named, type, sha256: createHash('sha256').update(content.bytes).digest('base64'), ...content };
  } catch (error) {
    throw error instanceof FileRejected ? error.at(pointer) : error;
  }
}

function typeOf({ name, type }: FormFile, { types }: UploadRules): string {
  if (!UNSPECIFIC.includes(type)) return type;
  const [byName = type] = Object.keys(types).filter((known) =>
    types[known]?.some((extension) => name.toLowerCase().endsWith(extension)),
  );
  return byName;
}

/** The location of a file in the form, as if that were JSON (RFC 6901). */
export function pointerOf({ field, maxFiles }: UploadRules, index: number): string {
  return maxFiles === 1 ? `/${field}` : `/${field}/${index}`;
}
