/** Which part of a client certificate names the client. */
export interface CertificateClientProps {
  /**
   * The common name of the subject, or the only alternative name of a kind. A certificate with none, or with several, is rejected on routes
   * that need a token.
   */
  readonly from: 'commonName' | 'dnsName' | 'uri' | 'email';
  /** The client by the name in the certificate. Other names are rejected. @default - the name is the client */
  readonly names?: Readonly<Record<string, string>>;
}

/** Mutual TLS: clients authenticate their connections by certificates. It needs `domain`. */
export interface MtlsProps {
  /** Path of a PEM file with the CAs whose certificates are accepted, relative to the folder in which the app runs. */
  readonly trustStore: string;
  /** Whether a connection without certificate is accepted; `optional` only with CloudFront. @default - a certificate is required */
  readonly mode?: 'required' | 'optional';
  /**
   * Checks the lists of revoked certificates (CRLs, RFC 5280) in the revocation bucket. Without a current list of every CA above it in
   * the file, a certificate is rejected on routes that need a token.
   * @default - certificates are accepted until they expire
   */
  readonly revocation?: boolean;
  /** Which client a certificate belongs to: its tier counts, and tokens of other clients are rejected. @default - tokens alone name clients */
  readonly client?: CertificateClientProps;
}
