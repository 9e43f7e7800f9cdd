import { X509Certificate } from 'node:crypto';
import { VIEWER_CERT_PEM } from '../../shared/edgeHeaders.ts';
import type { EdgeEnvironment, Readable } from '../../shared/wireContract.ts';
import { headersNamed } from '../credentials.ts';
import type { AuthorizerEvent } from '../event.ts';
import { TokenRejected } from '../reasons.ts';

/**
 * The certificate that the client has authenticated its connection with; undefined without mutual TLS. API Gateway puts it into the request
 * context, CloudFront into a header, which counts only behind CloudFront: it replaces what a client sends under this name.
 *
 * @throws {TokenRejected} `certificate-malformed`.
 */
export function clientCertificate(
  event: AuthorizerEvent,
  environment: Readable<EdgeEnvironment> = process.env,
): X509Certificate | undefined {
  const pem = environment.SECURE_API_EDGE === 'cloudfront' ? pemOfHeader(event) : pemOfContext(event);
  if (pem === undefined || pem === '') return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    throw new TokenRejected('certificate-malformed');
  }
}

function pemOfContext(event: AuthorizerEvent): string | undefined {
  return event.requestContext?.identity?.clientCert?.clientCertPem;
}

function pemOfHeader(event: AuthorizerEvent): string | undefined {
  const [encoded, ...others] = headersNamed(event, VIEWER_CERT_PEM);
  if (encoded === undefined) return undefined;
  if (others.length > 0) throw new TokenRejected('certificate-malformed');
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new TokenRejected('certificate-malformed');
  }
}
