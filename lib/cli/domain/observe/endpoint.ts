import { X509Certificate } from 'node:crypto';
import { hostOf } from './addresses.ts';
import { requestsCertificate } from './certificateRequest.ts';
import { type EndpointFacts, type Failure, type RevocationFacts, TLS_VERSIONS } from './facts.ts';
import { type ClientIdentity, type Handshake, handshake } from './handshake.ts';
import { httpsResponse, plainHttp } from './http.ts';
import { completePath } from './issuers.ts';
import { type ProbeResult, probe, type Target } from './probe.ts';
import { revocationOf, STAPLED } from './revocation.ts';

/** What is needed to observe an endpoint. */
export interface ObserveOptions {
  readonly now: Date;
  readonly timeoutMs: number;
  /** Trusted certificates as PEM. */
  readonly trusted: readonly string[];
  /** Whether a certificate is allowed to lead this command to an address that is not public. */
  readonly anyAddress: boolean;
  readonly identity?: ClientIdentity;
  /** A port for plain HTTP, beside that of the URL. */
  readonly httpPort?: number;
  /** Further headers of the request over TLS, such as one that chooses the API. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Observes one address of a URL. Nothing is inspected here, and nothing that the server does is an error. */
export async function observe(url: URL, address: string, options: ObserveOptions): Promise<EndpointFacts> {
  const { now, timeoutMs, trusted, identity, httpPort, headers } = options;
  const target: Target = { address, port: Number(url.port || 443), host: hostOf(url), timeoutMs };
  const ports = [...new Set([target.port, ...(httpPort === undefined ? [] : [httpPort])])];
  const [probes, weak, shaken, https, plain] = await Promise.all([
    Promise.all(TLS_VERSIONS.map((version) => probe(target, version))),
    probe(target, 'no-forward-secrecy'),
    handshake(target, identity),
    httpsResponse(url, target, { trusted, identity, headers }),
    Promise.all(ports.map(async (port) => [port, await plainHttp(url, target, port)] as const)),
  ]);
  const hellos = probes.filter((one) => one.kind === 'hello');
  const negotiated =
    'version' in shaken ? shaken.version.replace(/^TLSv1(?=$|\.)/, 'TLS 1').replace(/^TLS 1$/, 'TLS 1.0') : '';
  // The hellos offer the usual curves; a server that demands another one is known by the handshake.
  const versions = TLS_VERSIONS.filter((one) => one === negotiated || hellos.some(({ version }) => version === one));
  const sent = sentBy(shaken, probes);
  const { anyAddress } = options;
  const anchors = trusted.map(certificateOf);
  const { path, fetched } = await completePath({ sent, anchors, now, timeoutMs, anyAddress });
  const stapled = 'stapled' in shaken ? shaken.stapled : undefined;
  const revocation = path === undefined ? [] : await revocationOf(path, { now, timeoutMs, anyAddress, stapled });
  const failure = failureOf(probes, shaken, sent);
  // Some servers close without an alert when they do not accept a client certificate, or get none.
  const isClosed = 'reason' in https.response && https.response.cause === 'ECONNRESET' && sent.length > 0;
  const isCut = isClosed && (await requestsCertificate(target));
  const wantsCertificate = isCut || https.wantsCertificate || hellos.some((one) => one.demandsCertificate);
  return {
    url,
    address,
    now,
    versions,
    sent,
    fetched,
    revocation,
    ...('sent' in shaken && { staple: stapleOf(stapled, revocation[0]) }),
    ...(failure && { failure }),
    ...(weak.kind === 'hello' && weak.weakCipher && { weakCipher: weak.weakCipher }),
    ...(path && { path }),
    ...(https.openssl && { openssl: https.openssl }),
    ...('version' in shaken && { negotiated: { version: shaken.version, cipher: shaken.cipher } }),
    clientCertificate: 'status' in https.response || !wantsCertificate ? 'not-demanded' : 'demanded',
    ...(identity && { identity: new X509Certificate(identity.cert) }),
    https: https.response,
    plain: Object.fromEntries(plain),
  };
}

function stapleOf(stapled: Buffer | undefined, leaf: RevocationFacts | undefined): EndpointFacts['staple'] {
  if (stapled === undefined) return 'none';
  if (leaf === undefined) return 'unverified';
  return leaf.source === STAPLED ? 'valid' : 'invalid';
}

/** The certificates of the handshake; if it ended early, those that TLS 1.2 sends in clear before it asks for one of the client. */
function sentBy(shaken: Handshake | Failure, probes: readonly ProbeResult[]): readonly X509Certificate[] {
  if ('sent' in shaken) return shaken.sent;
  const hello = probes.findLast((one) => one.kind === 'hello' && one.certificates.length > 0);
  try {
    return hello?.kind === 'hello' ? hello.certificates.slice(0, 20).map((der) => new X509Certificate(der)) : [];
  } catch {
    return [];
  }
}

function failureOf(
  probes: readonly ProbeResult[],
  shaken: Handshake | Failure,
  sent: readonly X509Certificate[],
): EndpointFacts['failure'] {
  if (sent.length > 0) return undefined;
  const failed: Failure = 'reason' in shaken ? shaken : { reason: 'the server sends no certificate' };
  const other = probes.find((one) => one.kind === 'not-tls');
  if (other !== undefined) return { code: 'not-tls', reason: JSON.stringify(other.start) };
  if (probes.some(({ kind }) => kind === 'hello' || kind === 'alert')) return { code: 'handshake-failed', ...failed };
  const { reason, cause } = probes.find((one) => one.kind === 'no-response') ?? failed;
  return { code: 'unreachable', reason, ...(cause && { cause }) };
}

const parsed = new Map<string, X509Certificate>();

/** The trusted certificates are the same for each address: they are parsed once. */
function certificateOf(pem: string): X509Certificate {
  const known = parsed.get(pem) ?? new X509Certificate(pem);
  parsed.set(pem, known);
  return known;
}
