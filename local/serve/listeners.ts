import type { DomainModel } from '../assembly/domainModel.ts';
import type { RestApiModel, StackModel } from '../assembly/model.ts';
import { type ApiServer, type GatewayUse, PortInUse, startServer, type UseGateway } from '../gateway/server.ts';
import { asksForCertificates } from '../gateway/tlsHosts.ts';
import type { LocalTls } from '../services/certificates.ts';
import { RestartNeeded } from './restartNeeded.ts';

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
   * gone, as after a rename, or gets a free port. Each serves the domains that lead to its API.
   *
   * @throws `port-in-use`; `restart-needed` when a running listener would have to ask for certificates
   */
  prepare(model: Pick<StackModel, 'apis' | 'domains'>, use: Use): Promise<ListenersChange>;
  /** Serves new connections with another certificate. */
  setTls(tls: LocalTls): void;
  close(): Promise<void>;
}

/** The listener of an API that is gone stays for its open requests: more than an integration of API Gateway can take. */
const LONGEST_REQUEST_MS = 60_000;

/** What a listener is started for. */
interface Served {
  readonly api: RestApiModel;
  /** The domains that lead to it. */
  readonly domains: readonly DomainModel[];
  /** All APIs, because a domain can lead to several. */
  readonly apis: readonly RestApiModel[];
  readonly use: Use;
}

interface Listener {
  apiId: string;
  readonly server: ApiServer;
  use: UseGateway;
}

/** What every listener shares. */
export interface ListenerParts {
  readonly tls: LocalTls;
  /** Receives one line for each fault of a listener. */
  readonly print: (line: string) => void;
}

/** @param port of the first listener; 0 picks a free one, as for the others */
export function createListeners({ tls: first, print }: ListenerParts, port: number): Listeners {
  let tls = first;
  let listeners: readonly Listener[] = [];
  const ending = new Set<ApiServer>();
  const start = async (next: Served, wanted: number): Promise<Listener> => {
    const { api, domains } = next;
    const serves = { use: useOf(next) };
    const server = await startServer(api, (id) => serves.use(id), { tls, print, port: wanted, domains });
    return Object.assign(serves, { apiId: api.id, server });
  };
  /**
   * A new API takes the port that was asked for, also when an API that is gone had it. The API takes a free port when another listener or
   * process uses that one.
   */
  const startNext = async (next: Served, started: readonly Listener[]): Promise<Listener> => {
    const isFirst = listeners.length + started.length === 0;
    const isTaken = [...listeners, ...started].some(({ server }) => server.port === port);
    if (isFirst) return start(next, port);
    if (isTaken) return start(next, 0);
    return start(next, port).catch((error: unknown) => {
      if (!(error instanceof PortInUse)) throw error;
      return start(next, 0);
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
    async prepare({ apis, domains }, use) {
      const of = (wanted: RestApiModel) => listeners.find(({ apiId }) => apiId === wanted.id);
      const free = listeners.filter(({ apiId }) => apis.every(({ id }) => id !== apiId));
      const started: Listener[] = [];
      const pairs: { readonly served: Served; readonly listener: Listener }[] = [];
      try {
        for (const api of apis) {
          const served = { api, apis, use, domains: domains.filter((domain) => leadsTo(domain, api)) };
          const known = of(api) ?? free.shift();
          requireSameAsking(known, served.domains);
          const listener = known ?? (await startNext(served, started));
          if (known === undefined) started.push(listener);
          pairs.push({ served, listener });
        }
      } catch (error) {
        await Promise.all(started.map(({ server }) => server.close()));
        throw error;
      }
      const order = [...listeners, ...started];
      pairs.sort((one, other) => order.indexOf(one.listener) - order.indexOf(other.listener));
      return {
        apis: pairs.map(({ served: { api }, listener }) => ({ api, port: listener.server.port })),
        commit() {
          for (const { served, listener } of pairs) {
            listener.apiId = served.api.id;
            listener.use = useOf(served);
            listener.server.update(served.api, served.domains);
          }
          for (const listener of free) end(listener);
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

function useOf({ api: own, apis, use }: Served): UseGateway {
  return (id = own.id) => {
    const api = apis.find((candidate) => candidate.id === id);
    return api && use(api);
  };
}

function leadsTo({ targets }: DomainModel, { id }: RestApiModel): boolean {
  return targets.some(({ apiId }) => apiId === id);
}

/** Node decides for a whole server, when it is made, whether clients are asked for certificates. */
function requireSameAsking(listener: Listener | undefined, hosts: readonly DomainModel[]): void {
  if (listener === undefined || listener.server.canAsk || !asksForCertificates({ hosts })) return;
  throw new RestartNeeded(
    'a domain that asks for client certificates',
    'none, as at the start',
    'start the gateway again',
  );
}
