import type { AccessMatrix } from './matrix.ts';
import { escapeTable, limitTable, type MatrixTable, reviewLine, routeTable, unusedLine } from './words.ts';

/** The matrix as GitHub-flavoured Markdown, to be committed and compared. Ends without a newline. */
export function matrixMarkdown(matrix: AccessMatrix): string {
  const escapes = escapeTable(matrix.escapes);
  const sections = [
    `# Access matrix of ${matrix.api} ${matrix.version}`,
    `${reviewLine(matrix)} ${unusedLine(matrix)}`,
    `## Routes and roles\n\n${table(routeTable(matrix))}`,
    `## Escapes\n\n${escapes.rows.length === 0 ? 'Nothing is open.' : table(escapes)}`,
    `## Tiers and limits\n\n${table(limitTable(matrix))}`,
  ];
  return sections.join('\n\n');
}

function table({ head, rows }: MatrixTable): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n');
}

/** Reasons are free text: a bar or a line end would break the table, a `<` could become HTML. */
function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ');
}
