import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findAttachments } from '../../../lambdas/documents/data/attachments.ts';
import { sweepAttachments } from '../../../lambdas/documents/sweep/sweepAttachments.ts';
import { root } from '../../support/folders.ts';
import { type AttachmentStores, startStores } from './attachmentStores.ts';

let stores: AttachmentStores;
let documentId: string;
let attachmentId: unknown;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());
beforeEach(async () => {
  documentId = await stores.createDocument();
});
afterEach(() => vi.restoreAllMocks());

/** Later than any upload that has started can end. */
const LATER_MS = 3_901_000;
const rows = () => findAttachments(stores.table, documentId);
const sweep = () => sweepAttachments(stores.stores, new Date(Date.now() + LATER_MS));
/** What is in the table, and what is in the bucket: equal when nothing is left over. */
const kept = async () => {
  const ids = (await rows()).map(({ id }) => stores.keyOf(documentId, id).Key).sort();
  return { rows: ids, objects: await stores.objects(documentId) };
};

type Call = (...given: never[]) => Promise<unknown>;
/** Counts the calls to table and bucket, and lets one of them fail: before it was sent, or after its response was lost. */
function failing(step: number, when: 'before' | 'after') {
  const calls = { count: 0 };
  const wrap = (original: Call): Call =>
    async function (this: unknown, ...given) {
      calls.count += 1;
      const fails = calls.count === step;
      if (fails && when === 'before') throw new Error('the connection was lost');
      const result = await original.apply(this, given);
      if (fails) throw new Error('the connection was lost');
      return result;
    };
  const send = wrap(DynamoDBDocumentClient.prototype.send as Call);
  const fetch = wrap(globalThis.fetch as Call);
  vi.spyOn(DynamoDBDocumentClient.prototype, 'send').mockImplementation(send as never);
  vi.spyOn(globalThis, 'fetch').mockImplementation(fetch as never);
  return calls;
}

const operations: Readonly<Record<string, () => Promise<{ readonly statusCode: number }>>> = {
  'an upload': () => stores.add(documentId),
  'an announcement': () => stores.announce(documentId),
  'a deletion of an attachment': () => stores.remove(documentId, attachmentId),
  'a deletion of the document': () => stores.removeDocument(documentId),
  'a list': async () =>
    stores.send('GET', '/documents/{id}/attachments', { roles: 'viewer', path: { id: documentId } }),
};

describe('a failure', () => {
  it.each(Object.keys(operations))('of any step of %s leaves nothing that the sweep does not remove', async (name) => {
    const operate = operations[name];
    if (operate === undefined) throw new Error('no operation');
    const prepared = async () => {
      vi.restoreAllMocks();
      documentId = await stores.createDocument();
      attachmentId = (await stores.add(documentId)).json['id'];
    };
    await prepared();
    const calls = failing(0, 'before');
    expect((await operate()).statusCode).toBeLessThan(300);
    const steps = calls.count;
    expect(steps).toBeGreaterThan(1);
    for (let step = 1; step <= steps; step += 1) {
      for (const when of ['before', 'after'] as const) {
        await prepared();
        failing(step, when);
        await operate();
        vi.restoreAllMocks();
        expect(await sweep(), `step ${step} ${when}`).toMatchObject({ failures: [] });
        const left = await kept();
        expect(left.rows, `step ${step} ${when}`).toEqual(left.objects);
        expect(await sweep()).toEqual({ objects: 0, rows: 0, failures: [] });
        await stores.removeDocument(documentId);
      }
    }
  });

  it('of the bucket gives the place of an upload back immediately', async () => {
    const { fetch } = globalThis;
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) =>
      input instanceof Request && input.method === 'PUT'
        ? Promise.resolve(new Response('<Code>SlowDown</Code>', { status: 503 }))
        : fetch(input, init),
    );
    expect((await stores.add(documentId)).statusCode).toBe(500);
    expect(await kept()).toEqual({ rows: [], objects: [] });
  });

  it('of the bucket leaves the list as it is', async () => {
    await stores.add(documentId);
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no route'));
    expect(await stores.list(documentId)).toMatchObject([{ state: 'quarantined' }]);
  });
});

describe('a deletion', () => {
  it('of a document while twenty uploads run leaves neither rows nor bytes', async () => {
    await stores.add(documentId);
    const adding = Array.from({ length: 20 }, () => stores.add(documentId));
    const deleting = stores.removeDocument(documentId);
    const statuses = (await Promise.all(adding)).map(({ statusCode }) => statusCode);
    expect((await deleting).statusCode).toBe(204);
    expect(statuses.filter((status) => status !== 201 && status !== 404)).toEqual([]);
    expect(await kept()).toEqual({ rows: [], objects: [] });
  });

  it('is completed when it is repeated', async () => {
    await stores.add(documentId);
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no route'));
    expect((await stores.removeDocument(documentId)).statusCode).toBe(204);
    vi.restoreAllMocks();
    expect(await rows()).toHaveLength(1);
    expect((await stores.removeDocument(documentId)).statusCode).toBe(404);
    expect(await kept()).toEqual({ rows: [], objects: [] });
  });
});

describe('a function that is killed', () => {
  it('while it uploads leaves a place that is free again once the upload is overdue', async () => {
    await killed('addAttachment', 'PUT');
    expect(await rows()).toMatchObject([{ state: 'awaiting' }]);
    expect(await stores.list(documentId)).toHaveLength(1);
    expect(await sweepAttachments(stores.stores, new Date())).toEqual({ objects: 0, rows: 0, failures: [] });
    expect(await sweep()).toEqual({ objects: 0, rows: 1, failures: [] });
    expect(await kept()).toEqual({ rows: [], objects: [] });
  });

  it('while it deletes a document leaves what the sweep removes', async () => {
    await stores.add(documentId);
    await killed('deleteDocument', 'DELETE');
    expect(await rows()).toHaveLength(1);
    expect(await sweep()).toEqual({ objects: 0, rows: 1, failures: [] });
    expect(await kept()).toEqual({ rows: [], objects: [] });
  });
});

/** Runs a handler in a process that is killed while it waits for the bucket. */
async function killed(name: string, method: string): Promise<void> {
  const bucket = createServer();
  await once(bucket.listen(0, '127.0.0.1'), 'listening');
  const endpoint = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`;
  const env = { ...process.env, ...stores.environment, AWS_ENDPOINT_URL_S3: endpoint };
  const child = fork(join(root, 'test/unit/documents/killedHandler.ts'), [name, documentId], { env, execArgv: [] });
  const [request] = (await once(bucket, 'request')) as [{ readonly method?: string }];
  child.kill('SIGKILL');
  await once(child, 'exit');
  bucket.closeAllConnections();
  bucket.close();
  expect(request.method).toBe(method);
}
