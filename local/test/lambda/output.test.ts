import { describe, expect, it } from 'vitest';
import { createOutputMemory, createWorkerOutput, unsentOutput } from '../../lambda/output.ts';
import type { OutputChunk, WorkerMessage } from '../../lambda/protocol.ts';

const line = (text: string, stream: OutputChunk['stream'] = 'stdout'): OutputChunk => ({ stream, text });

/** The worker's side with the messages that it sent. */
function aWorker(post: (message: WorkerMessage) => void = () => undefined) {
  const memory = createOutputMemory();
  const sent: WorkerMessage[] = [];
  const output = createWorkerOutput(memory, (message) => {
    sent.push(message);
    post(message);
  });
  const received = () => sent.flatMap(({ output: batch }) => batch ?? []).at(-1)?.number;
  return { memory, sent, output, unsent: () => unsentOutput(memory, received()) };
}

describe('the output of a worker', () => {
  it('travels with the result of the event that wrote it', () => {
    const { output, sent } = aWorker();
    output.write(line('one\n'));
    output.write(line('two\n', 'stderr'));
    output.send({ kind: 'ok', payload: '1', durationMs: 1 });
    const chunks = [line('one\n'), line('two\n', 'stderr')];
    expect(sent).toEqual([{ kind: 'ok', payload: '1', durationMs: 1, output: { number: 0, chunks } }]);
    output.send({ kind: 'ok', payload: '2', durationMs: 1 });
    expect(sent[1]).toEqual({ kind: 'ok', payload: '2', durationMs: 1 });
  });

  it('is sent alone when its event waits for something', async () => {
    const { output, sent } = aWorker();
    output.write(line('waiting\n'));
    expect(sent).toEqual([]);
    await new Promise((done) => setTimeout(done, 20));
    expect(sent).toMatchObject([{ kind: 'output', output: { chunks: [line('waiting\n')] } }]);
  });

  it('is found when the worker ends before it sent it, in any alphabet', () => {
    const { output, unsent } = aWorker();
    output.write(line('sent\n'));
    output.send({ kind: 'ok', payload: '1', durationMs: 1 });
    output.write(line('Grüße \u{1f600}\n'));
    output.write(line('', 'stderr'));
    output.write(line('last', 'stderr'));
    expect(unsent()).toEqual([line('Grüße \u{1f600}\n'), line('', 'stderr'), line('last', 'stderr')]);
  });

  it('is not found twice when the worker ends between sending it and noting that', () => {
    let found: OutputChunk[] | undefined;
    const worker = aWorker(() => {
      found = worker.unsent();
    });
    worker.output.write(line('once\n'));
    worker.output.send({ kind: 'ok', payload: '1', durationMs: 1 });
    expect(found).toEqual([]);
    expect(worker.unsent()).toEqual([]);
  });

  it('keeps its order when it is more than the shared memory holds', () => {
    const { output, sent, unsent } = aWorker();
    const texts = Array.from({ length: 2_000 }, (_, i) => `${i}${'x'.repeat(i === 1_000 ? 50_000 : 20)}\n`);
    for (const text of texts) output.write(line(text));
    const chunks = [...sent.flatMap(({ output: batch }) => batch?.chunks ?? []), ...unsent()];
    expect(chunks.map(({ text }) => text)).toEqual(texts);
  });
});
