import { rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { folderOf, temporaryFolder } from '../../../test/support/folders.ts';
import type { FunctionModel } from '../../assembly/model.ts';
import { createLambdaRunner, type FunctionRunner } from '../../lambda/runner.ts';

/** The workers that run, by the version in their code: each holds a connection to this server for as long as it lives. */
const running: string[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.setEncoding('utf8').once('data', (version: string) => {
      running.push(version);
      socket.once('close', () => running.splice(running.indexOf(version), 1));
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => void server.close());

const codeOf = (version: string) =>
  folderOf({
    'index.mjs': `import { existsSync } from 'node:fs';
      import { connect } from 'node:net';
      const socket = connect(${(server.address() as AddressInfo).port}, '127.0.0.1');
      await new Promise((done) => socket.write('${version}', done));
      export const handler = async ({ until }) => {
        while (until !== undefined && !existsSync(until)) await new Promise((done) => setTimeout(done, 10));
        return '${version}';
      };`,
  });

function fn(name: string, assetPath: string, more: Partial<FunctionModel> = {}): FunctionModel {
  const arn = `arn:aws:lambda:eu-west-1:000000000000:function:${name}`;
  const settings = { handler: 'index.handler', runtime: 'nodejs24.x', timeoutSeconds: 60, memoryMb: 128 };
  return { logicalId: name, name, arn, assetPath, environment: {}, ...settings, ...more };
}

/** Workers start and end in their own time. */
const PATIENCE = { timeout: 30_000 };

const host = { environment: {}, caPem: '', onLog: () => undefined, metric: () => undefined };
const invoke = async (runner: FunctionRunner, name: string, event: object = {}) => {
  const result = await runner.invoke(fn(name, '').arn, event, 'id');
  return result.kind === 'ok' ? result.payload : result;
};
const workers = () => [...running].sort();

describe('the runner of the next load of a stack', () => {
  let first: FunctionRunner;
  let same: string;
  beforeEach(async () => {
    running.length = 0;
    same = codeOf('same');
    first = createLambdaRunner([fn('kept', same), fn('changed', codeOf('old')), fn('unused', codeOf('idle'))], host);
    await Promise.all([invoke(first, 'kept'), invoke(first, 'changed')]);
    await expect.poll(workers, PATIENCE).toEqual(['old', 'same']);
  });

  it('has loaded what changed and is in use, and nothing else', async () => {
    const next = await first.next([fn('kept', same), fn('changed', codeOf('new')), fn('unused', codeOf('idle2'))]);
    await expect.poll(workers, PATIENCE).toEqual(['new', 'old', 'same']);
    expect(await invoke(next, 'changed')).toBe('new');
    expect(await invoke(first, 'changed')).toBe('old');
    await next.close();
    await expect.poll(workers, PATIENCE).toEqual([]);
  });

  it('loads what it is asked to, in use or not', async () => {
    const unused = fn('unused', codeOf('asked'));
    const next = await first.next([fn('kept', same), unused], { preloaded: new Set([unused.arn]) });
    await expect.poll(workers, PATIENCE).toEqual(['asked', 'old', 'same']);
    await next.close();
  });

  it('ends the previous workers after their last event, and those of functions that are gone', async () => {
    const until = join(temporaryFolder(), 'finish');
    const slow = invoke(first, 'changed', { until });
    const next = await first.next([fn('changed', codeOf('new'))]);
    first.release();
    await expect.poll(workers, PATIENCE).toEqual(['new', 'old']);
    writeFileSync(until, '');
    expect(await slow).toBe('old');
    await expect.poll(workers, PATIENCE).toEqual(['new']);
    await next.close();
  });

  it('loads further instances of the same code from its own directory', async () => {
    const moved = codeOf('same');
    const next = await first.next([fn('kept', moved)]);
    expect(next.versionOf(fn('kept', '').arn)).toBe(first.versionOf(fn('kept', '').arn));
    next.activate();
    first.release();
    rmSync(same, { recursive: true });
    const until = join(temporaryFolder(), 'finish');
    const both = [1, 2].map(() => invoke(next, 'kept', { until }));
    await expect.poll(workers, PATIENCE).toEqual(['same', 'same']);
    writeFileSync(until, '');
    expect(await Promise.all(both)).toEqual(['same', 'same']);
    await next.close();
  });

  it('keeps what runs when code cannot be loaded, unless the previous code could not be either', async () => {
    const broken = folderOf({ 'index.mjs': 'throw new SyntaxError("no");' });
    await expect(first.next([fn('changed', broken)])).rejects.toMatchObject({ code: 'function-not-loaded' });
    expect(await invoke(first, 'changed')).toBe('old');
    const unused = await first
      .next([fn('changed', codeOf('old')), fn('kept', broken, { memoryMb: 256 })])
      .catch(String);
    expect(unused).toContain('SyntaxError: no');
    const failing = createLambdaRunner([fn('failing', broken), fn('kept', same)], host);
    expect(await invoke(failing, 'failing')).toMatchObject({ kind: 'error', errorType: 'SyntaxError' });
    const next = await failing.next([fn('failing', folderOf({ 'index.mjs': 'throw 1;' })), fn('kept', same)]);
    expect(await invoke(next, 'kept')).toBe('same');
    await Promise.all([first.close(), next.close()]);
  });

  it('is not waited for when the gateway closes', async () => {
    const hangs = folderOf({ 'index.mjs': 'await new Promise((done) => setTimeout(done, 60_000));' });
    const closing = new AbortController();
    const next = first.next([fn('changed', hangs)], { signal: closing.signal });
    closing.abort(new Error('closed'));
    await expect(next).rejects.toThrow('closed');
    await first.close();
  });
});
