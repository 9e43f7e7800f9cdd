import type { AccessMatrix } from './matrix.ts';
import { escapeTable, grantTable, limitTable, type MatrixTable, roleTable, routeTable, scopeTable } from './words.ts';

/** A headed part of the written matrix: its table, or the words that stand where there is nothing to list. */
export interface MatrixSection {
  readonly title: string;
  readonly table: MatrixTable | undefined;
  /** Stands instead of an empty table. */
  readonly empty: string;
}

/** The parts of the written matrix in their order; scopes only where the API declares some. */
export function sectionsOf(matrix: AccessMatrix): readonly MatrixSection[] {
  const sections: readonly (readonly [string, MatrixTable, string])[] = [
    ['Routes and roles', routeTable(matrix), 'There is no route.'],
    ['Roles', roleTable(matrix), 'There is no role.'],
    ['Why', grantTable(matrix), 'No route asks for a permission.'],
    ...(matrix.scopes.length === 0 ? [] : [['Scopes', scopeTable(matrix), ''] as const]),
    ['Escapes', escapeTable(matrix.escapes), 'Nothing is open.'],
    ['Tiers and limits', limitTable(matrix), 'There is no tier.'],
  ];
  return sections.map(([title, table, empty]) => ({
    title,
    table: table.rows.length === 0 ? undefined : table,
    empty,
  }));
}
