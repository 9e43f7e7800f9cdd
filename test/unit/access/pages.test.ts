import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import {
  accessMatrix,
  matrixCsv,
  matrixHtml,
  matrixJson,
  matrixMarkdown,
  matrixText,
} from '../../../lib/access/index.ts';
import type { AccessMatrix } from '../../../lib/access/matrix.ts';
import { bare, ledger } from '../../support/ledger.ts';
import { overlapping } from './support.ts';

const matrix = accessMatrix(ledger);

/** The ledger's matrix with everything that a page can show: limits of a route, a reviewer, text with markup. */
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
  ])('equal the reviewed page: %s', async (format, render) => {
    const page = join(import.meta.dirname, 'pages', `${name}.${format.toLowerCase()}.txt`);
    await expect(render(shown)).toMatchFileSnapshot(page);
  });
});

describe('the matrix as text', () => {
  it('has a table for each section', () => {
    const lines = matrixText(matrix).split('\n');
    const words = (start: string) => lines.find((line) => line.startsWith(start))?.split(/ {2,}/);
    expect(words('PUT')).toEqual([
      'PUT',
      '/entries/{id}',
      'changeEntry',
      'entry:write, own (createdBy) unless entry:write-any',
      '-',
      'own',
      '-',
      '-',
      'yes',
      '-',
    ]);
    expect(words('GET     /entries/export')).toContain('scope entries.read');
    expect(words('member (default)')).toEqual(['member (default)', '-', 'entry:read', '-']);
    expect(words('payment:make')).toEqual(['payment:make', 'payer; treasurer → payer']);
    expect(words('audit ')).toEqual(['audit', 'Audit the books', 'audit']);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
    expect(lines.at(-2)).toBe('Every permission is needed by some route.');
  });

  it('has the title of each section above it, as Markdown has', () => {
    for (const shown of [full, empty]) {
      const titles = matrixMarkdown(shown)
        .split('\n')
        .flatMap((line) => /^## (.*)$/.exec(line)?.[1] ?? []);
      const lines = matrixText(shown).split('\n');
      expect(lines.filter((line, i) => titles.includes(line) && lines[i - 1] === '' && lines[i + 1] === '')).toEqual(
        titles,
      );
    }
  });

  it('aligns columns, with yes and - in the cells', () => {
    const lines = matrixText(accessMatrix(documents)).split('\n');
    const head = lines.find((line) => line.startsWith('method')) ?? '';
    const column = head.indexOf('viewer');
    const rows = lines.filter((line) => /^(GET|POST|PUT|DELETE) /.test(line));
    expect(rows).toHaveLength(Object.keys(documents.routes).length);
    for (const row of rows) expect(row.slice(column).split(/\s+/)[0]).toMatch(/^(yes|-)$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(130);
  });

  it('states that there is nothing to list', () => {
    const small = accessMatrix(bare);
    for (const text of [matrixText(small), matrixMarkdown(small)]) {
      expect(text).toContain('No route needs a permission.');
      expect(text).toContain('Nothing is exempt.');
    }
    expect(matrixText({ ...small, scopes: [] })).not.toContain('allows a client to');
  });
});

describe('the matrix as Markdown', () => {
  it('names the reviewer and the content hash', () => {
    const by = matrixMarkdown({ ...matrix, review: { ...matrix.review, reviewer: 'Ada' } });
    expect(by).toContain('Roles reviewed 2026-11-01 by Ada; next review due 2027-01-30 (every 90 days).');
    expect(by.split('\n').at(-1)).toBe(`Content: \`${matrix.contentHash}\``);
    expect(by).toContain('## Scopes');
  });

  it('escapes free text', () => {
    expect(matrixMarkdown(accessMatrix(overlapping))).toContain(
      '| public | routes.search | a reason \\| with &lt;bars> |',
    );
  });
});

describe('the matrix as JSON', () => {
  it('parses to the matrix', () => {
    const small = accessMatrix(overlapping);
    expect(JSON.parse(matrixJson(small))).toEqual(JSON.parse(JSON.stringify(small)));
  });
});
