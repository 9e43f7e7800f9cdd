/** The HTTPS listeners of a stack, one an API. */
import type { DomainModel } from '../assembly/domainModel.ts';
import type { RestApiModel, StackModel } from '../assembly/model.ts';
import { PortInUse } from '../gateway/listen.ts';
import { type ApiServer, type GatewayUse, startServer, type UseGateway } from '../gateway/server.ts';
import { asksForCertificates } from '../gateway/tlsHosts.ts';
import type { LocalTls } from '../services/certificates.ts';
import { createListenerSet } from './listenerSet.ts';
import { RestartNeeded } from './restartNeeded.ts';

/** An API, the domains that lead to it, and the port that it is served on. */
export interface ServedApi {
  readonly api: RestApiModel;
  readonly domains: readonly DomainModel[];
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

export interface Listeners {
  /**
   * Starts the listeners that are missing for these APIs. Each serves the domains that lead to its API.
   *
   * @throws `port-in-use`; `restart-needed` when a running listener would have to ask for certificates
   */
  prepare(model: Pick<StackModel, 'apis' | 'domains'>, use: Use): Promise<ListenersChange>;
  /** Serves new connections with another certificate. */
  setTls(tls: LocalTls): void;
  close(): Promise<void>;
}

/** What a listener is started for. */
interface Served {
  readonly api: RestApiModel;
  /** The domains that lead to it. */
  readonly domains: readonly DomainModel[];
  /** All APIs, because a domain can lead to several. */
  readonly apis: readonly RestApiModel[];
  readonly use: Use;
}

type Server = Pick<ApiServer, 'port' | 'canAsk' | 'setTls' | 'close'> & { serve(next: Served): void };

/** What every listener shares. */
export interface ListenerParts {
  readonly tls: LocalTls;
  /** Receives one line for each fault of a listener. */
  readonly print: (line: string) => void;
}

/** @param port of the first listener; the others get the ports after it where these are free. 0 picks a free one for each */
export function createListeners({ tls: first, print }: ListenerParts, port: number): Listeners {
  const startOn = async (wanted: number, served: Served, tls: LocalTls): Promise<Server> => {
    const { api, domains } = served;
    let use = useOf(served);
    const server = await startServer(api, (id) => use(id), { tls, print, port: wanted, domains });
    const serve = (next: Served): void => {
      use = useOf(next);
      server.update(next.api, next.domains);
    };
    return { ...server, serve };
  };
  /**
   * A new API takes the port that was asked for, also when an API that is gone had it, or else one of the ports after it, so that the
   * addresses are the same at each start. It takes any free port when a process uses that one.
   */
  const start = async (served: Served, tls: LocalTls, running: readonly Server[]): Promise<Server> => {
    if (running.length === 0) return startOn(port, served, tls);
    const taken = running.map((server) => server.port);
    const wanted = port === 0 ? 0 : running.map((_, i) => port + i).find((one) => !taken.includes(one));
    return startOn(wanted ?? port + running.length, served, tls).catch((error: unknown) => {
      if (!(error instanceof PortInUse)) throw error;
      return startOn(0, served, tls);
    });
  };
  const set = createListenerSet<Served, Server>({ start, check: requireSameAsking, print }, first);
  return {
    async prepare({ apis, domains }, use) {
      const next = apis.map((api) => ({ api, apis, use, domains: domains.filter((domain) => leadsTo(domain, api)) }));
      const { pairs, commit, undo } = await set.prepare(next);
      const addresses = pairs.map(({ served, server }) => ({
        api: served.api,
        domains: served.domains,
        port: server.port,
      }));
      return { apis: addresses, commit, undo };
    },
    setTls: set.setTls,
    close: set.close,
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
function requireSameAsking({ canAsk }: Server, { domains }: Served): void {
  if (canAsk || !asksForCertificates({ hosts: domains })) return;
  throw new RestartNeeded(
    'a domain that asks for client certificates',
    'none, as at the start',
    'start the gateway again',
  );
}
