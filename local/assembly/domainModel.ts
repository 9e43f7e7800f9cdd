/** A custom domain name of API Gateway, and where its requests go. */
export interface DomainModel {
  /** In lower case; `*.example.com` covers one label. */
  readonly name: string;
  readonly securityPolicy?: string;
  /** Whether the host of a request has to be that of the connection. */
  readonly isStrict: boolean;
  /** PEM of the CAs of mutual TLS, as in the asset. Without a certificate of one, no connection is accepted. */
  readonly trustStore?: string;
  /** In the order in which they are tried. */
  readonly targets: readonly DomainTarget[];
}

/** An API that requests go to: a routing rule, or a base path mapping. */
export interface DomainTarget {
  readonly apiId: string;
  /** First segment, or segments, of the path, without slashes around them; one has to match. @default - any path */
  readonly basePaths?: readonly string[];
  /** The API sees the path without the base path. */
  readonly stripsBasePath: boolean;
  /** All have to match. */
  readonly headers: readonly (readonly HeaderMatch[])[];
}

/** A header in lower case, and a value in which `*` stands for any characters. */
export interface HeaderMatch {
  readonly header: string;
  readonly glob: string;
}
