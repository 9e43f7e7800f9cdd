/**
 * Client certificates of viewers: what is checked in the handshake.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/mtls-authentication.html
 */
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ViewerMtlsModel } from '../../assembly/edgeModel.ts';
import { distinguishedName, serialNumber, type ViewerCertificate } from './certificateHeaders.ts';
import { compileEdgeFunction, type EdgeFunction, type EdgeFunctionOptions } from './edgeFunction.ts';

/** Whether a connection is accepted, and with which certificate. */
export type Handshake = (
  socket: TLSSocket,
) => { readonly accepted: false } | { readonly accepted: true; readonly certificate?: ViewerCertificate };

/** OpenSSL's codes for a certificate that is not valid at this time. */
const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/**
 * Makes the check of a distribution. A certificate that the trust store does not cover is rejected, also where certificates are
 * optional. The connection function runs after that, for connections with a certificate.
 *
 * @throws {EdgeFunctionError} for a function that cannot be compiled
 */
export function createHandshake(
  mtls: ViewerMtlsModel | undefined,
  options: EdgeFunctionOptions & { readonly print: (line: string) => void },
): Handshake {
  if (mtls === undefined) return () => ({ accepted: true });
  const { connectionFunction, ignoresExpiry, mode } = mtls;
  const run = connectionFunction && compileEdgeFunction(connectionFunction, 'connectionHandler', options);
  return (socket) => {
    const certificate = presented(socket);
    if (certificate === undefined) return mode === 'optional' ? { accepted: true } : { accepted: false };
    const isExpired = EXPIRED.has(String(socket.authorizationError));
    if (!socket.authorized && !(ignoresExpiry && isExpired)) return { accepted: false };
    if (run !== undefined && !isAllowed(run, socket, certificate, options.print)) return { accepted: false };
    return { accepted: true, certificate };
  };
}

function presented(socket: TLSSocket): ViewerCertificate | undefined {
  const { raw } = socket.getPeerCertificate();
  return raw === undefined ? undefined : new X509Certificate(raw);
}

/** A function that fails denies. */
function isAllowed(
  run: EdgeFunction,
  socket: TLSSocket,
  certificate: ViewerCertificate,
  print: (line: string) => void,
): boolean {
  try {
    return run(connectionEvent(socket, certificate))['decision'] === 'allow';
  } catch (error) {
    print(`the connection function failed: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/write-connection-function-code.html */
function connectionEvent(socket: TLSSocket, certificate: ViewerCertificate) {
  return {
    clientIp: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    tlsProtocol: socket.getProtocol(),
    tlsCipherSuite: socket.getCipher().standardName,
    clientCertInfo: {
      serialNumber: serialNumber(certificate),
      subject: distinguishedName(certificate.subject),
      issuer: distinguishedName(certificate.issuer),
      sha256Fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      notBefore: certificate.validFromDate.toISOString(),
      notAfter: certificate.validToDate.toISOString(),
    },
  };
}
