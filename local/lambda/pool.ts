import { randomUUID } from 'node:crypto';
import type { FunctionModel } from '../assembly/model.ts';
import type { InvokeResult } from '../contracts.ts';
import { environmentOf, logGroupOf } from './environment.ts';
import { createFleet, type Starter } from './fleet.ts';
import { type Outcome, startInstance } from './instance.ts';
import type { Fault } from './protocol.ts';
import { createReport, type Report, type ReportHost } from './report.ts';

/** Threads beyond the processor's make nothing faster here; events wait for one instead, unseen by their callers. */
const MAX_INSTANCES = 4;
/** Events in flight that an account allows in a region by default; more are throttled. */
const ACCOUNT_CONCURRENCY = 1_000;
/** Most of a synchronous event, 6 MB. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const EVENT_LIMIT_BYTES = 6 * 1024 * 1024;
/** Of an answer Lambda takes a hundred bytes more, as its own message says. */
const ANSWER_LIMIT_BYTES = EVENT_LIMIT_BYTES + 100;
const CLOSED: Fault = { errorType: 'Runtime.Closed', message: 'The local gateway was closed' };

/** What the runner lends to each function's pool. */
export interface PoolHost extends ReportHost {
  /** Variables that every function gets, such as the endpoints of the local services. */
  readonly environment: Readonly<Record<string, string>>;
  /** The local CA in PEM. */
  readonly caPem: string;
}

/** One function, ready to be invoked. */
export interface Pool {
  invoke(event: unknown, requestId: string): Promise<InvokeResult>;
  close(): Promise<void>;
}

/** Decides what Lambda decides before a function sees an event: concurrency, size, runtime. */
export function createPool(model: FunctionModel, host: PoolHost): Pool {
  const limit = model.reservedConcurrency ?? ACCOUNT_CONCURRENCY;
  const report = createReport(model, host);
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

function starter(model: FunctionModel, host: PoolHost, report: Report): Starter {
  return (fate) => {
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
      responseLimitBytes: ANSWER_LIMIT_BYTES,
    };
    const environment = environmentOf(model, host.environment, logStream);
    return startInstance(setup, { ...fate, environment, onLine: report.line });
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
