import type { AccessMatrix } from './matrix.ts';
import { matrixSections } from './matrixSections.ts';
import { type MatrixTable, reviewLine, unusedLine } from './matrixTables.ts';

/** The matrix as aligned plain text for a terminal: no colour, cells `yes` or `-`. Ends without a newline. */
export function matrixText(matrix: AccessMatrix): string {
  const sections = [
    `${matrix.api} ${matrix.version}: who can do what`,
    ...matrixSections(matrix).map(
      ({ title, table, empty }) => `${title}\n\n${table === undefined ? empty : aligned(table)}`,
    ),
    `${unusedLine(matrix)}\n${reviewLine(matrix)}`,
  ];
  return sections.join('\n\n');
}

/** Columns as wide as their widest cell, two spaces apart; no trailing spaces. */
function aligned({ head, rows }: MatrixTable): string {
  const lines = [head, head.map((cell) => '-'.repeat(cell.length)), ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
