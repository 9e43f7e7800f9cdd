import type { X509Certificate } from 'node:crypto';

/** Versions by their names in the protocol, oldest first. */
export const TLS_VERSIONS = ['SSL 3.0', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3'] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** What a request by plain HTTP got. */
export type PlainHttp =
  | { readonly kind: 'closed' /** Why: no listener, or no HTTP response. */; readonly reason: string }
  | { readonly kind: 'response'; readonly response: HttpFacts }
  | {
      readonly kind: 'broken' /** It speaks HTTP, but the response is not complete or too long. */;
      readonly reason: string;
    };

/** What did not work, in plain words, and the code of Node.js or OpenSSL, where there is one. */
export interface Failure {
  readonly reason: string;
  readonly cause?: string;
}

/** Status and headers of a response. Its body is never read. */
export interface HttpFacts {
  readonly status: number;
  /** Each value of a header that is sent several times, by lower-case name. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
}

/** Whether a certificate is revoked, and who says so. */
export interface RevocationFacts {
  readonly certificate: X509Certificate;
  readonly status: 'good' | 'revoked' | 'unknown' | 'none';
  /** `stapled OCSP`, `OCSP` or `CRL` with its address, or why nothing is known. */
  readonly source: string;
  readonly revokedAt?: Date;
}

/** The path from the certificate of the server to one that is trusted, as far as it leads. */
export interface TrustPath {
  /** Server first, without the trusted certificate. */
  readonly certificates: readonly X509Certificate[];
  /** `untrusted`: at a root that is not trusted. `incomplete`: at a certificate whose issuer is neither sent nor trusted. */
  readonly end: 'trusted' | 'self-signed' | 'untrusted' | 'incomplete';
  readonly anchor?: X509Certificate;
  /** A trusted CA that has the name of the CA where the path ends, and another key. */
  readonly namesake?: X509Certificate;
}

/** All that is observed at one address of an endpoint. */
export interface EndpointFacts {
  readonly url: URL;
  readonly address: string;
  readonly now: Date;
  /** Why nothing responds by TLS. The other facts are empty then. */
  readonly failure?: Failure & { readonly code: 'unreachable' | 'not-tls' | 'handshake-failed' };
  readonly versions: readonly TlsVersion[];
  /** The cipher without forward secrecy that the server accepted. */
  readonly weakCipher?: string;
  /** As sent, server first. */
  readonly sent: readonly X509Certificate[];
  readonly path?: TrustPath;
  /** Issuers that the server did not send, from the addresses in the certificates. Those that are in the path follow what was sent. */
  readonly fetched: readonly X509Certificate[];
  /** What the server stapled about its own certificate; undefined where the handshake did not end. */
  readonly staple?: 'none' | 'valid' | 'invalid' | 'unverified';
  /** Why OpenSSL rejects the path. */
  readonly openssl?: Failure;
  readonly negotiated?: { readonly version: string; readonly cipher: string };
  readonly clientCertificate: 'not-demanded' | 'demanded';
  /** The client certificate that this command presented. */
  readonly identity?: X509Certificate;
  readonly https?: HttpFacts | Failure;
  /** By port. */
  readonly plain: Readonly<Record<number, PlainHttp>>;
  readonly revocation: readonly RevocationFacts[];
}

/** What the user asks for. */
export interface CheckSettings {
  readonly floor: '1.2' | '1.3';
  /** Warn when a certificate ends in fewer days. */
  readonly days?: number;
  /** The user named the trusted CAs. */
  readonly ownCa: boolean;
}

/** One finding. All texts can hold what the server chose: they are escaped where they are printed. */
export interface Finding {
  readonly code: string;
  readonly severity: 'fault' | 'warning' | 'unchecked';
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** A check is a pure function of the facts. */
export type Check = (facts: EndpointFacts, settings: CheckSettings) => readonly Finding[];
