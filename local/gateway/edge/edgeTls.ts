/** What a listener of several distributions offers in the handshake: the name of a connection (SNI) chooses the distribution. */
import { constants } from 'node:crypto';
import type { SecureServerOptions } from 'node:http2';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { DistributionModel } from '../../assembly/edgeModel.ts';
import { LOCAL_NAMES } from '../hostHeader.ts';
import { distributionOf } from './hosts.ts';
import { viewerPolicy } from './viewerPolicy.ts';

/** The distributions of a listener, the first one stands for `localhost`. */
export type Distributions<T> = readonly [T, ...T[]];

interface OfDistribution {
  readonly distribution: DistributionModel;
}

/** What a listener has now; it can change between two connections. */
export interface EdgeTlsState {
  readonly served: Distributions<OfDistribution>;
  readonly pair: { readonly cert: string; readonly key: string };
}

/** Whether any connection is asked for a certificate. Node asks all connections of a server, or none. */
export function asksViewers(served: readonly OfDistribution[]): boolean {
  return served.some(({ distribution }) => distribution.mtls !== undefined);
}

/** The distribution that the name of a connection chooses; a connection for this machine, or without a name, the first one. */
export function distributionOfConnection<T extends OfDistribution>(
  served: Distributions<T>,
  servername: string | false | null | undefined,
): T | undefined {
  return isOfMachine(servername) ? served[0] : distributionOf(served, servername || '');
}

/** Whether a connection names none of the distributions, but this machine. */
export function isOfMachine(servername: string | false | null | undefined): boolean {
  return !servername || LOCAL_NAMES.includes(servername.toLowerCase());
}

/**
 * Options for `http2.createSecureServer`. A name that no distribution has ends the handshake, as at CloudFront. Certificates of clients are asked
 * for, and not checked here.
 *
 * @param state is read at each handshake
 */
export function edgeTlsOptions(state: () => EdgeTlsState): SecureServerOptions {
  const contexts = new WeakMap<EdgeTlsState, Map<OfDistribution, SecureContext>>();
  return {
    ...edgeSecureContext(state()),
    requestCert: asksViewers(state().served),
    rejectUnauthorized: false,
    ALPNCallback: ({ servername, protocols }) => {
      const { http2 } = (distributionOfConnection(state().served, servername) ?? state().served[0]).distribution;
      return (http2 ? ['h2', 'http/1.1'] : ['http/1.1']).find((protocol) => protocols.includes(protocol));
    },
    SNICallback: (servername, done) => {
      const now = state();
      const found = distributionOfConnection(now.served, servername);
      if (found === undefined) return done(new Error('no distribution has the name of the connection'));
      const made = contexts.get(now) ?? new Map<OfDistribution, SecureContext>();
      contexts.set(now, made);
      const context = made.get(found) ?? createSecureContext(contextOf(now, found.distribution));
      made.set(found, context);
      done(null, context);
    },
  };
}

/** What `setSecureContext` takes. Versions and suites of a server cannot depend on the name, so it offers those of the oldest policy. */
export function edgeSecureContext(state: EdgeTlsState) {
  const [{ distribution: first }] = state.served;
  const policies = state.served.map(({ distribution }) => viewerPolicy(distribution.viewerPolicy));
  const ciphers = new Set(policies.flatMap((policy) => policy.ciphers.split(':')));
  const isOld = policies.some(({ minVersion }) => minVersion === 'TLSv1.2');
  return {
    ...contextOf(state, first),
    minVersion: isOld ? ('TLSv1.2' as const) : ('TLSv1.3' as const),
    ciphers: [...ciphers].join(':'),
  };
}

/** Whether the policy of a distribution has the version and the suite of a connection. */
export function isOfPolicy(socket: TLSSocket, distribution: DistributionModel): boolean {
  const { minVersion, ciphers } = viewerPolicy(distribution.viewerPolicy);
  if (minVersion === 'TLSv1.3' && socket.getProtocol() !== 'TLSv1.3') return false;
  return ciphers.split(':').includes(socket.getCipher().name);
}

function contextOf({ served, pair }: EdgeTlsState, { viewerPolicy: name, mtls }: DistributionModel) {
  return {
    cert: pair.cert,
    key: pair.key,
    ...viewerPolicy(name),
    // Without it, Node would take the public CAs.
    ca: mtls?.caPem ?? [],
    // A resumed connection would skip the check of the certificate.
    ...(asksViewers(served) && { secureOptions: constants.SSL_OP_NO_TICKET }),
  };
}
