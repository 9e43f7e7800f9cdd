import type { AccessMatrix } from './matrix.ts';
import {
  claimTable,
  exemptionTable,
  grantTable,
  limitTable,
  type MatrixTable,
  openTable,
  roleTable,
  routeTable,
  scopeTable,
} from './matrixTables.ts';

/** A section of the matrix with its heading and table. */
export interface MatrixSection {
  readonly title: string;
  /** What the table shows, in a sentence. */
  readonly description: string;
  /** Undefined where there is nothing to list. */
  readonly table: MatrixTable | undefined;
  /** Replaces an empty table. */
  readonly empty: string;
}

/** The sections of the matrix in their order; some only where they list something. */
export function matrixSections(matrix: AccessMatrix): readonly MatrixSection[] {
  const sections: readonly (Omit<MatrixSection, 'table'> & { readonly table: MatrixTable })[] = [
    {
      title: 'Routes and roles',
      description:
        'What each route needs, and which roles are allowed to call it if the token has the scopes; “own” means only for what the caller owns.',
      table: routeTable(matrix),
      empty: 'There is no route.',
    },
    {
      title: 'Roles',
      description: 'Which roles each role inherits, which permissions it grants itself, and which roles exclude it.',
      table: roleTable(matrix),
      empty: 'There is no role.',
    },
    {
      title: 'Why',
      description: 'Why each role has the permissions that routes need: the arrows lead to the role that grants it.',
      table: grantTable(matrix),
      empty: 'No route needs a permission.',
    },
    {
      title: 'Scopes',
      description: 'The scopes that tokens can carry, and which routes need them, whatever the roles.',
      table: scopeTable(matrix),
      empty: '',
    },
    {
      title: 'Claims',
      description:
        'The claims of tokens that the API reads. “only where” in a route compares a path parameter with one.',
      table: claimTable(matrix),
      empty: '',
    },
    {
      title: 'Exemptions',
      description: 'What is exempt from a check, and why.',
      table: exemptionTable(matrix.exemptions),
      empty: 'Nothing is exempt.',
    },
    {
      title: 'Left to the handlers',
      description:
        'How many routes the policy of a role opens at the gateway although the role is not allowed to call them, because a policy has at most 8,192 characters. The handlers reject these requests.',
      table: openTable(matrix),
      empty: '',
    },
    {
      title: 'Tiers and limits',
      description: 'How many requests the clients of each tier are allowed to send.',
      table: limitTable(matrix),
      empty: 'There is no tier.',
    },
  ];
  return sections
    .filter(
      ({ title, table }) => !['Scopes', 'Claims', 'Left to the handlers'].includes(title) || table.rows.length > 0,
    )
    .map((section) => ({ ...section, table: section.table.rows.length === 0 ? undefined : section.table }));
}
