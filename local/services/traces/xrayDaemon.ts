import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { record } from '../../assembly/values.ts';
import type { TraceSpan } from '../../contracts.ts';
import { LOOPBACK } from '../loopback.ts';
import { spanOf } from './traceStore.ts';

/**
 * The daemon of X-Ray beside functions: takes segments and subsegments, one a datagram. As on AWS, nothing is signed.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export async function startXRayDaemon(
  add: (span: TraceSpan) => void,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (datagram) => {
    const span = spanOfDatagram(datagram.toString('utf8'));
    if (span !== undefined) add(span);
  });
  socket.on('error', () => undefined);
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  return {
    address: `${LOOPBACK}:${socket.address().port}`,
    close: () =>
      new Promise((done) => {
        socket.close(() => done());
      }),
  };
}

function spanOfDatagram(text: string): TraceSpan | undefined {
  const end = text.indexOf('\n');
  const document = parsed(text.slice(end + 1));
  if (end < 0 || parsed(text.slice(0, end))['format'] !== 'json') return undefined;
  const { trace_id: traceId, id, parent_id: parentId, name, start_time: start, end_time: stop, namespace } = document;
  const [, seconds = '', random = ''] = /^1-([\da-f]{8})-([\da-f]{24})$/.exec(String(traceId)) ?? [];
  return spanOf({
    traceId: seconds + random,
    spanId: id,
    parentId,
    name,
    kind: namespace === 'aws' || namespace === 'remote' ? 'client' : 'internal',
    startMs: Number(start) * 1000,
    endMs: Number(stop) * 1000,
    failed: document['fault'],
    attributes: document['annotations'],
  });
}

function parsed(text: string) {
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}
