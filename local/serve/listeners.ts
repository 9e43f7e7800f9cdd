import type { RestApiModel } from '../assembly/model.ts';
import { type ApiServer, type GatewayUse, PortInUse, startServer } from '../gateway/server.ts';
import type { LocalTls } from '../services/certificates.ts';

/** An API and the port that it is served on. */
export interface ServedApi {
  readonly api: RestApiModel;
  readonly port: number;
}

/** Counts a request to an API, with the gateway that handles it. */
type Use = (api: RestApiModel) => GatewayUse;

/** The listeners of the next APIs, which are not used yet. */
export interface ListenersChange {
  /** In the order of their listeners: the first ones have their addresses from before. */
  readonly apis: readonly ServedApi[];
  /** Hands each listener to its API, and ends those of APIs that are gone. */
  commit(): void;
  undo(): Promise<void>;
}

/** The HTTPS listeners of a stack, one an API. */
export interface Listeners {
  /**
   * Starts the listeners that are missing for these APIs. An API keeps its listener; a new one takes that of an API that is
   * gone, as after a rename, or gets a free port.
   *
   * @throws `port-in-use`
   */
  prepare(apis: readonly RestApiModel[], use: Use): Promise<ListenersChange>;
  close(): Promise<void>;
}

/** The listener of an API that is gone stays for its open requests: more than an integration of API Gateway can take. */
const LONGEST_REQUEST_MS = 60_000;

interface Listener {
  apiId: string;
  readonly server: ApiServer;
  use: () => GatewayUse;
}

/** What every listener shares. */
export interface ListenerParts {
  readonly tls: LocalTls;
  /** Receives one line for each fault of a listener. */
  readonly print: (line: string) => void;
}

/** @param port of the first listener; 0 picks a free one, as for the others */
export function createListeners({ tls, print }: ListenerParts, port: number): Listeners {
  let listeners: readonly Listener[] = [];
  const ending = new Set<ApiServer>();
  const start = async (api: RestApiModel, use: Use, wanted: number): Promise<Listener> => {
    const serves: { use: () => GatewayUse } = { use: () => use(api) };
    const server = await startServer(api, () => serves.use(), { tls, print, port: wanted });
    return Object.assign(serves, { apiId: api.id, server });
  };
  /**
   * A new API takes the port that was asked for, also when an API that is gone had it. The API takes a free port when another listener or
   * process uses that one.
   */
  const startNext = async (api: RestApiModel, use: Use, started: readonly Listener[]): Promise<Listener> => {
    const isFirst = listeners.length + started.length === 0;
    const isTaken = [...listeners, ...started].some(({ server }) => server.port === port);
    if (isFirst) return start(api, use, port);
    if (isTaken) return start(api, use, 0);
    return start(api, use, port).catch((error: unknown) => {
      if (!(error instanceof PortInUse)) throw error;
      return start(api, use, 0);
    });
  };
  const end = ({ server }: Listener): void => {
    ending.add(server);
    void server
      .close(LONGEST_REQUEST_MS)
      .catch((error: unknown) => print(`a listener did not close: ${error instanceof Error ? error.message : error}`))
      .then(() => ending.delete(server));
  };
  return {
    async prepare(apis, use) {
      const of = (wanted: RestApiModel) => listeners.find(({ apiId }) => apiId === wanted.id);
      const free = listeners.filter(({ apiId }) => apis.every(({ id }) => id !== apiId));
      const started: Listener[] = [];
      const pairs: { readonly api: RestApiModel; readonly listener: Listener }[] = [];
      try {
        for (const api of apis) {
          const known = of(api) ?? free.shift();
          const listener = known ?? (await startNext(api, use, started));
          if (known === undefined) started.push(listener);
          pairs.push({ api, listener });
        }
      } catch (error) {
        await Promise.all(started.map(({ server }) => server.close()));
        throw error;
      }
      const order = [...listeners, ...started];
      pairs.sort((one, other) => order.indexOf(one.listener) - order.indexOf(other.listener));
      return {
        apis: pairs.map(({ api, listener }) => ({ api, port: listener.server.port })),
        commit() {
          for (const { api, listener } of pairs) {
            listener.apiId = api.id;
            listener.use = () => use(api);
            listener.server.setMinTlsVersion(api.minTlsVersion);
          }
          for (const listener of free) end(listener);
          listeners = pairs.map(({ listener }) => listener);
        },
        undo: async () => {
          await Promise.all(started.map(({ server }) => server.close()));
        },
      };
    },
    close: async () => {
      const servers = [...listeners.map(({ server }) => server), ...ending];
      listeners = [];
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
