import { isFresh, type LocalTls, readTls, type TlsOptions } from './certificates.ts';
import { readIfPresent } from './files.ts';

/** The certificate of a gateway that serves, renewed in time. */
export interface RenewedTls {
  /** The one for new connections. */
  readonly now: LocalTls;
  /** Calls `use` with each new certificate. */
  onRenewal(use: (tls: LocalTls) => void): void;
  /** Covers these names too from now on. Names from before stay: connections to them can be open. */
  cover(names: readonly string[]): Promise<void>;
  close(): void;
}

/** How the renewal runs. */
export interface RenewalOptions extends TlsOptions {
  /** Milliseconds between two checks: a machine that wakes up serves a lapsed certificate for that long. @default 10,000 */
  readonly everyMs?: number;
  /** Receives one line when a certificate could not be renewed. The next check tries again. */
  readonly print: (line: string) => void;
}

const CHECK_MS = 10_000;

/**
 * Reads or makes the certificate, and checks it while the process runs: a new one is made when a third of its life is left, when the clock
 * was set, and when its files were lost. The check holds nothing open.
 *
 * @throws when the first certificate cannot be made
 */
export async function renewedTls(data: string, options: RenewalOptions): Promise<RenewedTls> {
  const { now = Date.now, everyMs = CHECK_MS, print } = options;
  let names = options.names ?? [];
  const first = await readTls(data, { names, now });
  let { tls } = first;
  let last = Promise.resolve();
  const listeners: ((tls: LocalTls) => void)[] = [];
  const renew = async (): Promise<void> => {
    // Clients and functions know the CA of the start, so it stays.
    const next = await readTls(data, { names, now }, first.ca);
    if (next.tls.cert === tls.cert) return;
    tls = next.tls;
    for (const use of listeners) use(tls);
  };
  /** One after the other, and each with the names at its time. */
  const inTurn = (): Promise<void> => {
    last = last.catch(() => undefined).then(renew);
    return last;
  };
  const timer = setInterval(() => {
    if (isFresh(tls, now()) && readIfPresent(tls.caPath) === tls.caPem) return;
    inTurn().catch((error: unknown) =>
      print(`the certificate was not renewed: ${error instanceof Error ? error.message : error}`),
    );
  }, everyMs);
  timer.unref();
  return {
    get now() {
      return tls;
    },
    onRenewal: (use) => void listeners.push(use),
    async cover(more) {
      names = [...new Set([...names, ...more])];
      await inTurn();
    },
    close: () => clearInterval(timer),
  };
}
