import { randomUUID } from 'node:crypto';
import type { FunctionModel } from '../assembly/model.ts';
import { logGroupOf } from '../assembly/resources/functions.ts';
import type { InvokeOptions, InvokeResult, TraceSpan } from '../contracts.ts';
import { codeDigest } from './codeDigest.ts';
import { environmentOf } from './environment.ts';
import { createFleet, type InstanceStarter } from './fleet.ts';
import { type Instance, type Job, type Outcome, startInstance } from './instance.ts';
import type { Fault } from './protocol.ts';
import { functionSegment } from './segment.ts';
import type { StartLimit } from './startLimit.ts';
import { createFunctionTelemetry, type TelemetryHost } from './telemetry.ts';
import type { WarmInstances } from './warmInstances.ts';

/** More threads than processor cores make nothing faster here. Events wait for a free one instead; their callers do not notice. */
const MAX_INSTANCES = 4;
/** Default concurrency of an account in a region. More events are throttled. */
const ACCOUNT_CONCURRENCY = 1_000;
/** Maximum size of a synchronous event: 6 MB. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const EVENT_LIMIT_BYTES = 6 * 1024 * 1024;
/** Lambda takes a hundred bytes more in a response, as its error message says. */
const RESPONSE_LIMIT_BYTES = EVENT_LIMIT_BYTES + 100;
/** Time that an environment has to load the handler. @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const INIT_TIMEOUT_MS = 10_000;
/** A day: longer than anybody debugs one request, and a timer can have it. */
const NO_TIMEOUT_MS = 24 * 60 * 60 * 1000;
const CLOSED: Fault = { errorType: 'Runtime.Closed', message: 'The local gateway was closed' };
const WRONG_RUNTIME: Fault = { errorType: 'Runtime.InvalidRuntime', message: 'Only the nodejs runtimes run here' };

/** What every function shares. `onLog` and `metric` receive what CloudWatch would. */
export interface PoolHost extends TelemetryHost {
  /** Variables that every function gets, such as the endpoints of the local services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Receives the segments of functions. */
  readonly span?: (span: TraceSpan) => void;
  /** Events in flight of all functions. */
  readonly concurrency: { count: number };
  /** Idle instances of all functions. */
  readonly warm: WarmInstances<Instance>;
  /** Starts of all functions. */
  readonly starts: StartLimit;
  /** The local CA in PEM. Every worker trusts it. */
  readonly caPem: string;
  /** Directory of source maps: `<SHA-256 of a bundle, hex>.map`. */
  readonly sourceMaps?: string | undefined;
  /** Whether a debugger can stop functions: they have no timeout then, and one worker each. */
  readonly isDebugged?: boolean;
}

/** One function with its workers, which have one code and one environment. */
export interface Pool {
  /** Differs from that of every other pool of the process. */
  readonly id: string;
  readonly model: FunctionModel;
  /** Whether an instance was started. */
  readonly isStarted: boolean;
  /** Whether an instance has loaded the code. */
  readonly isLoaded: boolean;
  /** Whether a function has the settings and the code that these workers run with. */
  runs(model: FunctionModel): Promise<boolean>;
  /** Loads further instances from another directory with the same code. */
  moveTo(assetPath: string): void;
  invoke(event: unknown, requestId: string, options?: InvokeOptions): Promise<InvokeResult>;
  /** Starts an instance unless there is one. Resolves with the reason why it cannot be loaded. */
  preload(): Promise<Fault | undefined>;
  /** Ends the workers after the last event, and resolves then. */
  drain(): Promise<void>;
  /** Ends the workers at once. */
  close(): Promise<void>;
}

