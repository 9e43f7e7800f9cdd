import { describeGrant, describeRequirement } from './describe.ts';
import { escaped } from './escaped.ts';
import type { AccessMatrix, MatrixRow } from './matrix.ts';
import { type MatrixSection, matrixSections } from './matrixSections.ts';
import { MATRIX_STYLE } from './matrixStyle.ts';
import { type MatrixTable, reviewLine, unusedLine } from './matrixTables.ts';

/**
 * The matrix as one self-contained HTML page: no script, no request, its own style. Each cell says in words whether access is
 * allowed and why; headings label the tables, and header cells serve screen readers. Ends with a newline.
 */
export function matrixHtml(matrix: AccessMatrix): string {
  const title = `Access matrix of ${matrix.api} ${matrix.version}`;
  const sections = matrixSections(matrix);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${escaped(title)}</title>
<style>${MATRIX_STYLE}</style>
</head>
<body>
<a class="skip" href="#routes-and-roles">Skip to the routes</a>
<header>
<h1>${escaped(title)}</h1>
<p>${escaped(reviewLine(matrix))}</p>
<p>${escaped(unusedLine(matrix))}</p>
<p>Content <code>${escaped(matrix.contentHash)}</code></p>
<nav aria-label="Sections"><ul>
${sections.map((section) => `<li><a href="#${idOf(section)}">${escaped(section.title)}</a></li>`).join('\n')}
</ul></nav>
</header>
<main>
${sections.map((section) => htmlSection(matrix, section)).join('\n')}
</main>
</body>
</html>
`;
}

function htmlSection(matrix: AccessMatrix, section: MatrixSection): string {
  const id = idOf(section);
  const { title, description, table, empty } = section;
  const [paragraph, content] =
    table === undefined ? [empty, ''] : [description, id === 'routes-and-roles' ? routes(matrix, id) : rows(table, id)];
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${escaped(title)}</h2>
<p id="${id}-says">${escaped(paragraph)}</p>
${content}</section>`;
}

/** Who is allowed to call what: each cell says whether, and why the role has the permission. */
function routes(matrix: AccessMatrix, id: string): string {
  const lines = matrix.rows.map((row) => {
    const { route, method, path, access } = row;
    const reason = 'reason' in access ? ` <small>${escaped(access.reason)}</small>` : '';
    const name = `<th scope="row">${escaped(route)} <small class="path">${escaped(`${method} ${path}`)}</small></th>`;
    const cells = matrix.roles.map((role) => cell(row, role)).join('');
    return `<tr>${name}<td>${escaped(describeRequirement(row))}${reason}</td>${cells}</tr>`;
  });
  return scrollableTable(id, ['route', 'needs', ...matrix.roles], lines);
}

function cell({ roles, grants, onlyOwn }: MatrixRow, role: string): string {
  if (roles[role] !== true) return '<td class="no">no</td>';
  const grant = grants[role];
  const isOwn = grant !== undefined && grant.path.length === 1 && grant.byDefault !== true;
  const why = grant === undefined || isOwn ? '' : ` <small>${escaped(describeGrant(role, grant))}</small>`;
  return `<td class="yes"><b>${onlyOwn.includes(role) ? 'own' : 'yes'}</b>${why}</td>`;
}

function rows({ head, rows: all }: MatrixTable, id: string): string {
  const lines = all.map(([first = '', ...rest]) => {
    const cells = rest.map((value) => `<td>${escaped(value)}</td>`).join('');
    return `<tr><th scope="row">${escaped(first)}</th>${cells}</tr>`;
  });
  return scrollableTable(id, head, lines);
}

/** A table that scrolls sideways on a narrow screen must be reachable by keyboard. */
function scrollableTable(id: string, head: readonly string[], lines: readonly string[]): string {
  const heads = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  return `<div class="wide" role="region" aria-labelledby="${id}" tabindex="0">
<table aria-labelledby="${id}" aria-describedby="${id}-says">
<thead><tr>${heads}</tr></thead>
<tbody>
${lines.join('\n')}
</tbody>
</table>
</div>
`;
}

function idOf({ title }: MatrixSection): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
