import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { writeLines } from '../../../lambdas/shared/output.ts';

describe('lines of the output', () => {
  it('are written in one call, and no call is made for none', () => {
    const write = vi.fn();
    const stream = { write, listenerCount: () => 1, on: vi.fn() } as unknown as Parameters<typeof writeLines>[0];
    writeLines(stream, 'a\nb\n');
    writeLines(stream, '');
    expect(write.mock.calls).toEqual([['a\nb\n']]);
  });

  it('end no function where their stream is closed, at once or later', async () => {
    const closed = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    for (let i = 0; i < 3; i += 1) writeLines(closed as unknown as NodeJS.WriteStream, 'a\n');
    await new Promise((done) => setImmediate(done));
    expect(closed.listenerCount('error')).toBe(1);
    const throwing = { listenerCount: () => 1, on() {}, write: () => expect.fail() };
    expect(() => writeLines(throwing as unknown as NodeJS.WriteStream, 'a\n')).not.toThrow();
  });
});
