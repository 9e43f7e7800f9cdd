/**
 * The certificate of a client (mutual TLS).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
 */
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** `requestContext.identity.clientCert` of events. */
export interface ClientCertificate {
  readonly clientCertPem: string;
  /** Most specific attribute first, as in RFC 4514: `CN=partner,O=Acme`. */
  readonly subjectDN: string;
  readonly issuerDN: string;
  /** Bytes in hexadecimal, separated by colons. */
  readonly serialNumber: string;
  /** Times such as `May 28 12:30:02 2019 GMT`. */
  readonly validity: { readonly notBefore: string; readonly notAfter: string };
}

/** The certificate that a client presented, trusted or not. */
export function clientCertificate(socket: TLSSocket): ClientCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return {
    clientCertPem: certificate.toString(),
    subjectDN: distinguishedName(certificate.subject),
    issuerDN: distinguishedName(certificate.issuer),
    serialNumber: (certificate.serialNumber.toLowerCase().match(/../g) ?? []).join(':'),
    validity: { notBefore: certificate.validFrom, notAfter: certificate.validTo },
  };
}

/** Node writes an attribute a line, in the order of the certificate. */
function distinguishedName(lines = ''): string {
  return lines.split('\n').filter(Boolean).toReversed().join(',');
}

/**
 * Whether the trust store has the whole chain of a client's certificate, and the certificate is valid now. Its issuer has to be in the store:
 * API Gateway looks there, not in what the client sent ("Could not find issuer for certificate",
 * https://repost.aws/knowledge-center/api-gateway-mutual-tls-403-errors).
 */
export function isTrusted(socket: TLSSocket, trustStore: string): boolean {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined || !socket.authorized) return false;
  const now = Date.now();
  // A connection can outlive the certificate.
  if (certificate.validToDate.getTime() < now || certificate.validFromDate.getTime() > now) return false;
  return authorities(trustStore).some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function authorities(trustStore: string): X509Certificate[] {
  return (trustStore.match(PEM) ?? []).map((pem) => new X509Certificate(pem));
}
