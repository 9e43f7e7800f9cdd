import type { ParameterKind, RowRules, Validate } from '../../../lib/definition/bundledTypes.ts';
import type { FileRows, UploadedFile } from '../../../lib/definition/upload.ts';
import { escapeStep, unescapeStep } from '../../shared/json.ts';
import { coerce } from '../parameters.ts';
import { HttpProblem, MAX_FAULTS } from '../problem.ts';
import { requestFaults } from '../schemaFaults.ts';
import { normalizeStrings } from '../unicode.ts';
import { type CsvRecord, csvRecords, MAX_RECORD_BYTES } from './csvRecords.ts';
import { pointerOf, type UploadReader } from './readUpload.ts';

/** A fault of a file, with its location in the file: row 1 is the first below the header. */
interface RowFault {
  readonly row: number;
  /** A declared name, or the number of a column that has none; absent where the whole row is meant. */
  readonly column?: string | number;
  readonly code: string;
  readonly message: string;
}

/** A row with its values, or with its faults. */
interface ReadRow {
  readonly values: Readonly<Record<string, unknown>>;
  readonly faults: readonly RowFault[];
}

/** A carriage return that no line feed follows ends a row for some programs, and not for others. */
const LONE_RETURN = /\r(?!\n)/;

/**
 * Extends a reader of files by the rows of CSV files: it validates every row of every file, and the handler can read them as typed
 * values. Only functions with such a route have it, because of its parser.
 *
 * @throws {HttpProblem} 422 `upload-rows-invalid` with the row and column of the first 20 faults.
 */
export function withRows(readFiles: UploadReader, validate: Validate, rules: RowRules): UploadReader {
  return async (event, upload) => {
    const files: (UploadedFile & FileRows<unknown>)[] = [];
    for (const [index, file] of (await readFiles(event, upload)).entries()) {
      const faults = await faultsOf(readRows(file.bytes, validate, rules));
      if (faults.length > 0) {
        const located = faults.map((fault) => requestFault(pointerOf(upload, index), fault));
        throw new HttpProblem('upload-rows-invalid', 'The file has rows that are not valid.', located);
      }
      files.push({ ...file, rows: () => valuesOf(readRows(file.bytes, validate, rules)) });
    }
    return files;
  };
}

async function faultsOf(rows: AsyncIterable<ReadRow>): Promise<readonly RowFault[]> {
  const found: RowFault[] = [];
  for await (const { faults } of rows) {
    found.push(...faults);
    if (found.length >= MAX_FAULTS) break;
  }
  return found;
}

async function* valuesOf(rows: AsyncIterable<ReadRow>): AsyncGenerator<ReadRow['values']> {
  for await (const { values, faults } of rows) {
    if (faults.length > 0) throw new Error('the bytes of a file were changed after they were inspected');
    yield values;
  }
}

/** A column of a file, in the order of its header. */
interface Column {
  readonly name: string;
  readonly type: ParameterKind['type'];
  readonly isRequired: boolean;
}

/** Ends after a fault that leaves no sense in what follows. */
async function* readRows(bytes: Uint8Array, validate: Validate, rules: RowRules): AsyncGenerator<ReadRow> {
  let header: readonly Column[] | undefined;
  let row = 0;
  for await (const record of csvRecords(bytes)) {
    if (header === undefined) {
      const faults = record.cells.length === 0 ? brokenFaults(0, record, []) : headerFaults(record, rules);
      if (faults.length > 0) return yield { values: {}, faults };
      header = record.cells.map((name) => columnOf(name, rules));
      continue;
    }
    row += 1;
    if (row > rules.maxRows) {
      const message = `is more than the ${rules.maxRows} rows that a file can have`;
      return yield { values: {}, faults: [{ row, code: 'too-many', message }] };
    }
    const faults = brokenFaults(row, record, header);
    yield faults.length > 0 ? { values: {}, faults } : readRow(row, record, header, validate, rules);
  }
  if (header === undefined) yield { values: {}, faults: [{ row: 0, code: 'required', message: 'is required' }] };
}

