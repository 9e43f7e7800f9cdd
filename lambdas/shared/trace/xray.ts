import { createSocket, type Socket } from 'node:dgram';
import type { Span, SpanAttributes } from './measure.ts';
import { requestRecorder } from './requestRecorder.ts';
import { xrayTraceId } from './traceContext.ts';
import type { Tracer } from './tracer.ts';

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon */
const HEADER = '{"format": "json", "version": 1}\n';
/** Where Lambda has it: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const DAEMON_ADDRESS = 'AWS_XRAY_DAEMON_ADDRESS';
const TRACE_ID = '_X_AMZN_TRACE_ID';
/** Characters of a name: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
const NOT_IN_NAME = /[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu;
/**
 * Characters of the key of an annotation. The guides of the X-Ray SDKs allow the underscore alone; the service has accepted dots since 2024, as its
 * team writes in https://github.com/open-telemetry/opentelemetry-collector-contrib/pull/31732
 */
const NOT_IN_KEY = /[^A-Za-z\d_.]/g;
const LONGEST_NAME = 200;

/**
 * Sends spans to the daemon of X-Ray, which Lambda runs beside each function, as subsegments of the function's own segment: one
 * datagram each, to an address on the same machine. X-Ray decides which requests are recorded, so the caller's trace is not continued.
 */
export function xrayTracer(environment: NodeJS.ProcessEnv): Tracer {
  const [, host = '127.0.0.1', port = '2000'] = /^([\d.]+):(\d{1,5})$/.exec(environment[DAEMON_ADDRESS] ?? '') ?? [];
  let socket: Socket | undefined;
  return {
    ofLambda: () => environment[TRACE_ID],
    recorderOf: requestRecorder,
    async send(traceId, spans) {
      socket ??= openSocket();
      const sending = socket;
      const sent = spans.map(
        (span) =>
          new Promise<void>((done) =>
            sending.send(HEADER + documentOf(traceId, span), Number(port), host, () => done()),
          ),
      );
      await Promise.all(sent);
    },
  };
}

/** Nothing waits for a socket, and a lost span is no reason to fail. */
function openSocket(): Socket {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  return socket.unref();
}

/** A subsegment that is sent alone. */
function documentOf(
  traceId: string,
  { name, spanId, parentId, kind, startMs, endMs, isFailed, attributes }: Span,
): string {
  const operation = attributes['rpc.method'];
  return JSON.stringify({
    type: 'subsegment',
    trace_id: xrayTraceId(traceId),
    parent_id: parentId,
    id: spanId,
    name: name
      .replaceAll(/\{(\w+)\+?\}/g, ':$1')
      .replaceAll(NOT_IN_NAME, '_')
      .slice(0, LONGEST_NAME),
    start_time: startMs / 1000,
    end_time: endMs / 1000,
    ...(operation === undefined
      ? kind === 'client' && { namespace: 'remote' }
      : { namespace: 'aws', aws: { operation } }),
    ...(isFailed && { fault: true }),
    annotations: annotationsOf(attributes),
  });
}

function annotationsOf(attributes: SpanAttributes): SpanAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name.replaceAll(NOT_IN_KEY, '_'), value]),
  );
}
