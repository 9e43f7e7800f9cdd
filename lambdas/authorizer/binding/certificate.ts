import { createHash } from '../../shared/nodeCrypto.ts';
import { clientCertificate } from '../certificate/clientCertificate.ts';
import type { AuthorizerEvent } from '../event.ts';
import { TokenRejected } from '../reasons.ts';

/**
 * Checks that the client's certificate is the one that a token is bound to (RFC 8705, section 3.1). There is a certificate only with
 * mutual TLS, so such tokens are rejected without it.
 *
 * @param thumbprint base64url of the SHA-256 of the certificate in DER.
 * @throws {TokenRejected} `certificate-missing`, `certificate-malformed` or `certificate-mismatch`.
 */
export function checkCertificate(event: AuthorizerEvent, thumbprint: string): void {
  const certificate = clientCertificate(event);
  if (certificate === undefined) throw new TokenRejected('certificate-missing');
  const found = createHash('sha256').update(certificate.raw).digest('base64url');
  if (found !== thumbprint) throw new TokenRejected('certificate-mismatch');
}
