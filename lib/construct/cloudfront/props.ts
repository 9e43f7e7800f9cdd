import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';

/** A CloudFront distribution in front of the API, and how it differs from the default one. It needs `domain`. */
export interface CloudFrontProps {
  readonly type: 'cloudfront';
  /**
   * What happens to plain HTTP: a redirect to the same URL with HTTPS (301 for GET and HEAD, 307 otherwise), or 403. A redirect helps
   * people who type an address. It does not protect a token: the first request has sent it in plain text already.
   * @default - redirected; rejected with `mtls`
   */
  readonly http?: 'redirect' | 'reject';
  /** HTTP/3 beside HTTP/2. CloudFront has none with mutual TLS. @default - on, without `mtls` */
  readonly http3?: boolean;
  /** Standard logs of the distribution, without cookies and query strings, in CloudWatch Logs. @default - on */
  readonly logs?: boolean;
  /**
   * A certificate in ACM of us-east-1 that covers the names of the domain.
   * @default - that of the domain where it is there, else one is created and validated by DNS
   */
  readonly certificate?: ICertificate;
  /**
   * A client certificate in ACM of us-east-1 with which CloudFront authenticates itself to the API. Its CA is in `originTrustStore`.
   * @default - none: a secret header, which the web ACL checks and a function rotates, protects the API in either case
   */
  readonly originCertificate?: ICertificate;
  /** Path of a PEM file with the CA of `originCertificate`, relative to the folder in which the app runs. @default - none */
  readonly originTrustStore?: string;
}
