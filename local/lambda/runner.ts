import { randomUUID } from 'node:crypto';
import type { FunctionModel } from '../assembly/model.ts';
import type { InvokeResult, LambdaRunner } from '../contracts.ts';
import { environmentOf, logGroupOf } from './environment.ts';
import { createFleet, type InstanceStarter } from './fleet.ts';
import { type Outcome, startInstance } from './instance.ts';
import type { Fault } from './protocol.ts';
import { createFunctionTelemetry, type FunctionTelemetry, type TelemetryHost } from './telemetry.ts';

/** More threads than processor cores make nothing faster here. Events wait for a free one instead; their callers do not notice. */
const MAX_INSTANCES = 4;
/** Default concurrency of an account in a region. More events are throttled. */
const ACCOUNT_CONCURRENCY = 1_000;
/** Maximum size of a synchronous event: 6 MB. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const EVENT_LIMIT_BYTES = 6 * 1024 * 1024;
/** Lambda takes a hundred bytes more in a response, as its error message says. */
const RESPONSE_LIMIT_BYTES = EVENT_LIMIT_BYTES + 100;
const CLOSED: Fault = { errorType: 'Runtime.Closed', message: 'The local gateway was closed' };

/** What every function shares. `onLog` and `metric` receive what CloudWatch would. */
export interface LambdaRunnerOptions extends TelemetryHost {
  /** Variables that every function gets, such as the endpoints of the local services. */
  readonly environment: Readonly<Record<string, string>>;
  /** The local CA in PEM. Every worker trusts it. */
  readonly caPem: string;
}

/**
 * Runs a stack's functions from their assets. Each has own worker threads, environment, memory and time; a worker handles one
 * event at a time. An ARN may carry a version or alias. Memory bounds the JavaScript heap, not buffers outside of it.
 */
export function createLambdaRunner(functions: readonly FunctionModel[], options: LambdaRunnerOptions): LambdaRunner {
  const pools = new Map(functions.map((model) => [model.arn, createPool(model, options)]));
  return {
    invoke: (functionArn, event, requestId) => {
      const pool = pools.get(functionArn) ?? pools.get(withoutQualifier(functionArn));
      if (pool !== undefined) return pool.invoke(event, requestId);
      const message = `Function not found: ${functionArn}`;
      return Promise.resolve({ kind: 'error', errorType: 'ResourceNotFoundException', message });
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/** `arn:aws:lambda:region:account:function:name[:qualifier]` */
function withoutQualifier(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

/** One function, ready to be invoked. */
interface Pool {
  invoke(event: unknown, requestId: string): Promise<InvokeResult>;
  close(): Promise<void>;
}

/** Decides what Lambda decides before a function sees an event: concurrency, size, runtime. */
function createPool(model: FunctionModel, host: LambdaRunnerOptions): Pool {
  const limit = model.reservedConcurrency ?? ACCOUNT_CONCURRENCY;
  const report = createFunctionTelemetry(model, host);
  const fleet = createFleet(Math.min(limit, MAX_INSTANCES), starter(model, host, report));
  let inFlight = 0;
  let closed = false;
  return {
    invoke: async (event, requestId) => {
      if (closed) return rejection(CLOSED);
      if (!model.runtime.startsWith('nodejs')) return rejection(WRONG_RUNTIME);
      if (inFlight >= limit) {
        report.throttled();
        return { kind: 'throttled' };
      }
      const json = JSON.stringify(event) ?? 'null';
      if (isTooLarge(json)) return { kind: 'too-large' };
      inFlight += 1;
      return new Promise<InvokeResult>((resolve) => {
        const done = (outcome: Outcome, durationMs: number): void => {
          inFlight -= 1;
          report.ended(requestId, outcome, durationMs);
          resolve(resultOf(outcome));
        };
        fleet.submit({ event: json, requestId, done });
      });
    },
    close: () => {
      closed = true;
      return fleet.close(CLOSED);
    },
  };
}

function starter(model: FunctionModel, host: LambdaRunnerOptions, report: FunctionTelemetry): InstanceStarter {
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
      timeoutMs: model.timeoutSeconds * 1000,
      caPem: host.caPem,
      responseLimitBytes: RESPONSE_LIMIT_BYTES,
    };
    const environment = environmentOf(model, host.environment, logStream);
    return startInstance(setup, { ...callbacks, environment, onLine: report.line });
  };
}

const WRONG_RUNTIME: Fault = { errorType: 'Runtime.InvalidRuntime', message: 'Only the nodejs runtimes run here' };
/** A UTF-16 unit takes at most three bytes, so short events need no count. */
function isTooLarge(json: string): boolean {
  return json.length * 3 > EVENT_LIMIT_BYTES && Buffer.byteLength(json) > EVENT_LIMIT_BYTES;
}

function resultOf(outcome: Outcome): InvokeResult {
  if (outcome.kind === 'ok') return { kind: 'ok', payload: JSON.parse(outcome.payload) };
  return outcome.kind === 'error' ? rejection(outcome.fault) : outcome;
}

function rejection({ errorType, message }: Fault): InvokeResult {
  return { kind: 'error', errorType, message };
}
