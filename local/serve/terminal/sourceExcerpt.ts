import { readFileSync, statSync } from 'node:fs';
import { plain } from './plain.ts';

const LINES_AROUND = 2;
/** Characters of a line of source. */
const MAX_LENGTH = 160;
const MAX_BYTES = 2 * 1024 * 1024;
/** Sources: a function can name any file in a stack. A bundle, which is one line, is none. */
const SOURCE = /\.[cm]?[jt]sx?$/;

/**
 * The lines around a position of a source file, with a mark below the column; none for a file that cannot be read or is no source.
 *
 * @param position line and column, both from 1
 */
export function sourceExcerpt(position: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}): readonly string[] {
  const { file, line, column } = position;
  if (!SOURCE.test(file)) return [];
  const lines = readLines(file);
  const failing = lines[line - 1];
  if (failing === undefined || failing.length > MAX_LENGTH || column < 1 || column > failing.length + 1) return [];
  const from = Math.max(1, line - LINES_AROUND);
  const shown = lines.slice(from - 1, line + LINES_AROUND);
  const width = String(from + shown.length - 1).length;
  return shown.flatMap((text, index) => {
    const number = from + index;
    const row = `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${plain(text.replaceAll('\t', ' '), MAX_LENGTH)}`;
    return number === line ? [row.trimEnd(), `  ${' '.repeat(width)} | ${' '.repeat(column - 1)}^`] : [row.trimEnd()];
  });
}

function readLines(file: string): readonly string[] {
  try {
    const facts = statSync(file);
    return facts.isFile() && facts.size <= MAX_BYTES ? readFileSync(file, 'utf8').split(/\r?\n/) : [];
  } catch {
    return [];
  }
}
