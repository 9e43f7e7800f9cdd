import { startCollector } from './collector.ts';
import { createTraceStore, type TraceStore } from './traceStore.ts';
import { startXRayDaemon } from './xrayDaemon.ts';

/** What takes spans, and the variables by which functions find it. */
export interface Traces extends TraceStore {
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts what stands in for the daemon of X-Ray and for a collector: no span leaves this machine, and none is left out.
 *
 * @param closing receives what ends them
 */
export async function startTraces(data: string, closing: (() => Promise<void>)[]): Promise<Traces> {
  const store = createTraceStore(data);
  const daemon = await startXRayDaemon(store.add);
  closing.push(daemon.close);
  const collector = await startCollector(store.add);
  closing.push(collector.close);
  return {
    ...store,
    environment: {
      AWS_XRAY_DAEMON_ADDRESS: daemon.address,
      SECURE_API_OTLP_ENDPOINT: collector.url,
      SECURE_API_OTLP_SAMPLING: '1',
    },
  };
}
