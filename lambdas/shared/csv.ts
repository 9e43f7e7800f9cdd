/** What a cell can hold. `null`, undefined and numbers that are not finite are empty cells, as JSON has null for them. */
export type CsvCell = string | number | bigint | boolean | null | undefined;

/** What some program takes for the end of a cell: the separators of all locales, and every kind of line break. */
const BREAK = /(\r\n|[,;|\t\n\v\f\r\u0085\u2028\u2029])/;
/** What a program can skip or remove before it looks for a formula: blanks, invisible characters, marks and quotes. */
const SKIPPED = '[\\s\\p{Z}\\p{C}\\p{M}\\p{Default_Ignorable_Code_Point}"\'`\\p{Pi}\\p{Pf}\u201a\u201e\u2800\ufffc]';
/** What text begins with that no program takes for a formula, after what can be skipped. */
const HARMLESS = '[\\p{L}\\p{N}\\p{So}\\p{Sc}_#(\\[{./:!?*&<>~¡¿§]';
/** The mark itself is not harmless, so that removing one mark gives the text back. */
const TEXT = new RegExp(`^(?!')${SKIPPED}*(?:(?!${SKIPPED})${HARMLESS}|$)`, 'u');
/** Spreadsheets show a cell that starts with it as text. */
const MARK = "'";

/**
 * Writes rows as CSV (RFC 4180, in UTF-8 without a byte order mark) that a spreadsheet can open: no cell is a formula, whatever
 * the strings are and whatever separator the program expects. Numbers and booleans stay what they are, such as `-5`. Every
 * string is quoted, and gets a `'` where it could be a formula: at its start, and after each separator or line break in it,
 * if what follows does not begin like text. To read the strings back, remove one `'` at these locations.
 *
 * @param columns names of properties, in the order of the columns; the first row has them, made harmless as cells are.
 * @param rows objects with these properties; their other properties are not written.
 * @returns the file; each row ends with CRLF.
 * @see OWASP, "CSV Injection".
 * @example
 * ```ts
 * csvOf(['name', 'amount'], [{ name: '=HYPERLINK("https://example.com")', amount: -5 }]);
 * // "name","amount"
 * // "'=HYPERLINK(""https://example.com"")",-5
 * ```
 */
export function csvOf<Row extends object, const Column extends string & keyof Row>(
  columns: readonly Column[],
  rows: Iterable<Row & { readonly [Name in Column]?: CsvCell }>,
): string {
  const lines = [columns, ...Array.from(rows, (row) => columns.map((column) => row[column]))];
  return lines.map((cells) => `${cells.map(written).join(',')}\r\n`).join('');
}

function written(value: CsvCell): string {
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  const text = value === null || value === undefined || typeof value === 'number' ? '' : harmless(String(value));
  return `"${text.replaceAll('"', '""')}"`;
}

/**
 * Marks the parts of a string that do not begin like text. A program that splits at another character than the comma knows no
 * cell but these parts, so no quote, not even that which ends the cell, follows a separator: it would open a cell there, and the
 * strings of the next cells would be outside of quotes.
 */
function harmless(text: string): string {
  const parts = text.split(BREAK);
  return parts
    .map((part, index) => {
      const isBreak = index % 2 === 1;
      const isText = TEXT.test(part) && !(index === 0 ? /^[,;|\p{Cc}]/u.test(text) : opensCell(parts, index));
      return isBreak || isText ? part : `${MARK}${part}`;
    })
    .join('');
}

function opensCell(parts: readonly string[], index: number): boolean {
  const [before, part = '', after] = parts.slice(index - 1, index + 2);
  const isEnd = after === undefined && before !== ',';
  return part === '' ? isEnd || /^[\t\v\f\r]$/.test(after ?? '') : part.startsWith('"');
}
