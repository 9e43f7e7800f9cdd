import type { UploadRules } from '../../../lib/definition/upload.ts';
import { HttpProblem } from '../problem.ts';

/** A file of a form, as the client sent it. */
export interface FormFile {
  /** The name that the client gave; empty without one. */
  readonly name: string;
  /** Media type that the client declares, in lower case, without parameters. */
  readonly type: string;
  readonly bytes: Buffer;
}

const CHARSET = '(?:[ \\t]*;[ \\t]*charset="?utf-8"?)?';
/** RFC 7578, section 4.1, and RFC 2046, section 5.1.1: 1–70 characters, quoted unless they are a token. */
const FORM = new RegExp(
  `^multipart/form-data${CHARSET}[ \\t]*;[ \\t]*boundary=(?:"([^"\\\\]{1,70})"|([^\\s";,]{1,70}))${CHARSET}[ \\t]*$`,
  'i',
);
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;
/** What follows the last delimiter. */
const CLOSING = /^--(?:\r\n)?$/;
/**
 * The header lines of a part, in alphabetical order: what encoders write. A file's name in both spellings is what .NET sends.
 * RFC 7578, section 4.7: encodings are deprecated, and would need decoding before a file is inspected.
 */
const HEAD = new RegExp(
  [
    '^Content-Disposition: ?form-data; ?name=("?)(?<field>[^"\\\\;\\r\\n]*)\\1',
    '(?:; ?filename=(?:"(?<quoted>(?:[^"\\\\\\r\\n]|\\\\[^\\r\\n])*)"|(?<token>[\\w.+-]+)))?',
    "(?:; ?filename\\*=utf-8''(?<extended>(?:%[\\dA-F]{2}|[\\w.!#$&+^`|~-])+))?",
    '(?:\\r\\nContent-Length: ?(?<length>\\d+))?',
    '(?:\\r\\nContent-Transfer-Encoding: ?(?:7bit|8bit|binary))?',
    '(?:\\r\\nContent-Type: ?(?<type>[\\w.+-]+/[\\w.+-]+)(?:; ?charset="?utf-8"?)?)?$',
  ].join(''),
  'i',
);
const MAX_LINES = 4;

/**
 * Reads the files of a form. A form that another reader could read differently is rejected: bytes before, between or after its
 * parts, a boundary inside a file, parts that are not files, headers or parameters twice or of other kinds.
 *
 * @throws {HttpProblem} `upload-malformed`, `upload-field-unexpected`, `upload-file-missing`, `upload-too-many-files`,
 * `payload-too-large`.
 */
export function formFiles(bytes: Buffer, contentType: string, rules: UploadRules): readonly FormFile[] {
  const [, quoted, token = ''] = FORM.exec(contentType) ?? [];
  const boundary = quoted ?? token;
  if (!BOUNDARY.test(boundary)) throw malformed('The Content-Type has no boundary.');
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const start = delimiter.length - 2;
  if (!bytes.subarray(0, start).equals(delimiter.subarray(2)))
    throw malformed('The form does not begin with its boundary.');
  const files: FormFile[] = [];
  for (let at = start; !CLOSING.test(bytes.toString('latin1', at, at + 5)); ) {
    const end = bytes.indexOf(delimiter, at);
    if (end === -1 || bytes.toString('latin1', at, at + 2) !== '\r\n') {
      throw malformed('The form is incomplete, or its boundary is inside a file.');
    }
    const file = fileOf(bytes.subarray(at + 2, end), rules);
    if (files.length === rules.maxFiles) throw tooMany(rules);
    files.push(file);
    at = end + delimiter.length;
  }
  if (files.length === 0) throw missing(rules);
  return files;
}

/** Whether a media type is that of a form, with or without its boundary. */
export function isForm(contentType: string): boolean {
  return /^multipart\/form-data[ \t]*(?:;|$)/i.test(contentType);
}

function fileOf(part: Buffer, rules: UploadRules): FormFile {
  const end = part.indexOf('\r\n\r\n');
  const lines = part.toString('utf8', 0, Math.max(end, 0)).split('\r\n', MAX_LINES + 1);
  const head = lines.some((line) => /\p{Cc}/u.test(line))
    ? undefined
    : HEAD.exec(lines.toSorted().join('\r\n'))?.groups;
  const bytes = part.subarray(end + 4);
  if (head === undefined || Number(head['length'] ?? bytes.length) !== bytes.length) {
    throw malformed('A part has other headers than Content-Disposition and Content-Type, or one of them twice.');
  }
  const name = nameOf(head);
  if (head['field'] !== rules.field || name === undefined) throw unexpected(rules);
  // A browser sends this for an empty field.
  if (name === '' && bytes.length === 0) throw missing(rules);
  if (bytes.length > rules.maxBytes) throw tooLarge(rules);
  return { name, type: head['type']?.toLowerCase() ?? 'text/plain', bytes };
}

/** The name of a file, if a part has one. RFC 7578, section 4.2, forbids the second spelling, which must be the same name. */
function nameOf({ quoted, token, extended }: Readonly<Record<string, string | undefined>>): string | undefined {
  const plain = quoted?.replaceAll(/\\(["\\])/g, '$1') ?? token;
  if (extended === undefined) return plain;
  let name: string;
  try {
    name = decodeURIComponent(extended);
  } catch {
    throw malformed('A part has a name that is not UTF-8.');
  }
  // RFC 2047, section 4.1, in which .NET writes names beyond ASCII.
  const encoded = `=?utf-8?B?${Buffer.from(name).toString('base64')}?=`;
  if (![undefined, name, encoded].includes(plain)) throw malformed('A part has two names.');
  return name;
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
