import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessMatrix, matrixCsv, matrixHtml, matrixMarkdown, matrixText } from '../../../lib/access/index.ts';
import type { AccessMatrix } from '../../../lib/access/matrix.ts';
import { bare, ledger } from '../../support/ledger.ts';

const matrix = accessMatrix(ledger);

/** The ledger's matrix with everything that a page may show: limits of a route, a reviewer, text that is no HTML. */
const full: AccessMatrix = {
  ...matrix,
  rows: matrix.rows.map((row, index) =>
    index === 0 ? { ...row, limits: { free: { rate: 1500, burst: 2500 } } } : row,
  ),
  exemptions: [
    ...matrix.exemptions,
    { kind: 'public', location: 'routes.odd', reason: `<b>"it's" & | that\n  is all` },
  ],
  unusedPermissions: ['entry:lock', 'entry:unlock'],
  review: { ...matrix.review, reviewer: 'Ada' },
};

/** An API with nothing to list in any section. */
const empty: AccessMatrix = {
  ...accessMatrix(bare),
  rows: [],
  roles: [],
  roleDetails: [],
  scopes: [],
  tiers: [],
};

describe.each([
  ['full', full],
  ['empty', empty],
])('the pages of a matrix that is %s', (name, shown) => {
  it.each([
    ['text', matrixText],
    ['Markdown', matrixMarkdown],
    ['HTML', matrixHtml],
    ['CSV', matrixCsv],
  ])('read as people have approved them: %s', async (format, render) => {
    const page = join(import.meta.dirname, 'pages', `${name}.${format.toLowerCase()}.txt`);
    await expect(render(shown)).toMatchFileSnapshot(page);
  });
});
