import type { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { hostOf } from '../observe/addresses.ts';
import type { EndpointFacts, Finding } from '../observe/facts.ts';

/** A subject can have any length. */
const MAX_NAME = 300;

type Texts = Pick<Finding, 'found' | 'expected' | 'fix'>;

/** A fault: the command exits with its own code. */
export function fault(code: string, texts: Texts): Finding {
  return { code, severity: 'fault', ...texts };
}

/** A warning: nothing is wrong yet, or it cannot be known here. */
export function warning(code: string, texts: Texts): Finding {
  return { code, severity: 'warning', ...texts };
}

/** Something that the command could not examine. */
export function unchecked(code: string, texts: Texts): Finding {
  return { code, severity: 'unchecked', ...texts };
}

/** How a certificate is called in a finding: by its subject, on one line. */
export function nameOf({ subject, serialNumber }: X509Certificate): string {
  return onOneLine(subject) || `serial number ${serialNumber}`;
}

/** How the issuer of a certificate is called. */
export function issuerOf({ issuer }: X509Certificate): string {
  return onOneLine(issuer) || 'an issuer without a name';
}

/** Node.js writes one attribute a line, and nothing for an empty name. The most specific comes first here. */
function onOneLine(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(', ').slice(0, MAX_NAME);
}

/** Host and port, as each finding names them. */
export function hostAndPort(url: URL, port: number | string = url.port || 443): string {
  const host = hostOf(url);
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** How a certificate of the path is called: that of the server, or that of a CA. */
export function certificateAt({ url, sent }: EndpointFacts, certificate: X509Certificate): string {
  const isLeaf = certificate.fingerprint256 === sent[0]?.fingerprint256;
  const owner = isLeaf ? 'the certificate of' : 'a CA certificate in the chain of';
  return `${owner} ${hostAndPort(url)} (${nameOf(certificate)})`;
}

/** A moment in UTC, to the second. */
export function momentOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'a date that cannot be read' : `${date.toISOString().slice(0, 19)}Z`;
}
