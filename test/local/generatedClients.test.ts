import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { type GeneratedClients, generateClients, runClient } from '../support/generatedClients.ts';

const read = (clients: GeneratedClients, path: string) => readFileSync(join(clients.folder, path), 'utf8');

describe('clients generated from the sample', () => {
  let gateway: RunningGateway;
  let clients: GeneratedClients;
  beforeAll(async () => {
    gateway = await startGateway();
    clients = await generateClients('--server', gateway.ready.url);
  });
  afterAll(() => gateway?.stop());

  it('call the running API, and distinguish its responses by status', async () => {
    const file = clients.write(
      'call.ts',
      `import { createDocument, getDocument, health, listDocuments, type Document } from './orval/api.ts';
       import type { Document as KubbDocument } from './kubb/index.ts';
       const headers = { authorization: \`Bearer \${process.env.TOKEN}\` };
       const created = await createDocument({ title: 'Generated', tags: ['a'] }, { headers });
       if (created.status !== 201) throw new Error(String(created.status));
       const { data }: { readonly data: Document } = created;
       const same: KubbDocument = data;
       const found = await getDocument(same.id, { headers });
       const page = await listDocuments({ limit: 5, status: 'draft' }, { headers });
       const missing = await getDocument('00000000-0000-4000-8000-000000000000', { headers });
       const invalid = await createDocument({ title: '' }, { headers });
       const anonymous = await listDocuments();
       const open = await health();
       const first = page.status === 200 ? page.data.items[0]?.title : undefined;
       const code = missing.status === 404 ? missing.data.code : undefined;
       const problem = invalid.status === 400 ? invalid.data.code : undefined;
       const statuses = [found, page, missing, invalid, anonymous, open].map(({ status }) => status);
       console.log(JSON.stringify({ first, code, problem, statuses }));
       declare const process: { readonly env: Record<string, string | undefined> };
      `,
    );
    expect(await clients.typeErrors()).toBe('');
    const token = await gateway.token('admin', { tier: 'premium' });
    const printed = JSON.parse(await runClient(file, gateway.ready.ca, { TOKEN: token }));
    expect(printed).toEqual({
      first: 'Generated',
      code: 'not-found',
      problem: 'invalid-request',
      statuses: [200, 200, 404, 400, 401, 200],
    });
  });

  it('have types with the names of the schemas', () => {
    for (const name of ['Document', 'NewDocument', 'DocumentPage', 'Problem']) {
      expect(read(clients, 'orval/api.ts')).toContain(`export interface ${name} {`);
      expect(read(clients, `kubb/types/${name}.ts`)).toContain(`export type ${name} = {`);
    }
  });

  it('are wrong where a call is not as the document says', async () => {
    clients.write(
      'call.ts',
      `import { createDocument, listDocuments } from './orval/api.ts';
       await createDocument({ titel: 'Misspelt' });
       await listDocuments({ status: 'gone' });
      `,
    );
    const errors = (await clients.typeErrors())
      .split('\n')
      .filter((line) => line.startsWith('call.ts') || line.includes('call.ts('));
    expect(errors).toHaveLength(2);
  });
});

describe('clients generated from choices, nullable values, several media types and odd names', () => {
  let clients: GeneratedClients;
  beforeAll(async () => {
    clients = await generateClients(
      '--definition',
      join(root, 'test/support/variedApi.ts'),
      '--server',
      'https://api.example.com/v1',
    );
  });

  it('narrow a choice by its discriminator', async () => {
    clients.write(
      'use.ts',
      `import type { BankTransfer, CardPayment, NewOrder, Order, OrderLine, Payment, State } from './orval/api.ts';
       import type { Payment as KubbPayment } from './kubb/index.ts';
       import { addNotes, addOrder, changeOrder, exportOrders, getListOrdersUrl } from './orval/api.ts';
       export const ibanOf = (payment: Payment): string => (payment.kind === 'card' ? payment.last4 : payment.iban);
       export const alsoOf = (payment: KubbPayment): string => (payment.kind === 'card' ? payment.last4 : payment.iban);
       const card: CardPayment = { kind: 'card', last4: '0000' };
       const transfer: BankTransfer = { kind: 'sepa', iban: 'DE' };
       const line: OrderLine = { sku: 'TEA-1' };
       const order: NewOrder = { lines: [line], payment: card, note: null };
       const state: State = 'open';
       export const url: string = getListOrdersUrl({ state, 'page-size': 5 });
       export const use = async (): Promise<Order | undefined> => {
         const added = await addOrder(order);
         await changeOrder(1, { payment: transfer });
         await addNotes();
         await exportOrders();
         return added.status === 201 ? added.data : undefined;
       };
      `,
    );
    expect(await clients.typeErrors()).toBe('');
    expect(read(clients, 'orval/api.ts')).toContain('https://api.example.com/v1/orders');
    expect(read(clients, 'orval/api.ts')).toMatch(/@deprecated/);
  });
});
