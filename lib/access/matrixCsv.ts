import { describeGrant } from './describe.ts';
import type { AccessMatrix, MatrixRow } from './matrix.ts';
import { scopesOf } from './matrix.ts';

const HEAD = ['role', 'route', 'method', 'path', 'allowed', 'access', 'permission', 'scopes', 'ownership', 'why'];
/** A spreadsheet reads a cell that starts like this as a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/;

/** The matrix as CSV (RFC 4180) with a line for each role and route, for filtering in a spreadsheet. Ends with a line break. */
export function matrixCsv({ rows, roles }: AccessMatrix): string {
  const lines = rows.flatMap((row) => roles.map((role) => cellsOf(role, row)));
  return [HEAD, ...lines].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

function cellsOf(role: string, row: MatrixRow): readonly string[] {
  const { route, method, path, access, ownership } = row;
  const allowed = row.roles[role] === true;
  const unless = ownership?.unless === undefined ? '' : ` unless ${ownership.unless}`;
  return [
    role,
    route,
    method,
    path,
    allowed ? (row.onlyOwn.includes(role) ? 'own' : 'yes') : 'no',
    access.kind,
    access.kind === 'permission' ? access.permission : '',
    scopesOf(access).join(' '),
    ownership === undefined ? '' : `${ownership.field}${unless}`,
    allowed ? whyOf(role, row) : '',
  ];
}

function whyOf(role: string, { access, grants }: MatrixRow): string {
  if (access.kind === 'public' || access.kind === 'authenticated') return access.reason;
  const grant = grants[role];
  return grant === undefined ? 'by the scopes of the token' : describeGrant(role, grant);
}

function quoted(cell: string): string {
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
