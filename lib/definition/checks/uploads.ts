import type { Fault, FaultCode } from '../fault.ts';
import { isRecord } from '../shape.ts';
import { formBytes, MAX_FORM_BYTES, UPLOAD_TYPES, type UploadType } from '../upload.ts';
import { formatValue, type UncheckedApi } from './check.ts';

const FIELD = /^[A-Za-z0-9_-]{1,64}$/;
const BOUNDS = {
  maxBytes: [1, MAX_FORM_BYTES],
  maxFiles: [1, 20],
  maxPixels: [1, 1_000_000_000],
  maxRows: [1, 1_000_000],
} as const;
/** Common names of the known types that are not theirs. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'application/x-zip-compressed': 'application/zip',
  'text/x-csv': 'text/csv',
  'application/csv': 'text/csv',
};
const BODYLESS = ['GET', 'DELETE'];

type Found = readonly [location: string, found: unknown, expected: string, fix: string];

/** Uploads: numbers in bounds, types that the runtime can inspect, and a form that fits one Lambda event. */
export function checkUploads(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const { upload, body, maxBodyBytes } = route.options ?? {};
    const location = `routes.${id}.upload`;
    if (upload === undefined) return [];
    if (!isRecord(upload)) return [];
    return [
      ...bodyFaults(location, route.method, { body, maxBodyBytes }),
      ...memberFaults(location, upload),
      ...typesFaults(`${location}.types`, upload['types']),
      ...sizeFaults(location, upload),
      ...rowsFaults(location, upload),
    ];
  });
}

function bodyFaults(location: string, method: string, beside: Readonly<Record<string, unknown>>): readonly Fault[] {
  const bodyless = BODYLESS.includes(method);
  const other = Object.keys(beside).find((name) => beside[name] !== undefined);
  return [
    ...(bodyless
      ? [fault('body-not-allowed', [location, `files on ${method}`, 'POST, PUT or PATCH', 'Use another method.'])]
      : []),
    ...(other === undefined
      ? []
      : [
          invalid(
            location,
            other,
            'upload alone',
            `Remove ${other}. Files are the body, and their sizes are its limit.`,
          ),
        ]),
  ];
}

function memberFaults(location: string, upload: Readonly<Record<string, unknown>>): readonly Fault[] {
  const bounded = Object.entries(BOUNDS).flatMap(([name, [min, max]]) => {
    const value = upload[name];
    if (value === undefined && name !== 'maxBytes') return [];
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return [];
    const fix = 'Set a limit in these bounds.';
    return [invalid(`${location}.${name}`, value, `a whole number from ${min} to ${max}`, fix)];
  });
  return [
    ...(typeof upload['field'] === 'string' && FIELD.test(upload['field'])
      ? []
      : [
          invalid(`${location}.field`, upload['field'], '1 to 64 letters, digits, "-" and "_"', 'Name the form field.'),
        ]),
    ...bounded,
  ];
}

function typesFaults(location: string, types: unknown): readonly Fault[] {
  if (!isRecord(types) || Object.keys(types).length === 0) {
    return [
      invalid(location, types, 'at least one media type with its extensions', "Write { 'image/png': ['.png'] }."),
    ];
  }
  return Object.entries(types).flatMap(([type, endings]) => {
    if (!Object.hasOwn(UPLOAD_TYPES, type)) return [unknownType(`${location}.${type}`, type)];
    const known: readonly string[] = UPLOAD_TYPES[type as UploadType];
    if (!Array.isArray(endings) || endings.length === 0) {
      return [
        invalid(
          `${location}.${type}`,
          endings,
          `a list of some of ${known.join(', ')}`,
          `List the extensions that file names can have: ['${known[0]}'].`,
        ),
      ];
    }
    return endings.filter((ending) => !known.includes(ending)).map((ending) => unknownEnding(location, type, ending));
  });
}

/** Rows are those of CSV: every file must be one, and a limit of rows is for nothing else. */
function rowsFaults(location: string, { rows, maxRows, types }: Readonly<Record<string, unknown>>): readonly Fault[] {
  if (rows === undefined) {
    const fix = 'Remove it, or write the schema of a row in rows.';
    return maxRows === undefined ? [] : [invalid(`${location}.maxRows`, maxRows, 'nothing without rows', fix)];
  }
  const others = isRecord(types) ? Object.keys(types).filter((type) => type !== 'text/csv') : [];
  const fix = 'Remove rows or the other types. Files of other types have no rows.';
  return others.map((type) => invalid(`${location}.types.${type}`, type, 'text/csv alone, because of rows', fix));
}

function unknownType(location: string, type: string): Fault {
  const [same] = Object.keys(UPLOAD_TYPES).filter((known) => OTHER_NAMES[type.toLowerCase()] === known);
  if (same !== undefined) return fault('upload-type-unknown', [location, type, same, `Write ${same}.`]);
  const fix =
    'Remove it. Accept such files by a presigned POST into an UploadBucket, where a scan releases them (docs/uploads.md): their structure cannot be enumerated.';
  return fault('upload-type-unknown', [location, type, `one of ${Object.keys(UPLOAD_TYPES).join(', ')}`, fix]);
}

function unknownEnding(location: string, type: string, ending: unknown): Fault {
  const known = UPLOAD_TYPES[type as UploadType].join(', ');
  const asWritten = `.${String(ending).toLowerCase().replace(/^\./, '')}`;
  const fix = (UPLOAD_TYPES[type as UploadType] as readonly string[]).includes(asWritten)
    ? `Write ${asWritten}.`
    : 'Remove it. An extension of another type can disguise a file.';
  return fault('upload-extension-unknown', [`${location}.${type}`, ending, `some of ${known}, in lower case`, fix]);
}

/** All files of a request travel in one event. */
function sizeFaults(location: string, { maxBytes, maxFiles = 1 }: Readonly<Record<string, unknown>>): readonly Fault[] {
  if (typeof maxBytes !== 'number' || typeof maxFiles !== 'number') return [];
  const bytes = formBytes(maxBytes, maxFiles);
  if (!(bytes > MAX_FORM_BYTES) || maxBytes > MAX_FORM_BYTES) return [];
  const fix = 'Lower maxBytes or maxFiles, or accept larger files by a presigned upload.';
  const expected = `at most ${MAX_FORM_BYTES} bytes: Lambda takes 6 MB, of which base64 costs a quarter`;
  return [fault('upload-too-large', [location, `a form of ${bytes} bytes`, expected, fix])];
}

function invalid(...found: Found): Fault {
  return fault('upload-invalid', found);
}

function fault(code: FaultCode, [location, found, expected, fix]: Found): Fault {
  return { code, location, found: formatValue(found), expected, fix };
}
