import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineApi, defineRoles, object, post } from '../../lib/definition/index.ts';
import { type Client, clientOf } from '../support/client.ts';
import { form } from '../support/files.ts';
import type { RunningGateway } from '../support/gateway.ts';
import { serveProject } from '../support/localProject.ts';

const definition = defineApi(
  {
    name: 'payments',
    version: '1.0.0',
    roles: defineRoles({ editor: { can: ['row:write'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
    tiers: { free: { rate: 1_000, burst: 1_000, quota: { requests: 1_000_000, per: 'DAY' } } },
    routes: {
      importRows: post('/rows', {
        permission: 'row:write',
        upload: {
          field: 'file',
          maxBytes: 1_000_000,
          types: { 'text/csv': ['.csv'] },
          rows: object({ payee: Type.String({ minLength: 1, maxLength: 50 }), amount: Type.Number() }),
          maxRows: 50_000,
        },
        responses: { 200: { description: 'Summed up', body: object({ rows: Type.Integer(), sum: Type.Number() }) } },
        memoryMb: 512,
      }),
    },
  },
  { today: new Date('2026-11-10T00:00:00Z') },
);
const IMPORT = `async ({ files: [file] }) => {
  let rows = 0;
  let sum = 0;
  for await (const row of file.rows()) { rows += 1; sum += row.amount; }
  return { status: 200, body: { rows, sum } };
}`;

let gateway: RunningGateway;
let call: Client;
beforeAll(async () => {
  gateway = await serveProject(definition, { importRows: IMPORT });
  call = clientOf(gateway.ready);
});
afterAll(() => gateway?.stop());

const send = async (text: string) => {
  const { body, headers } = form({ name: 'payments.csv', type: 'text/csv', bytes: text });
  return call('POST', '/rows', { token: await gateway.token('editor', { tier: 'free' }), body, headers });
};

describe('a CSV file over TLS', () => {
  it('reaches the handler as typed rows, formulas and all', async () => {
    const response = await send('amount,payee\r\n1.5,"Ann, Bob"\r\n-5,=1+1\r\n');
    expect([response.status, response.json()]).toEqual([200, { rows: 2, sum: -3.5 }]);
  });

  it('of 50,000 rows comes through', async () => {
    const response = await send(`payee,amount\n${'Ann,1\n'.repeat(50_000)}`);
    expect([response.status, response.json()]).toEqual([200, { rows: 50_000, sum: 50_000 }]);
  });

  it('is rejected with row and column of each fault', async () => {
    const response = await send('payee,amount\nAnn,1\n,1e3\n');
    expect([response.status, response.json()['code']]).toEqual([422, 'upload-rows-invalid']);
    expect(response.json()['errors']).toEqual([
      { pointer: '/file/2/amount', code: 'type', message: 'row 2, column amount: must be number' },
      { pointer: '/file/2/payee', code: 'too-short', message: 'row 2, column payee: must have at least 1 characters' },
    ]);
  });
});
