import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { HttpProblem } from '../../lambdas/runtime/index.ts';
import { withRows } from '../../lambdas/runtime/upload/withRows.ts';
import { defineApi, defineRoles, object, post } from '../../lib/definition/index.ts';
import type { FileRows, UploadedFile } from '../../lib/definition/upload.ts';
import { compileRowValidator, rowRules } from '../../lib/validators/index.ts';
import { readCsv } from '../support/csv.ts';

const MAX_ROWS = 40;
const { routes } = defineApi(
  {
    name: 'rows',
    version: '1.0.0',
    roles: defineRoles({ writer: { can: ['row:write'] } }, { reviewed: '2026-11-01' }),
    tiers: { free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' } } },
    routes: {
      add: post('/rows', {
        permission: 'row:write',
        responses: { 204: { description: 'Kept' } },
        upload: {
          field: 'file',
          maxBytes: 1_000_000,
          types: { 'text/csv': ['.csv'] },
          maxRows: MAX_ROWS,
          rows: object({
            name: Type.String({ maxLength: 30, 'x-text': 'raw', 'x-text-reason': 'a test of any text' }),
            amount: Type.Optional(Type.Integer()),
            paid: Type.Optional(Type.Boolean()),
          }),
        },
      }),
    },
  },
  { today: new Date('2026-11-10T00:00:00Z') },
);
const rules = rowRules(routes.add) ?? expect.fail();
const upload = routes.add.upload ?? expect.fail();
const validate = compileRowValidator(routes.add);

type CsvFile = UploadedFile & FileRows<unknown>;
/** The rows of a file, or the pointers of its faults; any other error fails the test. */
async function rowsOf(
  bytes: Buffer,
): Promise<{ readonly rows?: readonly unknown[]; readonly pointers?: readonly string[] }> {
  const file: UploadedFile = { name: 'a.csv', extension: '.csv', type: 'text/csv', bytes, sha256: '' };
  try {
    const [read] = await withRows(async () => [file], validate, rules)({} as never, upload);
    const rows: unknown[] = [];
    for await (const row of (read as CsvFile).rows()) rows.push(row);
    return { rows };
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    expect([error.status, error.code]).toEqual([422, 'upload-rows-invalid']);
    return { pointers: error.errors.map((fault) => ('pointer' in fault ? fault.pointer : '')) };
  }
}

/** The first fault of a table, or its rows, by a reader that shares nothing with the library. */
function expectedOf(text: string): { readonly rows?: readonly unknown[]; readonly first?: string } {
  const [header = [], ...lines] = readCsv(text) ?? [];
  const rows: unknown[] = [];
  for (const [index, cells] of lines.entries()) {
    const row = index + 1;
    if (row > MAX_ROWS || cells.length !== header.length) return { first: `/file/${row}` };
    const cell = (name: string) => cells[header.indexOf(name)] ?? '';
    // The columns are read in the order of the header; the validator follows.
    for (const name of header) {
      const text = cell(name);
      const isRead =
        !/\r(?!\n)/.test(text) &&
        (text === '' ||
          name === 'name' ||
          (name === 'paid' ? /^(?:true|false)$/ : /^(?:0|-?[1-9]\d{0,14}|-0)$/).test(text));
      if (!isRead) return { first: `/file/${row}/${name}` };
    }
    if ([...cell('name')].length > 30) return { first: `/file/${row}/name` };
    rows.push({
      name: cell('name'),
      ...(cell('amount') === '' ? {} : { amount: Number(cell('amount')) + 0 }),
      ...(cell('paid') === '' ? {} : { paid: cell('paid') === 'true' }),
    });
  }
  return { rows };
}

const cellText = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 8 }) },
  fc.string({
    unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', '\r', "'", '=', ';', '\t', 'é', '😀'),
    maxLength: 34,
  }),
);
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.integer().map(String) },
  fc.constantFrom('', '-0', '01', '1e3', ' 1', '1.5', 'x'),
);
const paid = fc.oneof({ weight: 8, arbitrary: fc.constantFrom('true', 'false', '') }, fc.constantFrom('TRUE', '1'));
const table = fc.record({
  columns: fc
    .shuffledSubarray(['amount', 'paid'])
    .chain((others) => fc.shuffledSubarray(['name', ...others], { minLength: others.length + 1 })),
  rows: fc.array(fc.record({ name: cellText, amount, paid }), { maxLength: 12 }),
  more: fc.nat(20).map((chance) => (chance === 0 ? MAX_ROWS : 0)),
  quoted: fc.boolean(),
  bom: fc.boolean(),
  record_delimiter: fc.constantFrom('\r\n', '\n'),
});

describe('a table that another program wrote', () => {
  it('gives the rows that a second reader finds, or the row and column of its first fault', async () => {
    const seen = { accepted: 0, rejected: 0 };
    await fc.assert(
      fc.asyncProperty(table, async ({ columns, rows, more, ...options }) => {
        const filler = Array.from({ length: more }, () => ({ name: 'x', amount: '1', paid: 'true' }));
        const text = stringify([...rows, ...filler], {
          header: true,
          columns,
          quoted_empty: true,
          quoted_match: /[\r\n]/,
          ...options,
        });
        const read = await rowsOf(Buffer.from(text));
        const { rows: expected, first } = expectedOf(text);
        seen[first === undefined ? 'accepted' : 'rejected'] += 1;
        expect(read.rows).toEqual(expected);
        expect(read.pointers?.[0]).toBe(first);
        expect(read.pointers?.length ?? 0).toBeLessThanOrEqual(20 + columns.length);
      }),
      { numRuns: 1_000 },
    );
    expect(seen.accepted).toBeGreaterThan(50);
    expect(seen.rejected).toBeGreaterThan(50);
  });
});

describe('a table that was mutated', () => {
  const mutation = fc.record({
    at: fc.nat(400),
    remove: fc.nat(3),
    // A file with other control characters is no text, and is rejected before its rows are read.
    insert: fc.oneof(
      fc.constantFrom('"', '""', ',', '\n', '\r', '\r\n', '\n\n', '\t', '\ufeff', 'x'),
      fc.string({ maxLength: 3 }),
    ),
  });

  it('is rejected with a problem, or read as a second reader reads it', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        async ({ columns, rows, record_delimiter }, mutations) => {
          const written = stringify(rows, { header: true, columns, record_delimiter });
          const text = mutations.reduce((before, { at, remove, insert }) => {
            const start = at % (before.length + 1);
            return before.slice(0, start) + insert + before.slice(start + remove);
          }, written);
          const read = await rowsOf(Buffer.from(text));
          if (read.rows === undefined) return;
          accepted += 1;
          expect(expectedOf(Buffer.from(text).toString()).rows).toEqual(read.rows);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it('of any bytes is rejected with a problem', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await rowsOf(Buffer.from(bytes));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a large file', () => {
  it.each([
    ['separators', ','],
    ['line breaks', '\n'],
    ['quotes', '"'],
    ['rows of the right kind', 'Ann\n'],
    ['rows of one quoted cell', '""\n'],
  ])('of nothing but %s ends with a few faults', async (_, piece) => {
    const { pointers } = await rowsOf(Buffer.from(`name\n${piece.repeat(Math.floor(1_000_000 / piece.length))}`));
    expect(pointers?.length).toBeGreaterThan(0);
    expect(pointers?.length).toBeLessThan(25);
  });
});
