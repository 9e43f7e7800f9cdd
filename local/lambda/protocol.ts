/** Messages between runner and worker. Events and results travel as JSON, as on AWS: what JSON drops is dropped. */

/** Sent to a worker once, at its start. */
export interface WorkerSetup {
  readonly taskRoot: string;
  /** `file.export`. */
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly timeoutMs: number;
  /** Time to load the handler. */
  readonly initTimeoutMs: number;
  /** The local CA in PEM, trusted in addition to the default ones. */
  readonly caPem: string;
  readonly responseLimitBytes: number;
  /** Directory of source maps, by what they are of. */
  readonly sourceMaps?: string;
  /** Environment variables that only the start of the thread needs: the function does not see them. */
  readonly variablesOfStart: readonly string[];
  /** Holds the output that is not sent yet. */
  readonly outputMemory: SharedArrayBuffer;
  /** Says which events have begun. */
  readonly slotMemory: SharedArrayBuffer;
}

/** One event. A worker gets several at once and runs one after the other. */
export interface WorkerEvent {
  /** In the memory that says whether the event has begun. */
  readonly number: number;
  readonly requestId: string;
  /** What the variable `_X_AMZN_TRACE_ID` has while the event runs. */
  readonly trace: string;
  /** JSON. */
  readonly event: string;
}

/** The parts of an error that Lambda reports. */
export interface Fault {
  readonly errorType: string;
  readonly message: string;
  readonly stack?: readonly string[];
}

/** What a worker wrote at once. */
export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Output of a worker, in the order in which it was written. */
export interface OutputBatch {
  readonly number: number;
  readonly chunks: readonly OutputChunk[];
}

/** A worker's messages, in the order in which it sent them. */
export type WorkerMessage = (
  | /** The handler is loaded. */
  { readonly kind: 'ready' }
  /** The result of the current event, JSON. */
  | { readonly kind: 'ok'; readonly payload: string; readonly durationMs: number }
  /** The handler threw; the worker stays. */
  | { readonly kind: 'error'; readonly fault: Fault; readonly durationMs: number }
  /** Loading failed, or something outside of the handler's promise threw: the worker ends. */
  | { readonly kind: 'crash'; readonly fault: Fault }
  /** Output of an event that goes on. */
  | { readonly kind: 'output' }
) & {
  /** What was written before. */
  readonly output?: OutputBatch;
};
