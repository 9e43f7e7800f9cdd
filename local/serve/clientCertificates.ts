/** The certificates that the names of an API ask for, for `ready.json`. */
import { X509Certificate } from 'node:crypto';
import type { DomainModel } from '../assembly/domainModel.ts';
import type { RestApiModel } from '../assembly/model.ts';
import type { ClientCertificates } from '../contracts.ts';
import type { ServedDistributions } from './edgeListeners.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * What clients of an API need certificates for; undefined where no name of it asks for one.
 *
 * @param domains those that lead to the API
 */
export function clientCertificatesOf(
  { certificateHint }: RestApiModel,
  domains: readonly DomainModel[],
  edge: ServedDistributions | undefined,
): ClientCertificates | undefined {
  const viewers = edge?.distributions.flatMap(({ mtls }) => mtls ?? []) ?? [];
  const ofDomains = domains.flatMap(({ trustStore }) => trustStore ?? []);
  const trusted = viewers.length > 0 ? viewers.map(({ caPem }) => caPem) : ofDomains;
  if (trusted.length === 0) return undefined;
  const { client, needsRevocationList = false } = certificateHint ?? {};
  return {
    mode: viewers.some(({ mode }) => mode === 'optional') ? 'optional' : 'required',
    authorities: [...new Set(trusted.flatMap(fingerprints))],
    needsRevocationList,
    ...(client === undefined ? {} : { client }),
  };
}

function fingerprints(pem: string): readonly string[] {
  return (pem.match(CERTIFICATE) ?? []).map((one) => new X509Certificate(one).fingerprint256);
}
