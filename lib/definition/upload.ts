import type { JsonSchema } from './schema.ts';

/**
 * The media types that an upload route can accept: those whose structure can be enumerated, so that the runtime can allow what is
 * known and remove the rest. Other files (PDF, SVG, office documents) need a presigned upload and a scan.
 */
export const UPLOAD_TYPES = {
  'image/png': ['.png'],
  'image/jpeg': ['.jpg', '.jpeg'],
  'image/gif': ['.gif'],
  'image/webp': ['.webp'],
  'application/zip': ['.zip'],
  'text/plain': ['.txt', '.log'],
  'text/csv': ['.csv'],
} as const;

/** A media type of {@link UPLOAD_TYPES}. */
export type UploadType = keyof typeof UPLOAD_TYPES;

/** The file name extensions of a media type. */
export type UploadExtension<Type extends UploadType = UploadType> = (typeof UPLOAD_TYPES)[Type][number];

/**
 * Files that a route accepts as `multipart/form-data`, instead of a JSON body.
 *
 * The extension of each file's name, its declared media type and its content must agree and be among `types`.
 * All files of a request go through Lambda in one event, which leaves 4,620,288 bytes for the form; larger files need a
 * presigned upload.
 *
 * @example
 * ```ts
 * upload: { field: 'photo', maxBytes: 2_000_000, types: { 'image/jpeg': ['.jpg', '.jpeg'], 'image/png': ['.png'] } }
 * ```
 */
export interface UploadInput {
  /** Name of the form field that holds the files: letters, digits, `-` and `_`, 1–64 of them. Any other field is rejected. */
  readonly field: string;
  /** Bytes of one file, at least 1. */
  readonly maxBytes: number;
  /** Files of one request, 1–20. Default: 1. */
  readonly maxFiles?: number;
  /**
   * Pixels that an image may declare, the whole canvas for each frame, 1–1,000,000,000: a few bytes may claim gigabytes.
   * Default: 40,000,000, which a camera of 36 megapixels keeps to.
   */
  readonly maxPixels?: number;
  /** Accepted media types, each with the extensions that its file names can have; both from {@link UPLOAD_TYPES}. */
  readonly types: { readonly [Type in UploadType]?: readonly UploadExtension<Type>[] };
  /**
   * Schema of one row of a CSV file: an object with a property for each column, each a string, number, integer or boolean.
   * Only with `text/csv` as the one type. Every row is validated before the handler gets the file, which reads them with
   * {@link FileRows.rows}.
   */
  readonly rows?: JsonSchema;
  /** Rows of one file, without the header, 1–1,000,000; only with `rows`. Default: 10,000. */
  readonly maxRows?: number;
}

/** An upload with every default filled in; plain data, bundled into the function. */
export interface UploadRules {
  readonly field: string;
  readonly maxBytes: number;
  readonly maxFiles: number;
  readonly maxPixels: number;
  readonly types: Readonly<Record<string, readonly string[]>>;
  /** Present only where rows have a schema. */
  readonly maxRows?: number;
  /** Bytes of the whole form: the files, and what stands around them. */
  readonly maxFormBytes: number;
}

/** A file that passed every check. */
export interface UploadedFile<Type extends string = string> {
  /** The client's name, made harmless: one visible path segment with one dot, at most 255 bytes. Show it; never use it as a path. */
  readonly name: string;
  /** The extension of the name, in lower case, with its dot. */
  readonly extension: string;
  readonly type: Type;
  /** Of an image, what is needed to show it, so not all bytes that the client sent. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, in base64, as S3 takes it. */
  readonly sha256: string;
  /** Of an image; absent otherwise. */
  readonly width?: number;
  readonly height?: number;
}

/** What a CSV file has whose rows have a schema, and are valid. */
export interface FileRows<Row> {
  /** The rows, one after the other, as the file is read again: nothing holds all of them. Each call starts at the first row. */
  rows(): AsyncIterable<Row>;
}

/** Most of a synchronous event: 6 MB (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const LAMBDA_EVENT_BYTES = 6 * 1024 * 1024;
/**
 * Of the event, what is not the body: headers stand in it twice, API Gateway takes 10,240 bytes of them and JSON may
 * double each; then path, query and the authorizer's context.
 */
const ENVELOPE_BYTES = 128 * 1024;
/** Bodies of binary media reach a function in base64: four characters for three bytes (RFC 4648, section 4). */
export const MAX_FORM_BYTES = ((LAMBDA_EVENT_BYTES - ENVELOPE_BYTES) / 4) * 3;

/** Delimiter and headers of one part: 70 characters of boundary (RFC 2046), a name of 255 bytes, each tripled by escaping. */
const PART_BYTES = 1024;
/** The closing delimiter, with an epilogue that few clients send. */
const CLOSING_BYTES = 256;

const DEFAULT_MAX_PIXELS = 40_000_000;
const DEFAULT_MAX_ROWS = 10_000;

/** Fills in the defaults of an upload. */
export function uploadRules(upload: UploadInput): UploadRules {
  const { field, maxBytes, maxFiles = 1, maxPixels, types, rows, maxRows } = upload;
  return {
    field,
    maxBytes,
    maxFiles,
    maxPixels: maxPixels ?? DEFAULT_MAX_PIXELS,
    types: Object.fromEntries(Object.entries(types).map(([type, endings]) => [type, [...(endings ?? [])]])),
    ...(rows === undefined ? {} : { maxRows: maxRows ?? DEFAULT_MAX_ROWS }),
    maxFormBytes: formBytes(maxBytes, maxFiles),
  };
}

/** Bytes of a form with so many files of such a size. */
export function formBytes(maxBytes: number, maxFiles: number): number {
  return maxFiles * (maxBytes + PART_BYTES) + CLOSING_BYTES;
}
