import type { Context } from 'aws-lambda';
import type { Caller } from '../../lib/definition/handlers.ts';
import type { UploadedFile } from '../../lib/definition/upload.ts';
import { clientAddress } from '../shared/clientAddress.ts';
import { monotonicMs } from '../shared/monotonicMs.ts';
import { currentTrace } from '../shared/trace/measure.ts';
import type { RequestTrace } from '../shared/trace/requestTrace.ts';
import type { LambdaContext, ProxyEvent } from './event.ts';
import type { KnownLimits } from './limit/rateLimitHeaders.ts';
import type { RequestFault } from './problem.ts';
import type { HandlerTelemetry } from './telemetry.ts';
import type { RequestKeys } from './telemetryKeys.ts';
import type { Received } from './webhook/steps.ts';

/** A request in the pipeline. Middy passes the context to every middleware, so the request travels there. */
export class Call {
  readonly event: ProxyEvent;
  readonly requestId: string;
  /** Undefined outside of a traced request, as in tests of parts. */
  readonly trace: RequestTrace | undefined;
  readonly startedMs: number;
  limits: KnownLimits | undefined;
  caller: Caller | undefined;
  /** What log entries name; kept before the handler gets its caller, which it can change. */
  keys: RequestKeys | undefined;
  files: readonly UploadedFile[] | undefined;
  /** The bytes of the body, where the handler gets them. */
  rawBody: Uint8Array | undefined;
  /** The verified message of a webhook. */
  webhook: Received | undefined;
  code: string | undefined;
  /** Found while the request was read; reported together with what the validator finds. */
  faults: readonly RequestFault[] = [];
  /** Whether the validator has accepted the request: what is thrown after that is no fault of the client. */
  isValid = false;
  differs = false;
  /** The response was stored by an earlier request with the same idempotency key. */
  replayed: true | undefined;
  /** What the handler logs and counts with. */
  telemetry: HandlerTelemetry | undefined;

  constructor(event: ProxyEvent, context: LambdaContext) {
    this.event = event;
    this.requestId = event.requestContext.requestId ?? context.awsRequestId ?? '';
    this.trace = currentTrace();
    this.startedMs = monotonicMs();
  }

  /** Only exact limits need it. */
  get address(): string {
    return clientAddress(this.event) ?? '';
  }
}

export type CallContext = Context & { readonly call: Call };
