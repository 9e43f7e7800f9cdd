import { plain } from './plain.ts';
import { isSecretName } from './secretName.ts';

/** Characters of the output that is searched for secrets at once, and shown. */
const MAX_CHARACTERS = 16_384;
const CELL = /│([^│]*)/g;
/** What `console.table` prints. */
const TABLE = /^[┌│├└].*(?:\n[┌│├└].*)*/gm;
const IN_LOG_FILE = '[only in the log file: a table with a secret]';

/**
 * Lines that a function printed one after the other, such as those of an object or of a key, without their secrets: what belongs together
 * is searched together. The cells of a table are not beside their names, so a table that names a secret is not shown.
 */
export function outputBlock(lines: readonly string[], redact: (text: string) => string): readonly string[] {
  const text = cutTo(lines.join('\n')).replace(TABLE, (table) => (namesSecret(table, redact) ? IN_LOG_FILE : table));
  return redact(text)
    .split('\n')
    .map((line) => plain(line));
}

function namesSecret(table: string, redact: (text: string) => string): boolean {
  return [...table.matchAll(CELL)].some(([, cell = '']) => {
    const name = cell.trim().replace(/^'(.*)'$/, '$1');
    return /^[\w -]{2,64}$/.test(name) && isSecretName(name, redact);
  });
}

/** A line of at least this length is cut for the screen far before the end of what is searched. */
const LONG_LINE = 4_096;

/** Search takes time by length. A short line at the cut is dropped, because a part of a secret is not recognized. */
function cutTo(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  const kept = text.slice(0, MAX_CHARACTERS);
  const start = kept.lastIndexOf('\n') + 1;
  return `${kept.length - start >= LONG_LINE ? kept : kept.slice(0, start)}\n… (${text.length} characters)`;
}
