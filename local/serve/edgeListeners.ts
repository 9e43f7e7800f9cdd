/** The listeners of the distributions of a stack, over its updates. */
import type { DistributionModel } from '../assembly/edgeModel.ts';
import type { Telemetry } from '../contracts.ts';
import { createEdge } from '../gateway/edge/edge.ts';
import type { ReadKey } from '../gateway/edge/edgeFunction.ts';
import { type EdgeServer, type ServedEdge, startEdgeServer } from '../gateway/edge/edgeServer.ts';
import { createHandshake } from '../gateway/edge/handshake.ts';
import type { LocalTls } from '../services/certificates.ts';
import type { Generation } from './generation.ts';
import { RestartNeeded } from './restartNeeded.ts';

/** A distribution and where it is served. */
export interface ServedDistribution {
  readonly distribution: DistributionModel;
  readonly port: number;
  readonly httpPort: number;
}

/** The listeners of the next distributions, which are not used yet. */
export interface EdgeChange {
  readonly edges: readonly ServedDistribution[];
  /** Hands each listener to its distribution, and ends those of distributions that are gone. */
  commit(): void;
  undo(): Promise<void>;
}

export interface EdgeListeners {
  /** Compiles the distributions of a generation, and starts the listeners that are missing. */
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

/** The listener of a distribution that is gone stays for its open requests. */
const LONGEST_REQUEST_MS = 60_000;

interface Listener {
  logicalId: string;
  readonly server: EdgeServer;
}

/**
 * @param port of the first API; HTTPS and HTTP of the first distribution get the two ports after it where they are free. With 0, every
 * listener gets a free one.
 */
export function createEdgeListeners(parts: EdgeListenerParts, port: number): EdgeListeners {
  const { telemetry, readKey, patternsOf, print } = parts;
  let { tls } = parts;
  let listeners: readonly Listener[] = [];
  const ending = new Set<EdgeServer>();
  const servedOf = ({ model, kept, use }: Generation, distribution: DistributionModel): ServedEdge => {
    const api = model.apis.find(({ id }) => id === distribution.apiId);
    if (api === undefined) throw new Error(`the API of ${distribution.logicalId} is not of this generation`);
    const { connectionFunction } = distribution.mtls ?? {};
    const log = (line: string) =>
      telemetry.log(`/aws/cloudfront/connection-function/${connectionFunction?.name ?? ''}`, line);
    return {
      distribution,
      edge: createEdge(distribution, { telemetry, kept, readKey, patternsOf, print }),
      handshake: createHandshake(distribution.mtls, { readKey, log, print }),
      domains: model.domains,
      use: (apiId = api.id) => {
        const wanted = model.apis.find(({ id }) => id === apiId);
        return wanted && use(wanted);
      },
    };
  };
  return {
    async prepare(generation) {
      const { distributions } = generation.model;
      const gone = listeners.filter(({ logicalId }) => distributions.every((each) => each.logicalId !== logicalId));
      const started: Listener[] = [];
      const pairs: { readonly served: ServedEdge; readonly listener: Listener }[] = [];
      try {
        for (const distribution of distributions) {
          const served = servedOf(generation, distribution);
          const known = listeners.find(({ logicalId }) => logicalId === distribution.logicalId) ?? gone.shift();
          const isFirst = listeners.length + started.length === 0 && port !== 0;
          const ports: [number, number] = isFirst ? [port + 1, port + 2] : [0, 0];
          const listener = known ?? {
            logicalId: distribution.logicalId,
            server: await startEdgeServer(served, { tls, ports, print }),
          };
          if (known === undefined) started.push(listener);
          else if (!listener.server.canServe(distribution)) throw restartNeeded(distribution);
          pairs.push({ served, listener });
        }
      } catch (error) {
        await Promise.all(started.map(({ server }) => server.close()));
        throw error;
      }
      return {
        edges: pairs.map(({ served, listener: { server } }) => ({
          distribution: served.distribution,
          port: server.port,
          httpPort: server.httpPort,
        })),
        commit() {
          for (const { served, listener } of pairs) {
            listener.logicalId = served.distribution.logicalId;
            listener.server.serve(served);
          }
          for (const { server } of gone) {
            ending.add(server);
            void server.close(LONGEST_REQUEST_MS).then(() => ending.delete(server));
          }
          listeners = pairs.map(({ listener }) => listener);
        },
        undo: async () => {
          await Promise.all(started.map(({ server }) => server.close()));
        },
      };
    },
    setTls(next) {
      tls = next;
      for (const { server } of listeners) server.setTls(next);
    },
    close: async () => {
      const servers = [...listeners.map(({ server }) => server), ...ending];
      listeners = [];
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** Node decides for a whole server, when it is made, whether clients are asked for certificates, and whether it speaks HTTP/2. */
function restartNeeded({ logicalId }: DistributionModel): RestartNeeded {
  return new RestartNeeded(
    `other client certificates or HTTP versions of the distribution ${logicalId}`,
    'those of the start',
    'start the gateway again',
  );
}
