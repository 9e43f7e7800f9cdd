import { isRecord, type Json, record } from './values.ts';

/** How clients use certificates. */
export interface CertificateHint {
  /** Whether a certificate is rejected until the revocation list of its CA is published. */
  readonly needsRevocationList: boolean;
  /** Which name of a certificate names the client; absent where tokens alone do. */
  readonly client?: CertificateClientHint;
}

export interface CertificateClientHint {
  readonly from: 'commonName' | 'dnsName' | 'uri' | 'email';
  /** A name in a certificate and the client that it stands for; absent where the name is the client, which has to be registered. */
  readonly example?: { readonly name: string; readonly client: string };
}

/** Names that a certificate can have. */
const NAMES = ['commonName', 'dnsName', 'uri', 'email'] as const;

/** Reads the hint of a construct from the metadata of its API. Nothing that is enforced depends on it. */
export function readCertificateHint(metadata: Json): CertificateHint | undefined {
  const hint = record(metadata['secure-api'])['mtls'];
  if (!isRecord(hint)) return undefined;
  const { from, name, client } = record(hint['client']);
  const kind = NAMES.find((one) => one === from);
  const example = typeof name === 'string' && typeof client === 'string' ? { example: { name, client } } : {};
  return {
    needsRevocationList: hint['revocation'] === true,
    ...(kind === undefined ? {} : { client: { from: kind, ...example } }),
  };
}
