import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as passed } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { writeLines } from '../../../lambdas/shared/output.ts';
import { root, temporaryFolder } from '../../support/folders.ts';

type Stream = Parameters<typeof writeLines>[0];

const scratch = temporaryFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const MODULE = pathToFileURL(join(root, 'lambdas/shared/output.ts')).href;

/** The code of a process or a thread that writes numbered lines. Their characters have one to three bytes. */
const writerOf = (count: number) => `
  const { writeLines } = await import(${JSON.stringify(MODULE)});
  for (let i = 0; i < ${count}; i += 1) writeLines(process.stdout, i + ' é€ ' + 'x'.repeat(500) + '\\n');
`;

const lineOf = (i: number) => `${i} é€ ${'x'.repeat(500)}`;

describe('lines of the output', () => {
  it('are written in one call, and no call is made for none', () => {
    const write = vi.fn();
    const stream = { write, listenerCount: () => 1, on: vi.fn() } as unknown as Stream;
    writeLines(stream, 'a\nb\n');
    writeLines(stream, '');
    expect(write.mock.calls).toEqual([['a\nb\n']]);
  });

  it('arrive whole and in order where they are read more slowly than they are written', async () => {
    const code = writerOf(2_000);
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // Until then, the pipe is full.
    await passed(500);
    const lines = (await text(child.stdout)).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toEqual(Array.from({ length: 2_000 }, (_, i) => lineOf(i)));
  });

  it('go to the output of their thread', async () => {
    const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(writerOf(3))}`), { stdout: true });
    expect(await text(thread.stdout)).toBe(`${[0, 1, 2].map(lineOf).join('\n')}\n`);
  });

  it('go to what replaced the function of a stream, of all streams, or the stream', async () => {
    const written: string[] = [];
    const write = (part: unknown) => written.push(String(part)) > 0;
    const ofStream = vi.spyOn(process.stdout, 'write').mockImplementation(write);
    writeLines(process.stdout, 'a\n');
    ofStream.mockRestore();
    Reflect.deleteProperty(process.stdout, 'write');
    const ofAll = vi.spyOn(Writable.prototype, 'write').mockImplementation(write);
    writeLines(Object.assign(new Writable(), { fd: 1 }) as unknown as Stream, 'b\n');
    ofAll.mockRestore();
    writeLines(
      new Proxy(process.stdout, { get: (of, name) => (name === 'write' ? write : Reflect.get(of, name)) }),
      'c\n',
    );
    expect(written).toEqual(['a\n', 'b\n', 'c\n']);
    // Its descriptor is null until the file is open.
    const path = join(scratch, 'lines');
    const file = createWriteStream(path);
    for (const line of ['1\n', '2\n']) writeLines(file as unknown as Stream, line);
    await once(file, 'ready');
    writeLines(file as unknown as Stream, '3\n');
    await new Promise<void>((done) => file.end(() => done()));
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n3\n');
  });

  it('end no function where their stream is closed, at once or later', async () => {
    const closed = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    for (let i = 0; i < 3; i += 1) writeLines(closed as unknown as Stream, 'a\n');
    await new Promise((done) => setImmediate(done));
    expect(closed.listenerCount('error')).toBe(1);
    const throwing = { listenerCount: () => 1, on() {}, write: () => expect.fail() };
    expect(() => writeLines(throwing as unknown as Stream, 'a\n')).not.toThrow();
    const noLongerOpen = Object.assign(new Writable(), { fd: 1_000_000 }) as unknown as Stream;
    expect(() => writeLines(noLongerOpen, 'a\n')).not.toThrow();
  });
});
