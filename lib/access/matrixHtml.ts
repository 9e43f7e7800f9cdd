import type { AccessMatrix, MatrixRow } from './matrix.ts';
import { MATRIX_STYLE } from './matrixStyle.ts';
import { sectionsOf } from './sections.ts';
import { grantWords, type MatrixTable, neededBy, reviewLine, unusedLine } from './words.ts';

/**
 * The matrix as one HTML page that stands alone: no script, no request, its own style. Each cell says in words who may and
 * why; tables have captions and heads for screen readers. Ends with a newline.
 */
export function matrixHtml(matrix: AccessMatrix): string {
  const title = `Access matrix of ${matrix.api} ${matrix.version}`;
  const [routes, ...others] = sectionsOf(matrix);
  const parts = [
    sectionOf('Routes and roles', routes?.table === undefined ? routes?.empty : routeTableOf(matrix)),
    ...others.map(({ title: name, table, empty }) =>
      sectionOf(name, table === undefined ? empty : tableOf(name, table)),
    ),
  ];
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
${sectionsOf(matrix)
  .map(({ title: name }) => `<li><a href="#${idOf(name)}">${escaped(name)}</a></li>`)
  .join('\n')}
</ul></nav>
</header>
<main>
${parts.join('\n')}
</main>
</body>
</html>
`;
}

function sectionOf(title: string, content = ''): string {
  const id = idOf(title);
  const inner = content.startsWith('<') ? content : `<p>${escaped(content)}</p>`;
  return `<section aria-labelledby="${id}">\n<h2 id="${id}">${escaped(title)}</h2>\n${inner}\n</section>`;
}

/** Who may call what: the cell says yes or no, and how the role comes by the permission. */
function routeTableOf(matrix: AccessMatrix): string {
  const head = ['Route', 'Needs', ...matrix.roles];
  const rows = matrix.rows.map((row) => {
    const { route, method, path, access } = row;
    const reason = 'reason' in access ? `<small>${escaped(access.reason)}</small>` : '';
    const name = `<th scope="row">${escaped(route)}<small class="path">${escaped(`${method} ${path}`)}</small></th>`;
    const cells = matrix.roles.map((role) => cellOf(row, role)).join('');
    return `<tr>${name}<td>${escaped(neededBy(row))}${reason}</td>${cells}</tr>`;
  });
  const caption = 'For each route what it takes to call it, and for each role whether it may and through which roles.';
  return framed(caption, 'routes-and-roles', head, rows);
}

function cellOf({ roles, grants }: MatrixRow, role: string): string {
  if (roles[role] !== true) return '<td class="no">no</td>';
  const grant = grants[role];
  const isOwn = grant !== undefined && grant.path.length === 1 && grant.byDefault !== true;
  const why = grant === undefined || isOwn ? '' : `<small>${escaped(grantWords(role, grant))}</small>`;
  return `<td class="yes"><b>yes</b>${why}</td>`;
}

function tableOf(title: string, { head, rows }: MatrixTable): string {
  const lines = rows.map(([first = '', ...rest]) => {
    const cells = rest.map((cell) => `<td>${escaped(cell)}</td>`).join('');
    return `<tr><th scope="row">${escaped(first)}</th>${cells}</tr>`;
  });
  return framed(title, idOf(title), head, lines);
}

/** A table that scrolls sideways on a narrow screen has to be reachable by keyboard. */
function framed(caption: string, id: string, head: readonly string[], rows: readonly string[]): string {
  const heads = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  return `<div class="wide" role="region" aria-labelledby="${id}" tabindex="0">
<table>
<caption>${escaped(caption)}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>`;
}

function idOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Reasons and descriptions are free text. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
