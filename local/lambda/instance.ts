import { Worker } from 'node:worker_threads';
import { withCompiledModules } from './compiledModules.ts';
import { createSlotMemory, eventSlots } from './eventSlots.ts';
import { createOutputMemory, unsentOutput } from './output.ts';
import type { Fault, OutputChunk, WorkerEvent, WorkerMessage, WorkerSetup } from './protocol.ts';

/** The setup of a worker, without what its instance adds. */
type InstanceSetup = Omit<WorkerSetup, 'outputMemory' | 'slotMemory' | 'variablesOfStart'>;

/** How one event ended that had begun, or failed before. */
export type Ending =
  | { readonly kind: 'ok'; readonly payload: string }
  | { readonly kind: 'error'; readonly fault: Fault }
  | { readonly kind: 'timeout' };

/** How one event ended: an abandoned one did not begin, because its caller was gone. */
export type Outcome = Ending | { readonly kind: 'abandoned' };

/** An event on its way to an instance. `done` is called once, with the milliseconds that the event ran. */
export interface Job extends Omit<WorkerEvent, 'number'> {
  /** Whether nobody waits for the result any more. @default - somebody does */
  readonly isAbandoned?: (() => boolean) | undefined;
  readonly done: (outcome: Outcome, durationMs: number) => void;
}

/** What an instance needs besides its setup. */
export interface InstanceHost {
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** The handler is loaded; the instance takes its first event. */
  readonly onReady: (instance: Instance) => void;
  /** An event of the instance is done. Not called for one that ended the instance. */
  readonly onFree: (instance: Instance) => void;
  /** The instance is gone. The fault says why when no event was running; an event's caller gets its own outcome. */
  readonly onGone: (instance: Instance, gone: Gone) => void;
}

/** What an instance leaves when it is gone. */
interface Gone {
  readonly fault: Fault | undefined;
  /** Events that had not begun, oldest first. */
  readonly waiting: readonly Job[];
}

/** What a thread has done with its time, in milliseconds. */
export interface ThreadTime {
  readonly active: number;
  readonly idle: number;
}

/** One execution environment: a worker thread that handles one event at a time. */
export interface Instance {
  /** Runs an event after those that the instance has. Only for a ready instance. */
  run(job: Job): void;
  /** Events that the instance has, the running one included. */
  readonly load: number;
  /** Milliseconds since it was the turn of the first one; 0 without any. */
  runningMs(): number;
  /** Milliseconds since the thread began the first one; 0 while it waits for a processor, or its result for this thread. */
  begunMs(): number;
  /** Milliseconds that the thread has computed, and that it has waited, since its start. */
  time(): ThreadTime;
  /** Takes back the events that have not begun, oldest first. */
  withdraw(): readonly Job[];
  /** Ends the worker, delivering its output first. An event in flight ends with this fault. */
  close(reason: Fault): Promise<void>;
}

/** V8 would take up to 48 MB for the short-lived objects of each worker, which an event rarely needs. */
const YOUNG_GENERATION_MB = 6;

/** An event of an instance, with its number in the memory that says whether it has begun. */
interface Given {
  readonly job: Job;
  readonly number: number;
}

