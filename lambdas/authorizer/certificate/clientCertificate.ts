import { VIEWER_CERT_PEM, VIEWER_CERT_PRESENT } from '../../shared/edgeHeaders.ts';
import { X509Certificate } from '../../shared/nodeCrypto.ts';
import type { EdgeEnvironment, Readable } from '../../shared/wireContract.ts';
import { headersNamed } from '../credentials.ts';
import type { AuthorizerEvent } from '../event.ts';
import { TokenRejected } from '../reasons.ts';

/**
 * The certificate that the client has authenticated its connection with; undefined without mutual TLS. API Gateway puts it into the request
 * context, CloudFront into a header. The header counts only where CloudFront asks for certificates, because it replaces what a client sends
 * under this name only there, and only where it says that there is one.
 *
 * @throws {TokenRejected} `certificate-malformed`.
 */
export function clientCertificate(
  event: AuthorizerEvent,
  environment: Readable<EdgeEnvironment> = process.env,
): X509Certificate | undefined {
  const pem = environment.SECURE_API_EDGE === 'cloudfront' ? pemOfCloudFront(event, environment) : pemOfContext(event);
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

function pemOfCloudFront(event: AuthorizerEvent, environment: Readable<EdgeEnvironment>): string | undefined {
  if (environment.SECURE_API_VIEWER_CERTIFICATES !== 'true') return undefined;
  const present = headersNamed(event, VIEWER_CERT_PRESENT);
  if (present.length > 1) throw new TokenRejected('certificate-malformed');
  if (present[0] !== '1') return undefined;
  const [encoded, ...others] = headersNamed(event, VIEWER_CERT_PEM);
  if (encoded === undefined || others.length > 0) throw new TokenRejected('certificate-malformed');
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new TokenRejected('certificate-malformed');
  }
}
