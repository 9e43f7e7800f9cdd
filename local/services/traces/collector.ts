import { list, record } from '../../assembly/values.ts';
import type { TraceSpan } from '../../contracts.ts';
import { createServer, LOOPBACK, listen, readBody, shut } from '../loopback.ts';
import { spanOf } from './traceStore.ts';

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
const PATH = '/v1/traces';
const BODY_LIMIT = 1_048_576;
/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
const KINDS: Readonly<Record<number, TraceSpan['kind']>> = { 2: 'server', 3: 'client' };
const STATUS_ERROR = 2;

/** Stands in for the collector of the functions: takes spans by OTLP over HTTP, in JSON. A page of a browser cannot send any. */
export async function startCollector(
  add: (span: TraceSpan) => void,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const isSpans = request.method === 'POST' && request.url === PATH && request.headers.origin === undefined;
    const isJson = request.headers['content-type'] === 'application/json';
    try {
      const body = await readBody(request, BODY_LIMIT);
      if (!isSpans || !isJson) response.writeHead(isSpans ? 415 : 404).end();
      else {
        for (const span of spansOf(JSON.parse(body))) add(span);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      }
    } catch {
      response.writeHead(400).end();
    }
  });
  const port = await listen(server);
  return { url: `http://${LOOPBACK}:${port}`, close: () => shut(server) };
}

function spansOf(document: unknown): readonly TraceSpan[] {
  const resources = list(record(document)['resourceSpans']).map(record);
  const scopes = resources.flatMap((resource) => list(resource['scopeSpans']).map(record));
  return scopes.flatMap((scope) => list(scope['spans']).flatMap((span) => otlpSpan(record(span)) ?? []));
}

function otlpSpan(span: Readonly<Record<string, unknown>>): TraceSpan | undefined {
  const attributes = list(span['attributes']).map((attribute) => {
    const { key, value } = record(attribute);
    const { stringValue, intValue } = record(value);
    return [String(key), stringValue ?? Number(intValue)];
  });
  return spanOf({
    traceId: span['traceId'],
    spanId: span['spanId'],
    parentId: span['parentSpanId'],
    name: span['name'],
    kind: KINDS[Number(span['kind'])],
    startMs: Number(span['startTimeUnixNano']) / 1e6,
    endMs: Number(span['endTimeUnixNano']) / 1e6,
    failed: record(span['status'])['code'] === STATUS_ERROR,
    attributes: Object.fromEntries(attributes),
  });
}
