/**
 * The output of a worker. It travels with the result of the event that wrote it, because each message wakes the other thread.
 * Until then it is also in memory that both threads share, so that nothing is lost when the worker is ended.
 */
import type { OutputBatch, OutputChunk, WorkerMessage } from './protocol.ts';

const STREAMS = ['stdout', 'stderr'] as const;
/** Number of the batch that is collected, and its length in bytes. */
const HEADER_BYTES = 8;
/** Stream and length of a chunk. */
const CHUNK_HEADER_BYTES = 5;
/** A handler rarely writes more for one event. What exceeds it is sent at once. */
const UNSENT_BYTES = 16 * 1024;

/** Makes the memory that a worker and its runner share. */
export function createOutputMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + UNSENT_BYTES);
}

/** The worker's side. */
export interface WorkerOutput {
  write(chunk: OutputChunk): void;
  /** Sends a message with the output that was written before it. */
  send(message: WorkerMessage): void;
}

/**
 * Collects output, and sends it with the next message. Output of an event that waits for something is sent as soon as the event
 * loop is free.
 */
export function createWorkerOutput(memory: SharedArrayBuffer, post: (message: WorkerMessage) => void): WorkerOutput {
  const header = new Int32Array(memory, 0, 2);
  const bytes = Buffer.from(memory, HEADER_BYTES);
  // A handler can replace the global one.
  const soon = setImmediate;
  let chunks: OutputChunk[] = [];
  let isScheduled = false;
  const send = (message: WorkerMessage): void => {
    if (chunks.length === 0) {
      post(message);
      return;
    }
    const number = header[0] ?? 0;
    post({ ...message, output: { number, chunks } });
    chunks = [];
    // The length first: an empty batch with the old number is harmless, a full one with the new number would be read twice.
    Atomics.store(header, 1, 0);
    Atomics.store(header, 0, number + 1);
  };
  const flush = (): void => {
    if (chunks.length > 0) send({ kind: 'output' });
  };
  const keep = ({ stream, text }: OutputChunk): boolean => {
    const at = header[1] ?? 0;
    // A UTF-16 unit takes at most three bytes.
    if (at + CHUNK_HEADER_BYTES + text.length * 3 > bytes.length) return false;
    const length = bytes.write(text, at + CHUNK_HEADER_BYTES);
    bytes.writeUInt8(STREAMS.indexOf(stream), at);
    bytes.writeUInt32LE(length, at + 1);
    Atomics.store(header, 1, at + CHUNK_HEADER_BYTES + length);
    return true;
  };
  return {
    send,
    write(chunk) {
      const isKept = keep(chunk);
      if (!isKept) flush();
      chunks.push(chunk);
      if (!isKept && !keep(chunk)) flush();
      if (isScheduled || chunks.length === 0) return;
      isScheduled = true;
      soon(() => {
        isScheduled = false;
        flush();
      });
    },
  };
}

/**
 * The output that a worker did not send before it ended.
 *
 * @param received the last batch that arrived: a worker can end after it sent one, and before it says so
 */
export function unsentOutput(memory: SharedArrayBuffer, received: OutputBatch['number'] | undefined): OutputChunk[] {
  const [number, length = 0] = new Int32Array(memory, 0, 2);
  if (number === received) return [];
  const bytes = Buffer.from(memory, HEADER_BYTES);
  const chunks: OutputChunk[] = [];
  for (let at = 0; at < length; ) {
    const start = at + CHUNK_HEADER_BYTES;
    const end = start + bytes.readUInt32LE(at + 1);
    chunks.push({ stream: STREAMS[bytes.readUInt8(at)] ?? 'stdout', text: bytes.toString('utf8', start, end) });
    at = end;
  }
  return chunks;
}
