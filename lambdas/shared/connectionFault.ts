/** What the codes of Node.js and OpenSSL mean. https://docs.openssl.org/3.5/man3/X509_STORE_CTX_get_error/ */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the server closed the connection',
  EPIPE: 'the server closed the connection',
  ETIMEDOUT: 'the server did not respond in time',
  ENETUNREACH: 'this machine has no route to the address',
  EHOSTUNREACH: 'this machine has no route to the address',
  EADDRNOTAVAIL: 'this machine has no route to the address',
  EACCES: 'this machine does not allow the connection',
  ENOTFOUND: 'DNS has no address of the name',
  EAI_AGAIN: 'DNS did not respond',
  HPE_HEADER_OVERFLOW: 'the headers of the response have more than 16 KB',
  CERT_HAS_EXPIRED: 'a certificate has expired',
  CERT_NOT_YET_VALID: 'a certificate is not valid yet',
  CERT_SIGNATURE_FAILURE: 'a certificate was not signed by the key of its issuer',
  CERT_REVOKED: 'a certificate is revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the chain ends in a root that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'the chain ends before a root',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer of the last certificate is neither sent nor trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the server sends its certificate alone, and its issuer is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  HOSTNAME_MISMATCH: 'the certificate is for another name',
  INVALID_CA: 'a certificate of the chain is not that of a CA',
  INVALID_PURPOSE: 'a certificate is not for servers',
  PATH_LENGTH_EXCEEDED: 'the chain is longer than one of its CAs allows',
};
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^HPE_/, 'what the server sent is not valid HTTP'],
  [/^ERR_SSL_|^EPROTO$/, 'the TLS handshake failed'],
];
const UNKNOWN = 'the connection failed';
const CODE = /^[A-Z][A-Z0-9_]*$/;
const MAX_LENGTH = 200;

/**
 * Why a connection, a handshake or the check of a certificate failed, in plain words. The code follows in parentheses, for those who search for it.
 *
 * @example
 * ```ts
 * connectionFault({ code: 'ECONNREFUSED' }); // 'nothing listens there (ECONNREFUSED)'
 * ```
 */
export function connectionFault(error: unknown): string {
  if (typeof error === 'string') return CODE.test(error) ? meaningOf(error) : error.slice(0, MAX_LENGTH);
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  // OpenSSL has plain words for the faults to which Node.js gives no code of their own.
  const isNamed = typeof code === 'string' && code !== 'UNSPECIFIED';
  if (isNamed) return meaningOf(code);
  return typeof message === 'string' && message !== '' ? connectionFault(message) : UNKNOWN;
}

function meaningOf(code: string): string {
  const meaning = MEANINGS[code] ?? FAMILIES.find(([pattern]) => pattern.test(code))?.[1] ?? UNKNOWN;
  return `${meaning} (${code})`;
}
