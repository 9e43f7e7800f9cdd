import type { AccessMatrix } from './matrix.ts';
import { sectionsOf } from './sections.ts';
import { type MatrixTable, reviewLine, unusedLine } from './words.ts';

/** The matrix as GitHub-flavoured Markdown, to be committed and compared. Ends without a newline. */
export function matrixMarkdown(matrix: AccessMatrix): string {
  const sections = [
    `# Access matrix of ${matrix.api} ${matrix.version}`,
    `${reviewLine(matrix)} ${unusedLine(matrix)}`,
    ...sectionsOf(matrix).map(
      ({ title, table, empty }) => `## ${title}\n\n${table === undefined ? empty : markdownTable(table)}`,
    ),
    `Content: \`${matrix.contentHash}\``,
  ];
  return sections.join('\n\n');
}

function markdownTable({ head, rows }: MatrixTable): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n');
}

/** Reasons are free text: a bar or a line end would break the table, a `<` could become HTML. */
function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ');
}
