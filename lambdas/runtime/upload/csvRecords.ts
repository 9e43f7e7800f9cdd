import { setImmediate } from 'node:timers/promises';
import { parse } from 'csv-parse';

/** A record of a CSV file: its header, or a row. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** A blank line, which has no cells. */
  readonly isBlank?: true;
  /** Index of the cell whose quotes are broken. Nothing is read after it. */
  readonly brokenCell?: number;
  /** The record is longer than {@link MAX_RECORD_BYTES}. Nothing is read after it. */
  readonly isTooLong?: true;
}

/** Bytes that are parsed at once; records of so many bytes are in memory together, or one that is larger. */
const SLICE_BYTES = 16 * 1024;
const LINE_FEED = 0x0a;
/** Each empty cell costs a hundred bytes of memory while its record is read. The parser counts only what is in cells. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/**
 * Reads CSV as RFC 4180 has it: commas, cells in quotes with doubled quotes, CRLF or LF between records, a byte order mark that
 * is ignored. A blank line is a record without cells, because some programs skip it and some do not.
 *
 * @param bytes UTF-8.
 * @returns the records, in order, as they are read; the last one is broken where the quotes of a cell are, or too long.
 */
export async function* csvRecords(bytes: Uint8Array): AsyncGenerator<CsvRecord> {
  const found: CsvRecord[] = [];
  let blank = 0;
  let unread = 0;
  const addBlank = (count: number) => {
    for (; blank < count; blank += 1) found.push({ cells: [], isBlank: true });
  };
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    on_record: (cells: string[], { empty_lines }) => {
      addBlank(empty_lines);
      found.push({ cells });
      // The parser keeps nothing, so that records come in order before an error, and no more of them than of a slice.
      return null;
    },
  });
  // The callbacks of each write get it.
  parser.on('error', () => undefined);
  try {
    for (let at = 0; at <= bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      const isLast = at + SLICE_BYTES > bytes.length;
      const failed = await new Promise<Error | undefined>((done) => {
        const parsed = (error?: Error | null) => done(error ?? undefined);
        if (isLast) parser.end(slice, parsed);
        else parser.write(slice, parsed);
      });
      // The parser counts the end of a file as a blank line if it follows a line break.
      const isEndCounted = isLast && failed === undefined && bytes.at(-1) === LINE_FEED;
      addBlank(parser.info.empty_lines - (isEndCounted ? 1 : 0));
      unread = found.length > 0 ? 0 : unread + slice.length;
      yield* found.splice(0);
      if (failed !== undefined) {
        yield { cells: [], brokenCell: Number(Object(failed).column) };
        return;
      }
      if (unread > MAX_RECORD_BYTES) {
        yield { cells: [], isTooLong: true };
        return;
      }
      // Timers have their turn: the function responds in time whatever the file is.
      await setImmediate();
    }
  } finally {
    parser.destroy();
  }
}
