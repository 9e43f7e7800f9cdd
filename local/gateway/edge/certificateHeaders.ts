/**
 * The headers about the client certificate of a viewer.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewer-mtls-headers.html
 */
import type { X509Certificate } from 'node:crypto';

/** The certificate of a connection, after the checks of the handshake. */
export type ViewerCertificate = X509Certificate;

/** Headers with their values, the names in lower case. Without a certificate, only that there is none. */
export function certificateHeaders(certificate: ViewerCertificate | undefined): Readonly<Record<string, string>> {
  if (certificate === undefined) return { 'cloudfront-viewer-cert-present': '0' };
  const { validFromDate, validToDate, subject, issuer } = certificate;
  return {
    'cloudfront-viewer-cert-present': '1',
    'cloudfront-viewer-cert-serial-number': serialNumber(certificate),
    'cloudfront-viewer-cert-subject': distinguishedName(subject),
    'cloudfront-viewer-cert-issuer': distinguishedName(issuer),
    'cloudfront-viewer-cert-sha256': certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    'cloudfront-viewer-cert-validity': `NotBefore=${isoTime(validFromDate)};NotAfter=${isoTime(validToDate)}`,
    'cloudfront-viewer-cert-pem': encodeURIComponent(certificate.toString()),
  };
}

/** Lower-case hexadecimal, a colon between bytes. */
export function serialNumber({ serialNumber: serial }: ViewerCertificate): string {
  const even = serial.length % 2 === 0 ? serial : `0${serial}`;
  return (even.toLowerCase().match(/../g) ?? []).join(':');
}

/** RFC 2253: the last attribute first. Node writes one a line, the first one first. */
export function distinguishedName(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(',');
}

function isoTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
