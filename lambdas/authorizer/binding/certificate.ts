import { createHash, X509Certificate } from 'node:crypto';
import type { AuthorizerEvent } from '../event.ts';
import { TokenRejected } from '../reasons.ts';

/**
 * Checks that the client's certificate is the one that a token is bound to (RFC 8705, section 3.1). API Gateway passes
 * the certificate only with mutual TLS, so such tokens are rejected without it.
 *
 * @param thumbprint base64url of the SHA-256 of the certificate in DER.
 * @throws {TokenRejected} `certificate-missing` or `certificate-mismatch`.
 */
export function checkCertificate(event: AuthorizerEvent, thumbprint: string): void {
  const pem = event.requestContext?.identity?.clientCert?.clientCertPem;
  if (pem === undefined || pem === '') throw new TokenRejected('certificate-missing');
  if (thumbprintOf(pem) !== thumbprint) throw new TokenRejected('certificate-mismatch');
}

function thumbprintOf(pem: string): string | undefined {
  try {
    return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');
  } catch {
    return undefined;
  }
}
