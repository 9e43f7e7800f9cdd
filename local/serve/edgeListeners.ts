/** The listeners of the distributions of a stack, one an API: each chooses the distribution by the name of the connection. */
import type { DistributionModel } from '../assembly/edgeModel.ts';
import type { RestApiModel } from '../assembly/model.ts';
import type { Telemetry } from '../contracts.ts';
import { createEdge } from '../gateway/edge/edge.ts';
import type { ReadKey } from '../gateway/edge/edgeFunction.ts';
import { type EdgeServer, type ServedEdge, startEdgeServer } from '../gateway/edge/edgeServer.ts';
import { asksViewers, type Distributions } from '../gateway/edge/edgeTls.ts';
import { createHandshake } from '../gateway/edge/handshake.ts';
import type { LocalTls } from '../services/certificates.ts';
import type { Generation } from './generation.ts';
import { createListenerSet } from './listenerSet.ts';
import { RestartNeeded } from './restartNeeded.ts';

/** The distributions of an API, and where they are served. */
export interface ServedDistributions {
  readonly api: RestApiModel;
  readonly distributions: readonly DistributionModel[];
  readonly port: number;
  readonly httpPort: number;
}

/** The listeners of the next distributions, which are not used yet. */
export interface EdgeChange {
  readonly edges: readonly ServedDistributions[];
  /** Hands each listener to its distributions, and ends those of APIs that have none any more. */
  commit(): void;
  undo(): Promise<void>;
}

export interface EdgeListeners {
  /**
   * Compiles the distributions of a generation, and starts the listeners that are missing.
   *
   * @throws `restart-needed` when a running listener would have to ask for certificates
   */
  prepare(generation: Generation): Promise<EdgeChange>;
  /** For new connections. */
  setTls(tls: LocalTls): void;
  close(): Promise<void>;
}

export interface EdgeListenerParts {
  readonly tls: LocalTls;
  readonly telemetry: Telemetry;
  readonly readKey: ReadKey;
  readonly patternsOf: (arn: string) => readonly string[] | undefined;
  readonly print: (line: string) => void;
}

/** What a listener is started for. */
interface Served {
  readonly api: RestApiModel;
  readonly edges: Distributions<ServedEdge>;
}

type Server = Pick<EdgeServer, 'port' | 'httpPort' | 'canAsk' | 'setTls' | 'close'> & { serve(next: Served): void };

/**
 * @param port of the first API; HTTPS and HTTP of its distributions get the two ports after it where they are free. With 0, every
 * listener gets a free one.
 */
export function createEdgeListeners(parts: EdgeListenerParts, port: number): EdgeListeners {
  const { telemetry, readKey, patternsOf, print } = parts;
  const servedOf = ({ model, kept, use }: Generation, distribution: DistributionModel): ServedEdge => {
    const { connectionFunction } = distribution.mtls ?? {};
    const log = (line: string) =>
      telemetry.log(`/aws/cloudfront/connection-function/${connectionFunction?.name ?? ''}`, line);
    return {
      distribution,
      edge: createEdge(distribution, { telemetry, kept, readKey, patternsOf, print }),
      handshake: createHandshake(distribution.mtls, { readKey, log, print }),
      domains: model.domains,
      use: (apiId = distribution.apiId) => {
        const wanted = model.apis.find(({ id }) => id === apiId);
        return wanted && use(wanted);
      },
    };
  };
  const start = async ({ edges }: Served, tls: LocalTls, running: readonly Server[]): Promise<Server> => {
    const ports: [number, number] = running.length === 0 && port !== 0 ? [port + 1, port + 2] : [0, 0];
    const server = await startEdgeServer(edges, { tls, ports, print });
    return { ...server, serve: (next) => server.serve(next.edges) };
  };
  const set = createListenerSet<Served, Server>({ start, check: requireSameAsking, print }, parts.tls);
  return {
    async prepare(generation) {
      const { apis, distributions } = generation.model;
      const next = apis.flatMap((api): Served[] => {
        const own = distributions.filter(({ apiId }) => apiId === api.id);
        const [first, ...others] = own.map((distribution) => servedOf(generation, distribution));
        return first === undefined ? [] : [{ api, edges: [first, ...others] }];
      });
      const { pairs, commit, undo } = await set.prepare(next);
      const edges = pairs.map(({ served: { api, edges: served }, server: { port: https, httpPort } }) => ({
        api,
        distributions: served.map(({ distribution }) => distribution),
        port: https,
        httpPort,
      }));
      return { edges, commit, undo };
    },
    setTls: set.setTls,
    close: set.close,
  };
}

/** Node decides for a whole server, when it is made, whether clients are asked for certificates. */
function requireSameAsking({ canAsk }: Server, { edges }: Served): void {
  if (canAsk || !asksViewers(edges)) return;
  throw new RestartNeeded(
    'a distribution that asks for client certificates',
    'none, as at the start',
    'start the gateway again',
  );
}
