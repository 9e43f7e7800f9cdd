/**
 * TLS by host name: which trust store a connection needs. Used by the listeners of APIs, and by any listener of a distribution that asks for
 * client certificates.
 */
import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type TlsOptions } from 'node:tls';
import { isHostName } from './hostHeader.ts';
import type { TlsPolicy } from './tlsPolicies.ts';

/** A host name that clients need a certificate for. */
export interface TlsHost {
  /** In lower case; `*.example.com` covers one label. */
  readonly name: string;
  /** PEM of the CAs. @default - the host asks for no certificate */
  readonly trustStore?: string;
}

/** What a listener has now; it can change between two connections. */
export interface TlsState {
  /** PEM of the certificate, which covers every host, and of its key. */
  readonly pair: { readonly cert: string; readonly key: string };
  readonly policy: TlsPolicy;
  readonly hosts: readonly TlsHost[];
  /** PEM of the CAs for connections to any other name, or without a name. @default - no certificate is needed */
  readonly trustStore?: string;
}

/** Whether any connection needs a certificate. Node asks all connections of a server, or none. */
export function asksForCertificates({ hosts, trustStore }: Pick<TlsState, 'hosts' | 'trustStore'>): boolean {
  return trustStore !== undefined || hosts.some((host) => host.trustStore !== undefined);
}

/** The trust store for the name of a connection (SNI). */
export function trustStoreOf(
  { hosts, trustStore }: TlsState,
  servername: string | false | undefined,
): string | undefined {
  const host = hostOfName(hosts, servername || '');
  return host === undefined ? trustStore : host.trustStore;
}

/** The host of a name: itself before a wildcard, which stands for one label of a host name. */
export function hostOfName<T extends TlsHost>(hosts: readonly T[], name: string): T | undefined {
  if (hosts.length === 0 || !isHostName(name)) return undefined;
  const wanted = name.toLowerCase();
  const wildcard = `*${wanted.slice(Math.max(wanted.indexOf('.'), 0))}`;
  return hosts.find((host) => host.name === wanted) ?? hosts.find((host) => host.name === wildcard);
}

/**
 * Options for `https.createServer` and `http2.createSecureServer`. Certificates of clients are asked for, and not judged: the server looks at
 * `authorized` of the connection. Call `createSecureContext` options again, by `secureContext`, when the state has changed.
 *
 * @param state is read at each handshake
 */
export function tlsOptions(state: () => TlsState): TlsOptions {
  const contexts = new WeakMap<object, Map<string, SecureContext>>();
  return {
    ...secureContext(state()),
    requestCert: asksForCertificates(state()),
    rejectUnauthorized: false,
    SNICallback: (servername, done) => {
      const now = state();
      const trustStore = hostOfName(now.hosts, servername)?.trustStore;
      if (trustStore === undefined) return done(null);
      const made = contexts.get(now) ?? new Map<string, SecureContext>();
      contexts.set(now, made);
      const context = made.get(trustStore) ?? createSecureContext(secureContext({ ...now, trustStore }));
      made.set(trustStore, context);
      done(null, context);
    },
  };
}

/** What `setSecureContext` takes. */
export function secureContext(state: TlsState) {
  const { pair, policy, trustStore } = state;
  return {
    cert: pair.cert,
    key: pair.key,
    ...policy,
    // Without it, Node would take the public CAs.
    ca: trustStore ?? [],
    // A resumed connection would skip the check of the certificate.
    ...(asksForCertificates(state) && { secureOptions: constants.SSL_OP_NO_TICKET }),
  };
}