/** Decides what Lambda decides before a function sees an event: concurrency, size, runtime. */
export function createPool(model: FunctionModel, host: PoolHost): Pool {
  const limit = model.reservedConcurrency ?? ACCOUNT_CONCURRENCY;
  const report = createFunctionTelemetry(model, host);
  let { assetPath } = model;
  let digest: Promise<string | undefined> | undefined;
  let isLoaded = false;
  const start: InstanceStarter = (callbacks) => {
    // Read while the code is loaded: later, other code may be in the same place.
    digest ??= digestOf(assetPath);
    const onReady: typeof callbacks.onReady = (instance) => {
      isLoaded = true;
      callbacks.onReady(instance);
    };
    return starter({ ...model, assetPath }, host, report.line)({ ...callbacks, onReady });
  };
  const { warm, starts, isDebugged } = host;
  const fleet = createFleet({ limit: isDebugged ? 1 : Math.min(limit, MAX_INSTANCES), start, warm, starts });
  const isRunnable = model.runtime.startsWith('nodejs');
  let inFlight = 0;
  let closed = false;
  return {
    id: randomUUID(),
    model,
    get isStarted() {
      return digest !== undefined;
    },
    get isLoaded() {
      return isLoaded;
    },
    async runs(other) {
      if (settingsOf(other) !== settingsOf(model)) return false;
      if (digest === undefined) return other.assetPath === assetPath;
      const [own, wanted] = await Promise.all([digest, digestOf(other.assetPath)]);
      return own !== undefined && own === wanted;
    },
    moveTo(path) {
      assetPath = path;
    },
    invoke: async (event, requestId, { trace, isAbandoned } = {}) => {
      if (closed) return rejection(CLOSED);
      if (!isRunnable) return rejection(WRONG_RUNTIME);
      if (inFlight >= limit) {
        report.throttled();
        return { kind: 'throttled' };
      }
      const json = JSON.stringify(event) ?? 'null';
      if (isTooLarge(json)) return { kind: 'too-large' };
      inFlight += 1;
      host.concurrency.count += 1;
      report.started(inFlight, host.concurrency.count);
      const segment = functionSegment(model, trace, host.span);
      return new Promise<InvokeResult>((resolve) => {
        const done: Job['done'] = (outcome, durationMs) => {
          inFlight -= 1;
          host.concurrency.count -= 1;
          if (outcome.kind === 'abandoned') return resolve(outcome);
          report.ended(requestId, outcome, durationMs);
          segment.ended(outcome.kind !== 'ok');
          resolve(resultOf(outcome));
        };
        fleet.submit({ event: json, requestId, trace: segment.trace, isAbandoned, done });
      });
    },
    preload: () => (isRunnable ? fleet.preload() : Promise.resolve(undefined)),
    drain: fleet.drain,
    close: () => {
      closed = true;
      return fleet.close(CLOSED);
    },
  };
}

/** Everything but the code. */
function settingsOf({ assetPath: _, ...settings }: FunctionModel): string {
  return JSON.stringify(settings);
}

/** A directory that cannot be read equals no other. */
function digestOf(directory: string): Promise<string | undefined> {
  return codeDigest(directory).catch(() => undefined);
}

function starter(model: FunctionModel, host: PoolHost, onLine: (line: string) => void): InstanceStarter {
  return (callbacks) => {
    const logStream = `[$LATEST]${randomUUID().replaceAll('-', '')}`;
    const setup = {
      taskRoot: model.assetPath,
      handler: model.handler,
      functionName: model.name,
      functionArn: model.arn,
      memoryMb: model.memoryMb,
      logGroup: logGroupOf(model),
      logStream,
      timeoutMs: host.isDebugged ? NO_TIMEOUT_MS : model.timeoutSeconds * 1000,
      initTimeoutMs: host.isDebugged ? NO_TIMEOUT_MS : INIT_TIMEOUT_MS,
      caPem: host.caPem,
      responseLimitBytes: RESPONSE_LIMIT_BYTES,
      ...(host.sourceMaps === undefined ? {} : { sourceMaps: host.sourceMaps }),
    };
    const environment = environmentOf(model, host.environment, logStream);
    return startInstance(setup, { ...callbacks, environment, onLine });
  };
}

/** A UTF-16 unit takes at most three bytes, so short events need no count. */
function isTooLarge(json: string): boolean {
  return json.length * 3 > EVENT_LIMIT_BYTES && Buffer.byteLength(json) > EVENT_LIMIT_BYTES;
}

function resultOf(outcome: Outcome): InvokeResult {
  if (outcome.kind === 'ok') return resultWith(outcome.payload);
  return outcome.kind === 'error' ? rejection(outcome.fault) : outcome;
}

/** Code of a function reaches the port of its thread, and can send through it what is no JSON. */
function resultWith(payload: string): InvokeResult {
  try {
    return { kind: 'ok', payload: JSON.parse(payload) };
  } catch {
    return rejection({ errorType: 'Runtime.MarshalError', message: 'the function sent a result that is no JSON' });
  }
}

function rejection({ errorType, message }: Fault): InvokeResult {
  return { kind: 'error', errorType, message };
}
