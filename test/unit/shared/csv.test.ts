import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvCell, csvOf } from '../../../lambdas/runtime/index.ts';
import { readCsv, unmarked } from '../../support/csv.ts';

/** OWASP, "CSV Injection": what a cell must not begin with, and the forms of other widths. */
const DANGEROUS = /^[\s\p{C}"]*[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]|^[\t\r\n]/u;
const written = (value: CsvCell) => csvOf(['a'], [{ a: value }]).slice('"a"\r\n'.length, -2);

describe('an export', () => {
  it('has the columns in their order, strings in quotes, and CRLF after each row', () => {
    const rows = [
      { amount: 1.5, name: 'Ann "A"', other: {} },
      { amount: -5, name: 'two\nlines', other: {} },
    ];
    expect(csvOf(['name', 'amount'], rows)).toBe('"name","amount"\r\n"Ann ""A""",1.5\r\n"two\nlines",-5\r\n');
    expect(csvOf(['name'], [] as { name: string }[])).toBe('"name"\r\n');
  });

  it.each([
    [-5, '-5'],
    [1e21, '1e+21'],
    [-7n, '-7'],
    [true, 'true'],
    [Number.NaN, '""'],
    [Number.NEGATIVE_INFINITY, '""'],
    [null, '""'],
    [undefined, '""'],
    ['', '""'],
  ])('writes %s as %s', (value, cell) => expect(written(value)).toBe(cell));

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '\tx',
    ' =1',
    '\u00a0=1',
    '\u200b=1',
    '\ufeff=1',
    '\u115f=1',
    '\u2800=1',
    '\ufffc=1',
    '\u0000=1',
    '"=1',
    "'=1",
    '“=1',
    '＝1',
    '＋1',
    '－1',
    '＠A1',
    '﹦1',
    '−1',
    '|calc',
    '%0A=1',
    ',=1',
    "'",
  ])('makes %j text with a mark', (text) => expect(written(text)).toMatch(/^"'/));

  it.each([
    ['a;=1', "a;'=1"],
    ['a\t=1', "a\t'=1"],
    ['a"; "=1', `a""; ""=1`.replace('; ', ";' ")],
    ['a\r\n@x', "a\r\n'@x"],
    ['a","=1', `a"",'""=1`],
    ['a\u2028-1', "a\u2028'-1"],
  ])('marks what another locale would take for a cell in %j', (text, cell) => expect(written(text)).toBe(`"${cell}"`));

  it.each([
    'Hello, world; and more',
    'Ann "the" Lee, "Bob"',
    'a-b=c+d@e',
    '3 = 3',
    '(555) 010',
    '#1',
    '/path',
    '¿Qué?',
    '🎉 done',
    '写真',
    '$5',
    'a\nb',
    'name@example.com',
  ])('leaves the text %j as it is', (text) =>
    expect(unmarked(text) === text && written(text)).toBe(`"${text.replaceAll('"', '""')}"`),
  );

  it('makes every character harmless whose compatibility form begins a formula, of all of Unicode', () => {
    let count = 0;
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const text = String.fromCodePoint(code);
      if (!DANGEROUS.test(text) && !DANGEROUS.test(text.normalize('NFKC'))) continue;
      count += 1;
      expect(written(`${text}1`)).toMatch(/^"'/);
    }
    expect(count).toBeGreaterThan(15);
  });

  it('makes the names of columns harmless, too', () => {
    expect(csvOf(['=1'], [{ '=1': 1 }])).toBe(`"'=1"\r\n1\r\n`);
  });
});

describe('any export', () => {
  const piece = fc.constantFrom(
    ...'=+-@＝＋－＠\t\r\n \u00a0\u200b"\',;|%a1é😀'.split(/(?:)/u),
    '\r\n',
    '=1+1',
    '","',
    ';"',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
  );
  const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const table = fc.tuple(fc.uniqueArray(text, { minLength: 1, maxLength: 5 }), fc.nat(6)).chain(([names, count]) =>
    fc.record({
      names: fc.constant(names),
      cells: fc.array(fc.tuple(...names.map(() => fc.oneof(text, number, fc.constant(undefined)))), {
        minLength: count,
        maxLength: count,
      }),
    }),
  );
  const natural = fc.tuple(table, fc.nat()).map(([{ names, cells }, number]) => ({
    names,
    cells: cells.map((row) => row.map((cell) => (typeof cell === 'number' ? number : cell))),
  }));
  const exported = ({ names, cells }: { names: readonly string[]; cells: readonly (readonly CsvCell[])[] }) => {
    // The names are data here, so that each index stands for one.
    const rows = cells.map((row) => new Map(row.map((cell, index) => [names[index], cell])));
    const asObjects = rows.map((row) => Object.fromEntries(row) as Readonly<Record<string, CsvCell>>);
    return csvOf(names, asObjects);
  };

  it('is read as the same table by two readers, and removing the marks gives the strings back', () => {
    let count = 0;
    fc.assert(
      fc.property(table, (given) => {
        count += 1;
        const csv = exported(given);
        const read = readCsv(csv);
        expect(parse(csv, { record_delimiter: '\r\n' })).toEqual(read);
        const strings = [given.names, ...given.cells.map((row) => row.map((cell) => String(cell ?? '')))];
        const isText = (row: number, column: number) => typeof (given.cells[row - 1]?.[column] ?? '') === 'string';
        expect(
          read?.map((cells, row) => cells.map((cell, column) => (isText(row, column) ? unmarked(cell) : cell))),
        ).toEqual(strings);
      }),
      { numRuns: 2_000 },
    );
    expect(count).toBe(2_000);
  });

  it.each([',', ';', '\t', '|'])(
    'has no formula for a program that splits at %j, also inside of quotes',
    (separator) => {
      let cells = 0;
      fc.assert(
        fc.property(natural, (given) => {
          for (const cell of readCsv(exported(given), separator, true)?.flat() ?? []) {
            cells += 1;
            expect(cell).not.toMatch(DANGEROUS);
          }
        }),
        { numRuns: 2_000 },
      );
      expect(cells).toBeGreaterThan(2_000);
    },
  );
});
