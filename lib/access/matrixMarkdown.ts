import type { AccessMatrix } from './matrix.ts';
import { matrixSections } from './matrixSections.ts';
import { type MatrixTable, reviewLine, unusedLine } from './matrixTables.ts';

/** The matrix as GitHub-flavoured Markdown, for a committed file. Ends without a newline. */
export function matrixMarkdown(matrix: AccessMatrix): string {
  const sections = [
    `# Access matrix of ${matrix.api} ${matrix.version}`,
    `${reviewLine(matrix)} ${unusedLine(matrix)}`,
    ...matrixSections(matrix).map(
      ({ title, table, empty }) => `## ${title}\n\n${table === undefined ? empty : markdownTable(table)}`,
    ),
    `Content: \`${matrix.contentHash}\``,
  ];
  return sections.join('\n\n');
}

function markdownTable({ head, rows }: MatrixTable): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n');
}

/** Reasons are free text: a bar or a line break would break the table, a `<` could become HTML. */
function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ');
}
