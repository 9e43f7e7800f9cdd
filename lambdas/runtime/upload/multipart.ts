import busboy from 'busboy';
import type { UploadRules } from '../../../lib/definition/upload.ts';
import { HttpProblem } from '../problem.ts';

/** A file of a form, as the client sent it. */
export interface FormFile {
  /** The name that the client gave; undefined without one. */
  readonly name: string | undefined;
  /** Media type that the client declares, in lower case, without parameters. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** RFC 7578, section 4.1, and RFC 2046, section 5.1.1: 1–70 characters, quoted unless they are a token. */
const FORM = /^multipart\/form-data[ \t]*;(?:.*;)?[ \t]*boundary=(?:"([^"\\]{1,70})"|([^\s";,]{1,70}))[ \t]*(?:;|$)/i;
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;
/** RFC 7578, section 4.7: any other encoding is deprecated, and would need decoding before a file is inspected. */
const PLAIN_ENCODINGS = ['7bit', '8bit', 'binary'];

/**
 * Reads the files of a form. A form that another reader could read differently is rejected: a boundary inside a
 * file, parts that are not files, encoded parts.
 *
 * @throws {HttpProblem} `upload-malformed`, `upload-field-unexpected`, `upload-file-missing`, `upload-too-many-files`,
 * `payload-too-large`.
 */
export async function formFiles(bytes: Buffer, contentType: string, rules: UploadRules): Promise<readonly FormFile[]> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw malformed('The Content-Type has no boundary.');
  const found = await parse(bytes, boundary, rules);
  if (found.problem !== undefined) throw found.problem;
  if (found.files.length === 0) throw missing(rules);
  if (delimiters(bytes, boundary) !== found.files.length + 1) {
    throw malformed('The form has parts that are not files, or its boundary is inside a file.');
  }
  return found.files;
}

/** Whether a media type is that of a form, with or without its boundary. */
export function isForm(contentType: string): boolean {
  return /^multipart\/form-data[ \t]*(?:;|$)/i.test(contentType);
}

function boundaryOf(contentType: string): string | undefined {
  const [, quoted, token] = FORM.exec(contentType) ?? [];
  const boundary = quoted ?? token ?? '';
  return BOUNDARY.test(boundary) ? boundary : undefined;
}

interface Found {
  readonly files: FormFile[];
  problem: HttpProblem | undefined;
}

function parse(bytes: Buffer, boundary: string, rules: UploadRules): Promise<Found> {
  const found: Found = { files: [], problem: undefined };
  const reject = (problem: HttpProblem) => {
    found.problem ??= problem;
  };
  return new Promise((done) => {
    const parser = busboy({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
      // Keeps names unchanged, with their paths, so that the check sees them.
      preservePath: true,
      defParamCharset: 'utf8',
      // The parser truncates a file that reaches the limit, so the limit is one byte above the allowed size.
      limits: { files: rules.maxFiles, fileSize: rules.maxBytes + 1 },
    });
    parser.on('file', (field, stream, { filename, mimeType, encoding }) => {
      if (field !== rules.field) reject(unexpected(rules));
      if (!PLAIN_ENCODINGS.includes(encoding)) reject(malformed('A part has a Content-Transfer-Encoding.'));
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('limit', () => reject(tooLarge(rules)));
      // The parser reports it, too.
      stream.on('error', () => undefined);
      stream.on('end', () => {
        const file = { name: filename, type: mimeType, bytes: Buffer.concat(parts) };
        // A browser sends this for an empty field.
        if (filename === undefined && file.bytes.length === 0) reject(missing(rules));
        found.files.push(file);
      });
    });
    parser.on('field', () => reject(unexpected(rules)));
    parser.on('filesLimit', () => reject(tooMany(rules)));
    parser.on('error', () => {
      reject(malformed('The body is no complete form.'));
      done(found);
    });
    parser.on('close', () => done(found));
    parser.end(bytes);
  });
}

/** Number of delimiters in a form, including the closing one. */
function delimiters(bytes: Buffer, boundary: string): number {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let count = bytes.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2)) ? 1 : 0;
  for (let at = bytes.indexOf(delimiter); at !== -1; at = bytes.indexOf(delimiter, at + 2)) count += 1;
  return count;
}

function malformed(detail: string): HttpProblem {
  return new HttpProblem('upload-malformed', detail);
}

function unexpected({ field }: UploadRules): HttpProblem {
  return new HttpProblem('upload-field-unexpected', `The form may have files in the field ${field}, and nothing else.`);
}

function missing({ field }: UploadRules): HttpProblem {
  return new HttpProblem('upload-file-missing', `Send a file in the field ${field}.`);
}

function tooMany({ maxFiles }: UploadRules): HttpProblem {
  return new HttpProblem(
    'upload-too-many-files',
    `The form may have at most ${maxFiles} file${maxFiles === 1 ? '' : 's'}.`,
  );
}

function tooLarge({ maxBytes }: UploadRules): HttpProblem {
  return new HttpProblem('payload-too-large', `A file may have at most ${maxBytes} bytes.`);
}
