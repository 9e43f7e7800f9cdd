import { csvOf } from '../../lambdas/shared/csv.ts';
import { describeGrant, describeWhere } from './describe.ts';
import type { AccessMatrix, MatrixRow } from './matrix.ts';
import { scopesOf } from './matrix.ts';

const COLUMNS = [
  'role',
  'route',
  'method',
  'path',
  'allowed',
  'access',
  'permission',
  'scopes',
  'ownership',
  'where',
  'why',
] as const;

/** The matrix as CSV with a row for each role and route, for filtering in a spreadsheet. Ends with a line break. */
export function matrixCsv({ rows, roles }: AccessMatrix): string {
  return csvOf(
    COLUMNS,
    rows.flatMap((row) => roles.map((role) => cellsOf(role, row))),
  );
}

function cellsOf(role: string, row: MatrixRow): Readonly<Record<(typeof COLUMNS)[number], string>> {
  const { route, method, path, access, ownership, where } = row;
  const allowed = row.roles[role] === true;
  const unless = ownership?.unless === undefined ? '' : ` unless ${ownership.unless}`;
  return {
    role,
    route,
    method,
    path,
    allowed: allowed ? (row.onlyOwn.includes(role) ? 'own' : 'yes') : 'no',
    access: access.kind,
    permission: access.kind === 'permission' ? access.permission : '',
    scopes: scopesOf(access).join(' '),
    ownership: ownership === undefined ? '' : `${ownership.field}${unless}`,
    where: where === undefined ? '' : describeWhere(where),
    why: allowed ? whyOf(role, row) : '',
  };
}

function whyOf(role: string, { access, grants }: MatrixRow): string {
  if (access.kind === 'public' || access.kind === 'authenticated') return access.reason;
  const grant = grants[role];
  return grant === undefined ? 'by the scopes of the token' : describeGrant(role, grant);
}
