import { Type } from 'typebox';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { handlersOf } from '../../../../lambdas/runtime/index.ts';
import { type CsvRecord, csvRecords } from '../../../../lambdas/runtime/upload/csvRecords.ts';
import { type Api, defineApi, defineRoles, object, post, withDefault } from '../../../../lib/definition/index.ts';
import { form } from '../../../support/files.ts';
import { call, serveApi } from '../support.ts';

const roles = defineRoles({ writer: { can: ['row:write'] } }, { reviewed: '2026-11-01' });
const tiers = { free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' } } } as const;
const Row = object({
  name: Type.String({ minLength: 1, maxLength: 20 }),
  amount: Type.Number({ minimum: -100 }),
  count: Type.Optional(Type.Integer()),
  paid: Type.Optional(Type.Boolean()),
  currency: withDefault(Type.String({ format: 'currency' }), 'EUR'),
});
const kept = { permission: 'row:write', responses: { 204: { description: 'Kept' } } } as const;
const csv = { field: 'file', maxBytes: 200_000, types: { 'text/csv': ['.csv'] } } as const;
const api = defineApi(
  {
    name: 'rows',
    version: '1.0.0',
    roles,
    tiers,
    routes: {
      rows: post('/rows', { ...kept, upload: { ...csv, rows: Row } }),
      few: post('/few', { ...kept, upload: { ...csv, rows: Row, maxRows: 2 }, unicode: 'normalize' }),
      two: post('/two', {
        ...kept,
        upload: { ...csv, rows: object({ a: Type.String({ maxLength: 9 }) }), maxFiles: 2 },
      }),
      huge: post('/huge', {
        ...kept,
        upload: { ...csv, maxBytes: 4_000_000, rows: object({ a: Type.String({ maxLength: 9 }) }) },
      }),
      blank: post('/blank', {
        ...kept,
        upload: { ...csv, rows: object({ a: Type.Optional(Type.String({ maxLength: 9 })) }) },
      }),
    },
  },
  { today: new Date('2026-11-10T00:00:00Z') },
);

let rows: unknown[] | undefined;
vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
afterAll(() => vi.unstubAllEnvs());
beforeEach(() => {
  rows = undefined;
});
const secure = handlersOf<typeof api>();
const keep = async ({ files }: { readonly files: readonly { rows(): AsyncIterable<unknown> }[] }) => {
  rows = [];
  for (const file of files) for await (const row of file.rows()) rows.push(row);
  return { status: 204 } as const;
};
const handlers = [
  secure('rows', keep),
  secure('few', keep),
  secure('two', keep),
  secure('blank', keep),
  secure('huge', keep),
];
const handler = serveApi(api as unknown as Api, handlers);

const send = (resource: string, ...texts: readonly (string | Buffer)[]) => {
  const { body, headers } = form(...texts.map((bytes, i) => ({ name: `${i}.csv`, type: 'text/csv', bytes })));
  const type = { 'Content-Type': headers['content-type'] };
  const raw = { raw: body.toString('base64'), base64: true };
  return call(handler, { method: 'POST', resource, roles: 'writer', headers: type, ...raw });
};
const faults = async (...sent: Parameters<typeof send>) => {
  const { statusCode, json } = await send(...sent);
  expect([statusCode, json['code'], rows]).toEqual([422, 'upload-rows-invalid', undefined]);
  return json['errors'] as readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
};
const located = async (...sent: Parameters<typeof send>) =>
  (await faults(...sent)).map(({ pointer, code }) => `${pointer} ${code}`);

describe('the rows of a CSV file', () => {
  it('reach the handler as values, with columns in any order, blank optional cells absent and defaults filled in', async () => {
    const text = 'amount,name,paid,count,currency\r\n1.5,Ann,true,3,USD\r\n-5,"Bob ""B"", Jr.",,,\r\n';
    expect((await send('/rows', text)).statusCode).toBe(204);
    expect(rows).toEqual([
      { name: 'Ann', amount: 1.5, paid: true, count: 3, currency: 'USD' },
      { name: 'Bob "B", Jr.', amount: -5, currency: 'EUR' },
    ]);
  });

  it.each([
    ['a byte order mark', '\ufeffname,amount\nAnn,1\n'],
    ['line feeds alone', 'name,amount\nAnn,1\n'],
    ['both kinds of line ends', 'name,amount\r\nAnn,1\n'],
    ['no line end after the last row', 'name,amount\r\nAnn,1'],
    ['names in quotes', '"name","amount"\r\n"Ann","1"\r\n'],
  ])('can have %s', async (_, text) => {
    expect((await send('/rows', text)).statusCode).toBe(204);
    expect(rows).toEqual([{ name: 'Ann', amount: 1, currency: 'EUR' }]);
  });

  it('can be none', async () => {
    expect((await send('/rows', 'name,amount\r\n')).statusCode).toBe(204);
    expect(rows).toEqual([]);
  });

  it.each(['=1+1', '+1', '-x', '@a', "'=1", '=HYPERLINK("a")'])('can hold %j, which is data', async (name) => {
    expect((await send('/rows', `name,amount\n"${name.replaceAll('"', '""')}",1\n`)).statusCode).toBe(204);
    expect(rows).toMatchObject([{ name }]);
  });

  it('of several files are those of each file', async () => {
    expect((await send('/two', 'a\n1\n', 'a\n2\n3\n')).statusCode).toBe(204);
    expect(rows).toEqual([{ a: '1' }, { a: '2' }, { a: '3' }]);
    rows = undefined;
    expect(await located('/two', 'a\n1\n', 'a\n2\n0123456789\n')).toEqual(['/file/1/2/a too-long']);
  });

  it('are normalized where the route normalizes, and rejected elsewhere', async () => {
    const text = 'name,amount\nA\u0308nn,1\n';
    expect(await located('/rows', text)).toEqual(['/file/1/name text']);
    expect((await send('/few', text)).statusCode).toBe(204);
    expect(rows).toMatchObject([{ name: 'Änn' }]);
  });

  it('can be read more than once', async () => {
    const read: unknown[] = [];
    const twice = secure('two', async ({ files: [file] }) => {
      for (let time = 0; time < 2; time += 1) for await (const row of file.rows()) read.push(row.a);
      return { status: 204 };
    });
    const { body, headers } = form({ name: 'a.csv', type: 'text/csv', bytes: 'a\n1\n2\n' });
    const request = {
      method: 'POST',
      resource: '/two',
      roles: 'writer',
      headers: { 'Content-Type': headers['content-type'] },
    };
    await call(serveApi(api as unknown as Api, [twice]), { ...request, raw: body.toString('base64'), base64: true });
    expect(read).toEqual(['1', '2', '1', '2']);
  });

  it('with a blank cell that is the only one are rows, in quotes', async () => {
    expect((await send('/blank', 'a\n""\nx\n""')).statusCode).toBe(204);
    expect(rows).toEqual([{}, { a: 'x' }, {}]);
  });
});

describe('a CSV file is rejected', () => {
  const head = 'name,amount,count,paid\n';
  it.each([
    ['for a number in another form', `${head}Ann,1e3,,\n`, ['/file/1/amount type']],
    ['for a blank before a number', `${head}Ann, 1,,\n`, ['/file/1/amount type']],
    ['for an integer with a fraction', `${head}Ann,1,1.5,\n`, ['/file/1/count type']],
    ['for a boolean in upper case', `${head}Ann,1,,TRUE\n`, ['/file/1/paid type']],
    ['for a value out of bounds', `${head}Ann,-101,,\n`, ['/file/1/amount minimum']],
    ['for a blank cell of a required number', `${head}Ann,,,\n`, ['/file/1/amount type']],
    ['for a blank cell of a required string', `${head},1,,\n`, ['/file/1/name too-short']],
    [
      'for faults of several rows',
      `${head}Ann,1,,\n,x,,\nBob,1,,no\n`,
      ['/file/2/amount type', '/file/2/name too-short', '/file/3/paid type'],
    ],
    ['for control characters that only quotes allow', `${head}"A\rnn",1,,\n`, ['/file/1/name line-break']],
    ['for a carriage return at the end of a line', `${head}Ann,1,,true\r\r\n`, ['/file/1/paid line-break']],
    ['for a row with a cell less', `${head}Ann,1,\n`, ['/file/1 cells']],
    ['for a row with a cell more', `${head}Ann,1,,\nAnn,1,,,\n`, ['/file/2 cells']],
    ['for a blank line', `${head}\nAnn,1,,\n`, ['/file/1 blank']],
    ['for a blank line at the end', `${head}Ann,1,,\n\r\n`, ['/file/2 blank']],
    ['for a quote inside of a cell', `${head}Ann,1,,\nA"n,1,,\n`, ['/file/2/name quotes']],
    ['for text after a quoted cell', `${head}Ann,1,"2"x,\n`, ['/file/1/count quotes']],
    ['for quotes that do not end', `${head}Ann,1,,"\nAnn,1,,\n`, ['/file/1/paid quotes']],
    ['for a fault before broken quotes', `${head}Ann,x,,\nA"n,1,,\n`, ['/file/1/amount type', '/file/2/name quotes']],
    ['for an unknown column', 'name,amount,total\nAnn,1,2\n', ['/file/0/3 unknown']],
    ['for a column in another case', 'Name,amount\nAnn,1\n', ['/file/0/1 unknown', '/file/0/name required']],
    ['for a column that is there twice', 'name,amount,name\nAnn,1,Bob\n', ['/file/0/3 repeated']],
    ['for a missing column', 'name\nAnn\n', ['/file/0/amount required']],
    ['for semicolons between columns', 'name;amount\nAnn;1\n', ['/file/0 separator']],
    ['for tabs between columns', 'name\tamount\nAnn\t1\n', ['/file/0 separator']],
    [
      'for one unknown column with no other separator',
      'n|a\nAnn|1\n',
      ['/file/0/1 unknown', '/file/0/amount required', '/file/0/name required'],
    ],
    ['for carriage returns between lines', 'name,amount\rAnn,1\r', ['/file/0 line-break']],
    [
      'for blank lines before broken quotes',
      `${head}Ann,1,,\n\n\n\nx"y,1`,
      ['/file/2 blank', '/file/3 blank', '/file/4 blank', '/file/5/name quotes'],
    ],
    [
      'for blank lines before broken quotes and a line break',
      `${head}Ann,1,,\n\n\n\nx"y,1\n`,
      ['/file/2 blank', '/file/3 blank', '/file/4 blank', '/file/5/name quotes'],
    ],
    ['without a header', '\n', ['/file/0 blank']],
    ['with nothing but a byte order mark', '\ufeff', ['/file/0 required']],
    ['with broken quotes in the header', 'name,am"ount\n', ['/file/0/2 quotes']],
    ['for a column of every object', 'name,amount,toString\nAnn,1,\n', ['/file/0/3 unknown']],
    ['for a column of a prototype', 'name,amount,__proto__\nAnn,1,\n', ['/file/0/3 unknown']],
  ])('%s', async (_, text, expected) => {
    expect([...(await located('/rows', text))].sort()).toEqual([...expected].sort());
  });

  it('for more rows than the route takes, at the first one', async () => {
    const row = 'Ann,1\n';
    expect((await send('/few', `name,amount\n${row.repeat(2)}`)).statusCode).toBe(204);
    rows = undefined;
    expect(await located('/few', `name,amount\n${row.repeat(5)}`)).toEqual(['/file/3 too-many']);
  });

  it('for a record of more than a mebibyte, before more of it is read', async () => {
    const records = async (bytes: Buffer) => {
      const found: CsvRecord[] = [];
      for await (const record of csvRecords(bytes)) found.push(record);
      return found;
    };
    const mebibyte = 1024 * 1024;
    expect(await records(Buffer.from(`a\nx\n${','.repeat(mebibyte / 2)}`))).toHaveLength(3);
    expect(await records(Buffer.from(`${'x'.repeat(1_000)}\n`.repeat(1_500)))).toHaveLength(1_500);
    const found = await records(Buffer.from(`a\nx\n${','.repeat(4 * mebibyte)}`));
    expect(found.slice(2)).toEqual([{ cells: [], isTooLong: true }]);
    expect(await faults('/huge', `a\nx\n${','.repeat(2 * mebibyte)}`)).toEqual([
      { pointer: '/file/2', code: 'too-long', message: 'row 2: must have at most 1048576 bytes' },
    ]);
  });

  it('with row and column of each fault in words, and nothing of the file', async () => {
    expect(await faults('/rows', 'name,amount\nAnn,1\nsecret,secret\n')).toEqual([
      { pointer: '/file/2/amount', code: 'type', message: 'row 2, column amount: must be number' },
    ]);
    expect(await faults('/rows', 'name,amount,secret\n')).toEqual([
      { pointer: '/file/0/3', code: 'unknown', message: 'header, column 3: is not known' },
    ]);
  });

  it('with its first 20 faults', async () => {
    expect(await located('/rows', `name,amount\n${'Ann,x\n'.repeat(500)}`)).toEqual(
      Array.from({ length: 20 }, (_, i) => `/file/${i + 1}/amount type`),
    );
  });

  it('before its rows are, if it is no text', async () => {
    expect((await send('/rows', Buffer.from('name,amount\n\xff,1\n', 'latin1'))).json['code']).toBe(
      'upload-content-mismatch',
    );
  });
});