/** Starts a worker. The clock of `timeoutMs` runs per event, on this side, so that endless loops end too. */
export function startInstance(setup: InstanceSetup, host: InstanceHost): Instance {
  const [outputMemory, slotMemory] = [createOutputMemory(), createSlotMemory()];
  const slots = eventSlots(slotMemory);
  const worker = createWorker({ ...setup, outputMemory, slotMemory }, host);
  const lines = { stdout: createLineSplitter(host.onLine), stderr: createLineSplitter(host.onLine) };
  /** Oldest first; the first one runs. */
  const given: Given[] = [];
  let unsent: WorkerEvent[] = [];
  let lastRequestId = '';
  let beganAt = 0;
  let ready = false;
  let late = false;
  let fault: Fault | undefined;
  let receivedBatch: number | undefined;
  let timer = setTimeout(() => kill(), setup.initTimeoutMs);

  const kill = (): void => {
    late = true;
    void worker.terminate();
  };
  /** The first event runs: the one before has ended, or there was none. */
  const begin = (): void => {
    beganAt = performance.now();
    lastRequestId = given[0]?.job.requestId ?? '';
    timer = setTimeout(kill, setup.timeoutMs);
  };
  /** Takes the event that ran. */
  const finished = (): Job | undefined => {
    clearTimeout(timer);
    lines.stdout.flush();
    lines.stderr.flush();
    return given.shift()?.job;
  };
  const write = (chunks: readonly OutputChunk[]): void => {
    for (const { stream, text } of chunks) lines[stream].push(text);
  };
  /** Events of one turn of the event loop are one message, because each message wakes the worker. A worker without any gets the first at once. */
  const send = (): void => {
    if (unsent.length > 0) worker.postMessage(unsent);
    unsent = [];
  };
  const receive = (message: WorkerMessage): void => {
    if (message.output !== undefined) {
      receivedBatch = message.output.number;
      write(message.output.chunks);
    }
    if (message.kind === 'crash') fault ??= message.fault;
    else if (message.kind === 'ok' || message.kind === 'error') {
      const job = finished();
      if (given.length > 0) begin();
      job?.done(message, message.durationMs);
      host.onFree(instance);
    } else if (message.kind === 'ready') {
      ready = true;
      clearTimeout(timer);
      host.onReady(instance);
    }
  };
  worker.on('message', (message: WorkerMessage) => {
    try {
      receive(message);
    } catch {
      fault ??= {
        errorType: 'Runtime.ExitError',
        message: 'the function sent a message that its runtime does not send',
      };
      void worker.terminate();
    }
  });
  worker.on('error', (error) => {
    fault ??= workerFault(error);
  });
  worker.on('exit', (code) => {
    write(unsentOutput(outputMemory, receivedBatch));
    const reason = fault ?? exitFault(lastRequestId, code);
    const job = finished();
    const waiting = given.splice(0).map((one) => one.job);
    // First, so that the event's caller finds a fleet without this instance.
    host.onGone(instance, {
      fault: job !== undefined ? undefined : late ? initTimeout(setup.initTimeoutMs) : reason,
      waiting,
    });
    job?.done(late && ready ? { kind: 'timeout' } : { kind: 'error', fault: reason }, performance.now() - beganAt);
  });

  const instance: Instance = {
    get load() {
      return given.length;
    },
    runningMs: () => (given.length === 0 ? 0 : performance.now() - beganAt),
    begunMs: () => (given[0] === undefined ? 0 : slots.begunMs(given[0].number)),
    time: () => worker.performance.eventLoopUtilization(),
    run(job) {
      const number = slots.add();
      const { requestId, trace, event } = job;
      given.push({ job, number });
      unsent.push({ number, requestId, trace, event });
      if (given.length > 1) {
        if (unsent.length === 1) setImmediate(send);
        return;
      }
      begin();
      send();
    },
    withdraw() {
      const begun = given.findLastIndex(({ number }, i) => i > 0 && !slots.withdraw(number));
      return given.splice(Math.max(begun, 0) + 1).map(({ job }) => job);
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
function createWorker(setup: Omit<WorkerSetup, 'variablesOfStart'>, host: InstanceHost): Worker {
  const script = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  const { environment, ofStart } = withCompiledModules(host.environment);
  const workerData: WorkerSetup = { ...setup, variablesOfStart: ofStart };
  const options = {
    argv: [],
    execArgv: [],
    workerData,
    name: setup.functionName,
    resourceLimits: { maxOldGenerationSizeMb: setup.memoryMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  };
  try {
    return new Worker(script, { ...options, env: environment });
  } catch (error) {
    const { NODE_OPTIONS, ...rest } = environment;
    if (NODE_OPTIONS === undefined) throw error;
    host.onLine('WARN NODE_OPTIONS is not emulated locally: a worker thread does not take its flags');
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
