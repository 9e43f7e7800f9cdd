import type { X509Certificate } from 'node:crypto';
import { type Certificate, readCertificate } from '../../../../lambdas/shared/x509/certificate.ts';
import { type DerValue, integerOf, oidOf, readAll, readOne, sequenceOf } from '../../../../lambdas/shared/x509/der.ts';
import { NAME_TAGS } from '../../../../lambdas/shared/x509/names.ts';

const CRL_DISTRIBUTION_POINTS = '2.5.29.31';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const AUTHORITY_INFORMATION = '1.3.6.1.5.5.7.1.1';
const OCSP_ACCESS = '1.3.6.1.5.5.7.48.1';
const ISSUERS_ACCESS = '1.3.6.1.5.5.7.48.2';
const TLS_FEATURES = '1.3.6.1.5.5.7.1.24';
/** The TLS extension status_request. */
const STATUS_REQUEST = Buffer.from([5]);
/** No certificate in the field has more. */
const MAX_URLS = 4;
/** Constructed values around an address, in the extension with the deepest. */
const MAX_DEPTH = 6;

/** What `X509Certificate` of Node.js does not show. @throws {X509Invalid} */
export function fieldsOf({ raw }: X509Certificate): Certificate {
  return readCertificate(raw);
}

/** Addresses of OCSP responders. @throws {X509Invalid} */
export function ocspUrls(certificate: X509Certificate): readonly string[] {
  return accessUrls(certificate, OCSP_ACCESS);
}

/** Addresses of the certificate of the issuer (RFC 5280, section 4.2.2.1). @throws {X509Invalid} */
export function issuerUrls(certificate: X509Certificate): readonly string[] {
  return accessUrls(certificate, ISSUERS_ACCESS);
}

function accessUrls(certificate: X509Certificate, wanted: string): readonly string[] {
  const extension = fieldsOf(certificate).extensions.get(AUTHORITY_INFORMATION);
  if (extension === undefined) return [];
  return sequenceOf(readOne(extension.value))
    .map(sequenceOf)
    .filter(([method]) => oidOf(method) === wanted)
    .flatMap(([, location]) => (location?.tag === NAME_TAGS.uri ? [location.bytes.toString('latin1')] : []))
    .slice(0, MAX_URLS);
}

/** Addresses of revocation lists. @throws {X509Invalid} */
export function crlUrls(certificate: X509Certificate): readonly string[] {
  const extension = fieldsOf(certificate).extensions.get(CRL_DISTRIBUTION_POINTS);
  return extension === undefined ? [] : urisIn(readOne(extension.value)).slice(0, MAX_URLS);
}

/** Whether a certificate is allowed to sign OCSP responses for its issuer (RFC 6960, section 4.2.2.2). @throws {X509Invalid} */
export function signsOcsp(certificate: X509Certificate): boolean {
  const extension = fieldsOf(certificate).extensions.get(EXTENDED_KEY_USAGE);
  if (extension === undefined) return false;
  return sequenceOf(readOne(extension.value)).some((usage) => oidOf(usage) === '1.3.6.1.5.5.7.3.9');
}

/** Whether clients are to accept the certificate only with a stapled OCSP response (RFC 7633, "must-staple"). @throws {X509Invalid} */
export function demandsStaple(certificate: X509Certificate): boolean {
  const extension = fieldsOf(certificate).extensions.get(TLS_FEATURES);
  if (extension === undefined) return false;
  return sequenceOf(readOne(extension.value)).some((feature) => integerOf(feature).equals(STATUS_REQUEST));
}

/** The URIs in a value, however deep. @throws {X509Invalid} */
export function urisIn(value: DerValue, depth = MAX_DEPTH): readonly string[] {
  if (value.tag === NAME_TAGS.uri) return [value.bytes.toString('latin1')];
  const isConstructed = (value.tag & 0x20) !== 0;
  return isConstructed && depth > 0 ? readAll(value.bytes).flatMap((child) => urisIn(child, depth - 1)) : [];
}