function headerFaults({ cells }: CsvRecord, { columns, required }: RowRules): readonly RowFault[] {
  if (cells.some((name) => LONE_RETURN.test(name))) {
    return [{ row: 0, code: 'line-break', message: 'must end in CRLF or LF, as every row' }];
  }
  // Spreadsheets write these where the decimal sign is a comma.
  if (cells.length === 1 && /[;\t]/.test(cells[0] ?? '')) {
    return [{ row: 0, code: 'separator', message: 'must separate its columns by commas, as every row' }];
  }
  const faults: RowFault[] = [];
  const names = new Set<string>();
  for (const [index, name] of cells.entries()) {
    if (faults.length >= MAX_FAULTS) return faults;
    // The name is the client's, so its number stands for it.
    const located = { row: 0, column: index + 1 };
    if (!Object.hasOwn(columns, name)) faults.push({ ...located, code: 'unknown', message: 'is not known' });
    else if (names.has(name)) faults.push({ ...located, code: 'repeated', message: 'must be there once' });
    names.add(name);
  }
  const missing = required.filter((name) => !names.has(name));
  return [...faults, ...missing.map((column) => ({ row: 0, column, code: 'required', message: 'is required' }))];
}

function columnOf(name: string, { columns, required }: RowRules): Column {
  return { name, type: columns[name]?.type ?? 'string', isRequired: required.includes(name) };
}

/** What makes a record no row of its file. */
function brokenFaults(row: number, record: CsvRecord, header: readonly Column[]): readonly RowFault[] {
  const { cells, isBlank, brokenCell, isTooLong } = record;
  if (isBlank === true) return [{ row, code: 'blank', message: 'must not be a blank line' }];
  if (isTooLong === true) {
    return [{ row, code: 'too-long', message: `must have at most ${MAX_RECORD_BYTES} bytes` }];
  }
  if (brokenCell !== undefined) {
    const message = 'must be quoted as a whole, with its own quotes doubled (RFC 4180)';
    return [{ row, column: header[brokenCell]?.name ?? brokenCell + 1, code: 'quotes', message }];
  }
  if (row === 0 || cells.length === header.length) return [];
  return [{ row, code: 'cells', message: `must have ${header.length} cells, as the header has` }];
}

function readRow(
  row: number,
  { cells }: CsvRecord,
  header: readonly Column[],
  validate: Validate,
  { unicode }: RowRules,
): ReadRow {
  const faults: RowFault[] = [];
  const entries = header.flatMap(({ name, type, isRequired }, index) => {
    const text = cells[index] ?? '';
    if (text === '' && !isRequired) return [];
    const isLone = LONE_RETURN.test(text);
    const value = isLone ? undefined : coerce(text, type);
    if (isLone) {
      const message = 'must have no carriage return without a line feed';
      faults.push({ row, column: name, code: 'line-break', message });
    } else if (value === undefined) {
      faults.push({ row, column: name, code: 'type', message: `must be ${type}` });
    }
    return [[name, unicode === 'normalize' ? normalizeStrings(value) : value] as const];
  });
  const values: ReadRow['values'] = Object.fromEntries(entries);
  if (!validate(values)) faults.push(...schemaFaults(row, validate, faults));
  return { values, faults };
}

/** The words are those of a body; a column that could not be read has its fault already. */
function schemaFaults(row: number, { errors }: Validate, read: readonly RowFault[]): readonly RowFault[] {
  const inBody = (errors ?? []).map((error) => ({ ...error, instancePath: `/body${error.instancePath}` }));
  return requestFaults(inBody).flatMap(({ code, message, ...location }) => {
    const [, step] = 'pointer' in location ? location.pointer.split('/') : [];
    const column = step === undefined ? {} : { column: unescapeStep(step) };
    return read.some((known) => known.column === column.column) ? [] : [{ row, ...column, code, message }];
  });
}

/** Row and column as a pointer below that of the file (RFC 6901), and in words. */
function requestFault(file: string, { row, column, code, message }: RowFault) {
  const steps = column === undefined ? [row] : [row, escapeStep(String(column))];
  const where = [row === 0 ? 'header' : `row ${row}`, ...(column === undefined ? [] : [`column ${column}`])];
  return { pointer: [file, ...steps].join('/'), code, message: `${where.join(', ')}: ${message}` };
}
