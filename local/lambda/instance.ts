import { Worker } from 'node:worker_threads';
import { createOutputMemory, unsentOutput } from './output.ts';
import type { Fault, OutputChunk, WorkerEvent, WorkerMessage, WorkerSetup } from './protocol.ts';

/** The setup of a worker, without the memory that it shares with its instance. */
type InstanceSetup = Omit<WorkerSetup, 'outputMemory'>;

/** How one event ended. */
export type Outcome =
  | { readonly kind: 'ok'; readonly payload: string }
  | { readonly kind: 'error'; readonly fault: Fault }
  | { readonly kind: 'timeout' };

/** What an instance needs besides its setup. */
export interface InstanceHost {
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** The handler is loaded; the instance takes its first event. */
  readonly onReady: (instance: Instance) => void;
  /** The instance is gone. The fault says why when no event was running; an event's caller gets its own outcome. */
  readonly onGone: (instance: Instance, fault?: Fault) => void;
}

/** One execution environment: a worker thread that handles one event at a time. */
export interface Instance {
  /** Runs one event; `done` is called once. Only for a ready instance that is not busy. */
  run(event: WorkerEvent, done: (outcome: Outcome) => void): void;
  /** False once the worker is gone. */
  readonly alive: boolean;
  /** Ends the worker, delivering its output first. An event in flight ends with this fault. */
  close(reason: Fault): Promise<void>;
}

/** V8 would take up to 48 MB for the short-lived objects of each worker, which an event rarely needs. */
const YOUNG_GENERATION_MB = 6;

/** Starts a worker. The clock of `timeoutMs` runs per event, on this side, so that endless loops end too. */
export function startInstance(setup: InstanceSetup, host: InstanceHost): Instance {
  const outputMemory = createOutputMemory();
  const worker = createWorker({ ...setup, outputMemory }, host);
  const lines = { stdout: createLineSplitter(host.onLine), stderr: createLineSplitter(host.onLine) };
  let done: ((outcome: Outcome) => void) | undefined;
  let requestId = '';
  let ready = false;
  let late = false;
  let alive = true;
  let fault: Fault | undefined;
  let receivedBatch: number | undefined;
  let timer = setTimeout(() => kill(), setup.initTimeoutMs);

  const kill = (): void => {
    late = true;
    void worker.terminate();
  };
  const finish = (outcome: Outcome): void => {
    clearTimeout(timer);
    lines.stdout.flush();
    lines.stderr.flush();
    const callback = done;
    done = undefined;
    callback?.(outcome);
  };
  const write = (chunks: readonly OutputChunk[]): void => {
    for (const { stream, text } of chunks) lines[stream].push(text);
  };
  worker.on('message', (message: WorkerMessage) => {
    if (message.output !== undefined) {
      receivedBatch = message.output.number;
      write(message.output.chunks);
    }
    if (message.kind === 'crash') fault ??= message.fault;
    else if (message.kind === 'ok' || message.kind === 'error') finish(message);
    else if (message.kind === 'ready') {
      ready = true;
      clearTimeout(timer);
      host.onReady(instance);
    }
  });
  worker.on('error', (error) => {
    fault ??= workerFault(error);
  });
  worker.on('exit', (code) => {
    const busy = done !== undefined;
    alive = false;
    write(unsentOutput(outputMemory, receivedBatch));
    const reason = fault ?? exitFault(requestId, code);
    finish(late && ready ? { kind: 'timeout' } : { kind: 'error', fault: reason });
    if (busy) host.onGone(instance);
    else host.onGone(instance, late ? initTimeout(setup.initTimeoutMs) : reason);
  });

  const instance: Instance = {
    get alive() {
      return alive;
    },
    run(event, callback) {
      done = callback;
      requestId = event.requestId;
      timer = setTimeout(kill, setup.timeoutMs);
      worker.postMessage(event);
    },
    async close(reason) {
      fault ??= reason;
      await worker.terminate();
    },
  };
  return instance;
}

function initTimeout(limitMs: number): Fault {
  return { errorType: 'Sandbox.Timedout', message: `Loading the function took more than ${limitMs / 1000} seconds` };
}

/** `NODE_OPTIONS` may hold flags that only a process takes. The worker then starts without them. */
function createWorker(setup: WorkerSetup, { environment, onLine }: InstanceHost): Worker {
  const script = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  const options = {
    argv: [],
    execArgv: [],
    workerData: setup,
    name: setup.functionName,
    resourceLimits: { maxOldGenerationSizeMb: setup.memoryMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  };
  try {
    return new Worker(script, { ...options, env: environment });
  } catch (error) {
    const { NODE_OPTIONS, ...rest } = environment;
    if (NODE_OPTIONS === undefined) throw error;
    onLine('WARN NODE_OPTIONS is not emulated locally: a worker thread does not take its flags');
    return new Worker(script, { ...options, env: rest });
  }
}

function workerFault(error: Error & { readonly code?: string }): Fault {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return { errorType: error.name, message: error.message };
  return { errorType: 'Runtime.OutOfMemory', message: 'Runtime exited with error: signal: killed' };
}

function exitFault(requestId: string, code: number): Fault {
  const reason =
    code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
  return { errorType: 'Runtime.ExitError', message: `RequestId: ${requestId} Error: ${reason}` };
}

/** Cuts a stream of text into lines. */
interface LineSplitter {
  push(text: string): void;
  /** Emits what follows the last line break as a line. */
  flush(): void;
}

/** Calls `onLine` for each whole line, without its line break; empty lines are dropped, as a log event cannot be empty. */
function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let rest = '';
  const emit = (line: string): void => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text !== '') onLine(text);
  };
  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) emit(line);
    },
    flush() {
      emit(rest);
      rest = '';
    },
  };
}
