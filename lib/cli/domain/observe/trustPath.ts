import type { X509Certificate } from 'node:crypto';
import { fieldsOf } from './certificateFields.ts';
import type { TrustPath } from './facts.ts';

/** Longer than any path of a public CA. */
const MAX_LENGTH = 10;
/** Cross-signed certificates lead to several paths; a hostile server could send many. */
const MAX_PATHS = 32;

/** The path to a trusted certificate whose certificates are all valid now; without one, the first that leads furthest. */
export function trustPath(
  sent: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  now: Date,
): TrustPath | undefined {
  const [leaf, ...others] = sent;
  if (leaf === undefined) return undefined;
  const paths = pathsFrom([leaf], others, anchors);
  const isCurrent = (path: TrustPath) => path.certificates.every((one) => isValidAt(one, now));
  const trusted = paths.filter(({ end }) => end === 'trusted');
  const best = trusted.find(isCurrent) ?? trusted[0];
  return best ?? (paths[0] && withNamesake(paths[0], anchors));
}

/** A CA that was made anew has its old name, and a file with the old one is the usual reason that it is not trusted. */
function withNamesake(path: TrustPath, anchors: readonly X509Certificate[]): TrustPath {
  const end = path.certificates.at(-1);
  const namesake = anchors.find(({ subject }) => subject !== '' && subject === end?.issuer);
  return namesake === undefined ? path : { ...path, namesake };
}

function pathsFrom(
  path: readonly X509Certificate[],
  others: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
): readonly TrustPath[] {
  const last = path.at(-1);
  if (last === undefined || path.length > MAX_LENGTH) return [{ certificates: path, end: 'incomplete' }];
  const own = anchors.find((one) => one.fingerprint256 === last.fingerprint256);
  if (own !== undefined)
    return [{ certificates: path.length > 1 ? path.slice(0, -1) : path, end: 'trusted', anchor: own }];
  const anchor = anchors.find((one) => issued(one, last));
  if (anchor !== undefined) return [{ certificates: path, end: 'trusted', anchor }];
  if (isSelfSigned(last)) return [{ certificates: path, end: path.length === 1 ? 'self-signed' : 'untrusted' }];
  const issuers = others.filter((one) => !path.includes(one) && issued(one, last));
  const paths: TrustPath[] = [];
  for (const issuer of issuers) {
    if (paths.length >= MAX_PATHS) break;
    paths.push(...pathsFrom([...path, issuer], others, anchors));
  }
  return paths.length > 0 ? paths.slice(0, MAX_PATHS) : [{ certificates: path, end: 'incomplete' }];
}

/** Whether one certificate issued another: name, key identifier, key usage, signature, and that it is a CA. */
export function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  try {
    return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** Also without the rights of a CA, which `checkIssued` demands. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    const { subject, issuer } = fieldsOf(certificate);
    return subject.whole.equals(issuer.whole) && certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}

function isValidAt({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && now <= validToDate;
}
