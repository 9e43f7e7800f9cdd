import type { AccessMatrix } from './matrix.ts';
import { escapeTable, grantTable, limitTable, type MatrixTable, roleTable, routeTable, scopeTable } from './words.ts';

/** A headed part of the written matrix: its table, or the words that stand where there is nothing to list. */
export interface MatrixSection {
  readonly title: string;
  /** What the table tells, in a sentence. */
  readonly says: string;
  readonly table: MatrixTable | undefined;
  /** Stands instead of an empty table. */
  readonly empty: string;
}

/** The parts of the written matrix in their order; scopes only where the API declares some. */
export function sectionsOf(matrix: AccessMatrix): readonly MatrixSection[] {
  const sections: readonly (Omit<MatrixSection, 'table'> & { readonly table: MatrixTable })[] = [
    {
      title: 'Routes and roles',
      says: 'For each route what it takes to call it, and whether each role may, given the scopes; “own” is only for what the caller owns.',
      table: routeTable(matrix),
      empty: 'There is no route.',
    },
    {
      title: 'Roles',
      says: 'Whose permissions each role inherits, which it grants itself, and which roles nobody may hold beside it.',
      table: roleTable(matrix),
      empty: 'There is no role.',
    },
    {
      title: 'Why',
      says: 'How each role comes by the permissions that routes ask for: the arrows lead to the role that grants it.',
      table: grantTable(matrix),
      empty: 'No route asks for a permission.',
    },
    {
      title: 'Scopes',
      says: 'What a token may be asked to carry, and which routes ask for it, whatever the roles.',
      table: scopeTable(matrix),
      empty: '',
    },
    {
      title: 'Escapes',
      says: 'What the checks let pass on purpose, with the reason that was given.',
      table: escapeTable(matrix.escapes),
      empty: 'Nothing is open.',
    },
    {
      title: 'Tiers and limits',
      says: 'How much the clients of each tier may send.',
      table: limitTable(matrix),
      empty: 'There is no tier.',
    },
  ];
  return sections
    .filter(({ title }) => title !== 'Scopes' || matrix.scopes.length > 0)
    .map((section) => ({ ...section, table: section.table.rows.length === 0 ? undefined : section.table }));
}
