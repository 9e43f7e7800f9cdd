/** Listeners that stay over updates, one an API: those of the APIs themselves, and those of the distributions in front of them. */
import type { LocalTls } from '../services/certificates.ts';

/** A server of a listener. */
interface ListenerServer<Served> {
  /** Serves this from now on. */
  serve(next: Served): void;
  /** For new connections. */
  setTls(tls: LocalTls): void;
  /** Resolves when open requests have their responses, after `graceMs` at the latest. */
  close(graceMs?: number): Promise<void>;
}

/** A listener and what it is going to serve. */
export interface Pair<Served, Server> {
  readonly served: Served;
  readonly server: Server;
}

/** The listeners for what is served next, which are not used yet. */
export interface ListenerChange<Served, Server> {
  /** In the order of their listeners: the first ones have their addresses from before. */
  readonly pairs: readonly Pair<Served, Server>[];
  /** Hands each listener what it serves, and ends those of APIs that are gone. */
  commit(): void;
  undo(): Promise<void>;
}

export interface ListenerSet<Served, Server> {
  /**
   * Starts the listeners that are missing. An API keeps its listener; a new one takes that of an API that is gone, as after a rename.
   *
   * @throws what `start` and `check` throw; what was started is ended then
   */
  prepare(next: readonly Served[]): Promise<ListenerChange<Served, Server>>;
  setTls(tls: LocalTls): void;
  close(): Promise<void>;
}

/** How the listeners of a set are made. */
export interface ListenerKind<Served, Server> {
  /** @param running all other listeners, also those that were just started */
  start(served: Served, tls: LocalTls, running: readonly Server[]): Promise<Server>;
  /** @throws when a listener that runs cannot serve this */
  check(server: Server, served: Served): void;
  /** Receives one line for each fault of a listener. */
  readonly print: (line: string) => void;
}

/** The listener of an API that is gone stays for its open requests: more than an integration of API Gateway can take. */
const LONGEST_REQUEST_MS = 60_000;

interface Listener<Server> {
  apiId: string;
  readonly server: Server;
}

export function createListenerSet<
  Served extends { readonly api: { readonly id: string } },
  Server extends ListenerServer<Served>,
>(kind: ListenerKind<Served, Server>, first: LocalTls): ListenerSet<Served, Server> {
  let tls = first;
  let listeners: readonly Listener<Server>[] = [];
  const ending = new Set<Server>();
  const end = ({ server }: Listener<Server>): void => {
    ending.add(server);
    void server
      .close(LONGEST_REQUEST_MS)
      .catch((error: unknown) =>
        kind.print(`a listener did not close: ${error instanceof Error ? error.message : error}`),
      )
      .then(() => ending.delete(server));
  };
  return {
    async prepare(next) {
      const free = listeners.filter(({ apiId }) => next.every(({ api }) => api.id !== apiId));
      const started: Listener<Server>[] = [];
      const pairs: { readonly served: Served; readonly listener: Listener<Server> }[] = [];
      const undo = async (): Promise<void> => {
        await Promise.all(started.map(({ server }) => server.close()));
      };
      try {
        for (const served of next) {
          const { id } = served.api;
          let listener = listeners.find(({ apiId }) => apiId === id) ?? free.shift();
          if (listener === undefined) {
            const running = [...listeners, ...started].map(({ server }) => server);
            listener = { apiId: id, server: await kind.start(served, tls, running) };
            started.push(listener);
          } else kind.check(listener.server, served);
          pairs.push({ served, listener });
        }
      } catch (error) {
        await undo();
        throw error;
      }
      const order = [...listeners, ...started];
      pairs.sort((one, other) => order.indexOf(one.listener) - order.indexOf(other.listener));
      return {
        pairs: pairs.map(({ served, listener: { server } }) => ({ served, server })),
        commit() {
          for (const { served, listener } of pairs) {
            listener.apiId = served.api.id;
            listener.server.serve(served);
          }
          for (const listener of free) end(listener);
          listeners = pairs.map(({ listener }) => listener);
        },
        undo,
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
