/** Entry of a worker thread: one Lambda execution environment. Everything it needs is in `workerData`. */

import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { eventTurns } from './eventSlots.ts';
import { type Handler, loadHandler } from './loadHandler.ts';
import { createWorkerOutput, type WorkerOutput } from './output.ts';
import type { Fault, WorkerEvent, WorkerMessage, WorkerSetup } from './protocol.ts';

if (parentPort !== null) await start(parentPort, workerData as WorkerSetup);

async function start(port: MessagePort, setup: WorkerSetup): Promise<void> {
  const output = createWorkerOutput(setup.outputMemory, (message) => port.postMessage(message));
  const post = output.send;
  captureOutput(output);
  for (const name of setup.variablesOfStart) delete process.env[name];
  const crash = (error: unknown): void => {
    post({ kind: 'crash', fault: faultOf(error) });
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', (reason) => crash(rejection(reason)));
  try {
    setDefaultCACertificates([...getCACertificates('default'), setup.caPem]);
    const handler = await loadHandler(setup.taskRoot, setup.handler, setup.sourceMaps);
    port.on(
      'message',
      oneAtATime(setup, post, (event) => handle(handler, event, setup)),
    );
    post({ kind: 'ready' });
  } catch (error) {
    crash(error);
  }
}

/** What an event ends with. */
type Result = { readonly kind: 'ok'; readonly payload: string } | { readonly kind: 'error'; readonly fault: Fault };

/** Runs the events of all messages one after the other, but not those that the runner has taken back. */
function oneAtATime(
  { slotMemory }: WorkerSetup,
  post: (message: WorkerMessage) => void,
  run: (event: WorkerEvent) => Promise<Result>,
): (events: readonly WorkerEvent[]) => void {
  const turns = eventTurns(slotMemory);
  // A handler can replace the global ones.
  const [clock, soon] = [performance, setImmediate];
  const waiting: WorkerEvent[] = [];
  let isBusy = false;
  const next = (): void => {
    let event = waiting.shift();
    while (event !== undefined && !turns.begin(event.number)) event = waiting.shift();
    isBusy = event !== undefined;
    if (event === undefined) return;
    const { number } = event;
    const startedAt = clock.now();
    run(event).then((result) => {
      turns.end(number);
      post({ ...result, durationMs: clock.now() - startedAt });
      // On Lambda, what an event has left to the event loop has its turn before the next event arrives.
      if (waiting.length > 0) soon(next);
      else isBusy = false;
    });
  };
  return (events) => {
    waiting.push(...events);
    if (!isBusy) next();
  };
}

async function handle(handler: Handler, { requestId, event, trace }: WorkerEvent, setup: WorkerSetup): Promise<Result> {
  try {
    process.env['_X_AMZN_TRACE_ID'] = trace;
    const result = await handler(JSON.parse(event), context(setup, requestId));
    return marshal(result, setup.responseLimitBytes);
  } catch (error) {
    return { kind: 'error', fault: faultOf(error) };
  }
}

/** A handler that returns nothing has the result `null`. */
function marshal(result: unknown, limit: number): Result {
  let payload: string;
  try {
    payload = JSON.stringify(result) ?? 'null';
  } catch {
    return fault('Runtime.MarshalError', 'Unable to stringify response body');
  }
  // A UTF-16 unit takes at most three bytes, so short results need no count.
  if (payload.length * 3 <= limit || Buffer.byteLength(payload) <= limit) return { kind: 'ok', payload };
  const message = `Response payload size exceeded maximum allowed payload size (${limit} bytes).`;
  return fault('Function.ResponseSizeTooLarge', message);
}

function fault(errorType: string, message: string): Result {
  return { kind: 'error', fault: { errorType, message } };
}

/**
 * The parts of a thrown value that Lambda reports: the error's name, its message and its stack, line by line.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
function faultOf(error: unknown): Fault {
  if (error instanceof Error || isErrorLike(error)) {
    const stack = typeof error.stack === 'string' ? error.stack.split('\n') : undefined;
    return { errorType: error.name || 'Error', message: error.message, ...(stack === undefined ? {} : { stack }) };
  }
  return { errorType: typeof error, message: describe(error) };
}

/** Errors of another realm are errors too. */
function isErrorLike(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value && 'stack' in value;
}

function describe(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function context(setup: WorkerSetup, awsRequestId: string): Readonly<Record<string, unknown>> {
  const deadline = performance.now() + setup.timeoutMs;
  return {
    awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: setup.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: setup.functionArn,
    logGroupName: setup.logGroup,
    logStreamName: setup.logStream,
    memoryLimitInMB: String(setup.memoryMb),
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  };
}

/** An unhandled rejection ends the environment with this type, as in Lambda's own runtime. */
function rejection(reason: unknown): Error {
  const message = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  const error = new Error(message);
  error.name = 'Runtime.UnhandledPromiseRejection';
  const frames = reason instanceof Error ? (reason.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  // The frames of this function explain nothing.
  error.stack = [`${error.name}: ${message}`, ...frames].join('\n');
  return error;
}

/** A worker's own stdout waits for the event loop of both threads, so what was written before an endless loop or a kill would be lost. */
function captureOutput(output: WorkerOutput): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const write = (chunk: string | Uint8Array, _encoding: BufferEncoding, done: () => void): void => {
      output.write({ stream, text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8') });
      done();
    };
    // The stream itself stays, as Node speaks to it under the hood.
    Object.assign(process[stream], { _write: write, _writev: null });
  }
}
