import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { dynamoDbCall } from '../../services/dynamodb/call.ts';
import { startDynamoDb } from '../../services/dynamodb/start.ts';
import { access } from '../support/services.ts';
import { TABLE } from '../support/tableOperations.ts';

const threads: Worker[] = [];
const remember = (worker: Worker) => {
  threads.push(worker);
};
beforeEach(() => {
  threads.length = 0;
  process.on('worker', remember);
});
afterEach(() => {
  process.off('worker', remember);
});

/** Ends the newest thread, as a lack of memory does. */
async function endThread(error?: Error): Promise<void> {
  const thread = threads.at(-1);
  if (error !== undefined) thread?.emit('error', error);
  await thread?.terminate();
}

const started = async () => {
  const lines: string[] = [];
  const db = await startDynamoDb(temporaryFolder(), [TABLE], access, (line) => lines.push(line));
  return { db, lines, call: dynamoDbCall(db.url, access) };
};
const works = (call: ReturnType<typeof dynamoDbCall>) =>
  vi.waitFor(() => call('DescribeTable', { TableName: TABLE.name }), { timeout: 30_000 });

describe('the thread of the tables', () => {
  it('is started again with its tables, on the same port, with a line, each time that it ends', async () => {
    const { db, lines, call } = await started();
    for (const [i, error] of [undefined, new Error('out of\nmemory')].entries()) {
      await endThread(error);
      await works(call);
      expect(threads).toHaveLength(i + 2);
    }
    expect(lines).toEqual([
      'the tables ended (no error) and are started again',
      'the tables ended (Error: out of memory) and are started again',
    ]);
    await db.close();
  });

  it('stays down after its fifth restart, and says what to do', async () => {
    const { db, lines, call } = await started();
    for (let n = 0; n < 5; n += 1) {
      await endThread();
      await works(call);
    }
    await endThread();
    await vi.waitFor(() => expect(lines).toHaveLength(6), { timeout: 30_000 });
    expect(lines.at(-1)).toBe('the tables ended again (no error): restart the gateway');
    await db.close();
  });

  it('is closed without a line, also while it is started again', async () => {
    const { db, lines } = await started();
    await endThread();
    await db.close();
    expect(lines).toHaveLength(1);
    const other = await started();
    await other.db.close();
    expect(other.lines).toEqual([]);
  });

  it('prints a failure outside of a request, and goes on', async () => {
    const { db, lines, call } = await started();
    threads.at(-1)?.emit('message', { kind: 'failed', error: 'TypeError:\nx' });
    expect(lines).toEqual(['the tables failed outside of a request: TypeError: x']);
    await works(call);
    await db.close();
  });

  it.each(['throw new TypeError("no\\nvalue")', 'Promise.reject(new TypeError("no\\nvalue"))'])(
    'reports a failure outside of a request: %s',
    async (failure) => {
      const script = new URL('../../services/dynamodb/worker.ts', import.meta.url).href;
      const code = `import(${JSON.stringify(script)}).then(() => setImmediate(() => { ${failure} }))`;
      const workerData = { path: temporaryFolder(), access, port: 0 };
      const worker = new Worker(code, { eval: true, argv: [], execArgv: [], workerData });
      const events: unknown[] = [];
      worker.on('message', (event) => events.push(event));
      while (events.length < 2) await once(worker, 'message');
      expect(events).toEqual([
        expect.objectContaining({ kind: 'listening' }),
        { kind: 'failed', error: 'TypeError: no\nvalue' },
      ]);
      await worker.terminate();
    },
  );
});
