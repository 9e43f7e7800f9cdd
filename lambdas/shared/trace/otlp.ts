import { logLine } from '../logLine.ts';
import { monotonicMs } from '../monotonicMs.ts';
import { writeLines } from '../output.ts';
import { refreshingValue } from '../refreshingValue.ts';
import { secretsManager } from '../secretsManager.ts';
import type { Readable, TracingEnvironment } from '../wireContract.ts';
import type { Span, SpanAttributes } from './measure.ts';
import { requestRecorder } from './requestRecorder.ts';
import type { Tracer } from './tracer.ts';

/** The response of a function waits for its spans, because Lambda stops the function after it. Our choice: a client notices longer waits (ADR 51). */
const TIMEOUT_MS = 1_000;
/** Time to return the response, before Lambda ends the function: spans are lost rather than a response. */
const MARGIN_MS = 50;
/** A new value of the secret is used after at most five minutes. */
const SECRET = { maxAgeMs: 300_000, staleMs: 3_600_000, pauseMs: 10_000 };
/** A collector that does not work is reported once in this time, and not for each request. */
const REPORT_PAUSE_MS = 60_000;
/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
const PATH = '/v1/traces';
/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
const KINDS = { internal: 1, server: 2, client: 3 } as const;
const STATUS_ERROR = 2;
const HEADER_NAME = /^[A-Za-z\d-]{1,64}$/;
const HEADER_VALUE = /^[\x20-\x7e]{1,4096}$/;

/** Sends spans to a collector by OTLP over HTTP, in JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
export function otlpTracer(environment: NodeJS.ProcessEnv & Readable<TracingEnvironment>): Tracer {
  const endpoint = environment.SECURE_API_OTLP_ENDPOINT ?? '';
  const share = Number(environment.SECURE_API_OTLP_SAMPLING);
  const credentials = readHeaders(environment, endpoint);
  const resource = resourceOf(environment);
  let reportedMs = Number.NEGATIVE_INFINITY;
  const report = (reason: string) => {
    if (monotonicMs() - reportedMs < REPORT_PAUSE_MS) return;
    reportedMs = monotonicMs();
    writeLines(process.stderr, logLine()('WARN', 'the spans of requests could not be sent', { reason }));
  };
  return {
    isSampled: (position) => position < share,
    recorderOf: requestRecorder,
    async send(traceId, spans, leftMs = Number.POSITIVE_INFINITY) {
      const timeoutMs = Math.min(TIMEOUT_MS, leftMs - MARGIN_MS);
      if (timeoutMs <= 0) return report('no time was left');
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        const headers = { 'content-type': 'application/json', ...(await beforeAbort(credentials(), signal)) };
        const body = JSON.stringify(documentOf(resource, traceId, spans));
        const response = await fetch(`${endpoint}${PATH}`, {
          method: 'POST',
          headers,
          body,
          signal,
          redirect: 'error',
        });
        await response.body?.cancel();
        if (!response.ok) report(`the collector returned ${response.status}`);
      } catch (error) {
        report(error instanceof Error ? error.name : typeof error);
      }
    },
  };
}

/** Credentials go to no address without TLS: a collector on this machine gets none. */
function readHeaders(
  environment: NodeJS.ProcessEnv & Readable<TracingEnvironment>,
  endpoint: string,
): () => Promise<Readonly<Record<string, string>>> {
  const arn = environment.SECURE_API_OTLP_HEADERS_SECRET;
  if (arn === undefined || !endpoint.startsWith('https://')) return async () => ({});
  const secrets = secretsManager(environment);
  const headers = refreshingValue(async () => headersOf(await secrets.current(arn)), SECRET);
  return () => headers.get();
}

/**
 * Reads `name=value,name=value`, values percent-encoded, as OTEL_EXPORTER_OTLP_HEADERS has them.
 *
 * @throws {Error} for any other string, without a part of it.
 */
function headersOf(secret: string): Readonly<Record<string, string>> {
  const pairs = secret.split(',').map((pair) => {
    const [, name = '', encoded = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    const value = decoded(encoded);
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) throw new Error('the secret is not name=value');
    return [name.toLowerCase(), value] as const;
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function beforeAbort<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
    value.then(done, fail);
  });
}

/** https://opentelemetry.io/docs/specs/semconv/resource/ */
function resourceOf(environment: NodeJS.ProcessEnv): SpanAttributes {
  return {
    'service.name': environment['POWERTOOLS_SERVICE_NAME'] ?? 'secure-api',
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_lambda',
    'cloud.region': environment['AWS_REGION'] ?? '',
    'faas.name': environment['AWS_LAMBDA_FUNCTION_NAME'] ?? '',
  };
}

function documentOf(resource: SpanAttributes, traceId: string, spans: readonly Span[]): object {
  const written = spans.map(({ name, kind, spanId, parentId, startMs, endMs, isFailed, attributes }) => ({
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: keyValues(attributes),
    status: isFailed ? { code: STATUS_ERROR } : {},
  }));
  const scopeSpans = [{ scope: { name: 'secure-api' }, spans: written }];
  return { resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans }] };
}

/** More than a double can hold, so JSON has it as a string. */
function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}

function keyValues(attributes: SpanAttributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(Math.round(value)) } : { stringValue: value },
  }));
}
