import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessMatrix, matrixCsv } from '../../../lib/access/index.ts';
import type { AccessMatrix } from '../../../lib/access/matrix.ts';
import { readCsv, unmarked } from '../../support/csv.ts';
import { ledger } from '../../support/ledger.ts';

const matrix = accessMatrix(ledger);

describe('the matrix as CSV', () => {
  const parse = (csv: string) => readCsv(csv) ?? expect.fail('the quotes are broken');

  it('has one line for each role and route, below the header', () => {
    const [head, ...lines] = parse(matrixCsv(matrix));
    expect(head).toEqual([
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
    ]);
    expect(lines).toHaveLength(matrix.rows.length * matrix.roles.length);
    const line = (role: string, route: string) => lines.find(([a, b]) => a === role && b === route)?.slice(4);
    expect(line('clerk', 'changeEntry')).toEqual([
      'own',
      'permission',
      'entry:write',
      '',
      'createdBy unless entry:write-any',
      '',
      'clerk',
    ]);
    expect(line('payer', 'listEntries')?.at(-1)).toBe('payer by the default role member');
    expect(line('payer', 'audit')).toEqual(['no', 'permission', 'entry:audit', 'entries.read audit', '', '', '']);
    expect(line('payer', 'exportEntries')).toEqual([
      'yes',
      'scopes',
      '',
      'entries.read',
      '',
      '',
      'by the scopes of the token',
    ]);
    expect(line('member', 'dropEntry')).toEqual([
      'own',
      'authenticated',
      '',
      '',
      'createdBy',
      '',
      'members drop what they made',
    ]);
    expect(line('member', 'health')).toEqual(['yes', 'public', '', '', '', '', 'liveness probe']);
  });

  it('preserves any reason, and starts no cell like a formula', () => {
    const [first, ...others] = matrix.rows;
    if (first === undefined) throw new Error('no row');
    const withReason = (reason: string): AccessMatrix => ({
      ...matrix,
      rows: [{ ...first, access: { kind: 'public', reason } }, ...others],
    });
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', '=', '+', '-', '@', '\t') }),
        (reason) => {
          const cell = parse(matrixCsv(withReason(reason)))[1]?.at(-1) ?? '';
          expect(unmarked(cell)).toBe(reason);
          expect(cell).not.toMatch(/^[=+\-@\t\r]/);
        },
      ),
    );
  });
});
