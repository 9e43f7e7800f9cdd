/** A table as a reader sees it. */
export type Table = readonly (readonly string[])[];

/**
 * A reader of RFC 4180 that goes from character to character and shares no code with the library: a quote opens a cell only at its
 * start. Other separators make it the reader of a spreadsheet in another locale, which takes what follows a quoted cell as text.
 *
 * @returns the rows, or undefined where quotes are broken and `lenient` is not set.
 */
export function readCsv(text: string, separator = ',', lenient = false): Table | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (at >= text.length) return lenient ? [...rows, [...row, cell]] : undefined;
        if (text[at] === '"') at += 1;
        cell += text[at];
      }
      at += 1;
      if (!lenient && !/^(?:,|\r?\n|$)/.test(text.slice(at, at + 2))) return undefined;
    }
    for (; at < text.length && text[at] !== separator && !/^\r?\n/.test(text.slice(at, at + 2)); at += 1) {
      if (!lenient && text[at] === '"') return undefined;
      cell += text[at];
    }
    row.push(cell);
    if (text[at] === separator) {
      at += 1;
      if (at < text.length) continue;
      row.push('');
    }
    at += text[at] === '\r' ? 2 : 1;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** The string that a cell of an export stands for: each mark at its start, and after a separator or line break, is removed. */
export function unmarked(cell: string): string {
  return cell.replace(/(^|[,;|\t\n\v\f\r\u0085\u2028\u2029])'/g, '$1');
}
