import { createPublicKey, type KeyObject } from 'node:crypto';
import { ConfigError } from '../../definition/errors.ts';
import { invalidOption } from '../options.ts';
import { progress } from '../output.ts';
import { writeAtomically } from '../writeAtomically.ts';
import { makeKey, type OpenAuthority, withAuthority, writeKey } from './authority.ts';
import { DAY_MS, type Made, makeCertificate, makeRevocationList, SKEW_MS } from './build.ts';
import { MAX_DAYS } from './certsOptions.ts';
import { findCertificate } from './find.ts';
import { type CertificateIndex, type IssuedCertificate, pathsOf, readIndex, writeIndex } from './folder.ts';
import { readFolderList, unknownTo } from './folderList.ts';
import { type AlternativeName, isPermitted } from './names.ts';
import type { RevocationReason } from './reasons.ts';

/** How long a revoked certificate stays on the list after it has expired: RFC 5280 (section 3.3) asks for one list more. */
const KEPT_MS = 31 * DAY_MS;

/** What to issue. */
export interface CertificateRequest {
  readonly dir: string;
  readonly name: string;
  readonly names: readonly AlternativeName[];
  readonly days: number;
  /** Of a signing request; without it, a key is made. */
  readonly publicKey?: KeyObject;
}

/** An issued certificate and where it is. */
export interface Issued extends IssuedCertificate {
  readonly certificate: string;
  readonly key?: string;
}

/**
 * Issues a certificate of a client. Its key is written first, then the index, then the certificate.
 *
 * @throws {ConfigError} `authority-unusable`, `certificate-invalid` for names that the CA does not permit, `option-invalid` for more
 * days than the CA has left.
 */
export function issue({ dir, name, names, days, publicKey }: CertificateRequest): Promise<Issued> {
  const pem = publicKey === undefined ? makeKey('P-256') : undefined;
  const ownKey = publicKey ?? createPublicKey(String(pem));
  return withAuthority(dir, async (authority) => {
    const { folder, certificate, settings, signer } = authority;
    if (ownKey.equals(signer.publicKey)) throw keyOfAuthority();
    checkNames(names, settings.permitted);
    checkDays(days, authority);
    const index = readIndex(authority);
    const made = await makeCertificate(signer, certificate, { name, names, days, publicKey: ownKey });
    const paths = pathsOf(folder);
    const entry = entryOf(made, name, names);
    const keyFile = pem === undefined ? undefined : paths.issuedKey(made.serial);
    if (keyFile !== undefined && pem !== undefined) writeKey(keyFile, pem);
    writeIndex(authority, { ...index, issued: [...index.issued, entry] });
    writeAtomically(paths.issued(made.serial), made.pem, 0o644);
    return { ...entry, certificate: paths.issued(made.serial), ...(keyFile === undefined ? {} : { key: keyFile }) };
  });
}

/** A revocation list that was just made. */
export interface RevocationList {
  readonly file: string;
  readonly number: number;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
  readonly revoked: number;
}

/** A revoked certificate, and the list that says so. */
export interface Revocation {
  readonly certificate: IssuedCertificate;
  readonly wasRevoked: boolean;
  readonly list: RevocationList;
}

/**
 * Revokes a certificate and signs the list. To revoke it again changes neither time nor reason.
 *
 * @param target Name, serial number in hexadecimal, or path of the certificate.
 * @throws {ConfigError} `authority-unusable`, `certificate-invalid` for a certificate that this CA did not issue.
 */
export function revoke(dir: string, target: string, reason: RevocationReason, listDays: number): Promise<Revocation> {
  return withAuthority(dir, async (authority) => {
    const index = readIndex(authority);
    const found = findCertificate(index, target, authority);
    const certificate =
      found.revoked === undefined ? { ...found, revoked: { at: new Date().toISOString(), reason } } : found;
    const isListed = index.issued.some(({ serial }) => serial === found.serial);
    const others = isListed ? index.issued : [...index.issued, found];
    const issued = others.map((one) => (one.serial === found.serial ? certificate : one));
    const list = await signList(authority, { ...index, issued }, listDays);
    return { certificate, wasRevoked: found.revoked !== undefined, list };
  });
}

/** Signs the revocation list again, with the next number and another time. */
export function refreshList(dir: string, listDays: number): Promise<RevocationList> {
  return withAuthority(dir, (authority) => signList(authority, readIndex(authority), listDays));
}

async function signList(authority: OpenAuthority, known: CertificateIndex, days: number): Promise<RevocationList> {
  const file = pathsOf(authority.folder).crl;
  const now = new Date();
  const index = recovered(known, authority);
  const number = index.crlNumber + 1;
  const nextUpdate = new Date(Math.min(now.getTime() + days * DAY_MS, authority.expires.getTime()));
  writeIndex(authority, { ...index, crlNumber: number });
  const revoked = index.issued.flatMap(({ serial, to, revoked: entry }) =>
    entry === undefined || Date.parse(to) + KEPT_MS < now.getTime() ? [] : [{ serial, ...entry }],
  );
  const thisUpdate = new Date(now.getTime() - SKEW_MS);
  const list = { number, thisUpdate, nextUpdate, revoked };
  writeAtomically(file, await makeRevocationList(authority.signer, authority.certificate, list), 0o644);
  return {
    file,
    number,
    thisUpdate: thisUpdate.toISOString(),
    nextUpdate: nextUpdate.toISOString(),
    revoked: revoked.length,
  };
}

/** The index with what the last list knows better, as after an older backup of the index was restored. */
function recovered(index: CertificateIndex, authority: OpenAuthority): CertificateIndex {
  const found = readFolderList(authority);
  if (found.list === undefined) {
    // Before the first list, there is none.
    if (index.crlNumber > 0) progress(`crl.pem ${found.problem}. It is replaced by a new list.`);
    return index;
  }
  const { revoked, number } = found.list;
  const serials = unknownTo(index, found.list);
  if (serials.length > 0) progress(`crl.pem revokes ${serials.join(', ')}, which the index takes over.`);
  const entries = serials.map((serial): IssuedCertificate => {
    const at = revoked.get(serial) ?? 0;
    const own = index.issued.find((one) => one.serial === serial);
    const last = Math.min(at + MAX_DAYS * DAY_MS, authority.expires.getTime());
    const [from, to] = [at, last].map((time) => new Date(time).toISOString()) as [string, string];
    return { ...(own ?? { serial, name: '?', names: [], from, to }), revoked: { at: from, reason: 'unspecified' } };
  });
  const others = index.issued.filter(({ serial }) => !serials.includes(serial));
  return { ...index, crlNumber: Math.max(index.crlNumber, Number(number)), issued: [...others, ...entries] };
}

function entryOf({ serial, from, to }: Made, name: string, names: readonly AlternativeName[]): IssuedCertificate {
  return { serial, name, names, from: from.toISOString(), to: to.toISOString() };
}

/** Who has such a certificate has the key of the CA, and who loses it loses the CA. */
function keyOfAuthority(): ConfigError {
  return new ConfigError({
    code: 'certificate-invalid',
    location: '--csr',
    found: 'a request with the key of the CA',
    expected: 'a key that only the partner has',
    fix: 'Let the partner make a key and a request. If somebody else has the key of the CA, replace the CA (docs/certs.md, rotation).',
  });
}

function checkNames(names: readonly AlternativeName[], permitted: readonly AlternativeName[]): void {
  const outside = names.find((name) => !isPermitted(name, permitted));
  if (outside === undefined) return;
  const allowed = permitted.filter(({ kind }) => kind === outside.kind).map(({ value }) => value);
  throw new ConfigError({
    code: 'certificate-invalid',
    location: `--${outside.kind}`,
    found: outside.value,
    expected: `a name within ${allowed.join(', ')}, to which the certificate of the CA is constrained`,
    fix: 'Give the partner another name, or make a CA for these names.',
  });
}

function checkDays(days: number, { expires }: OpenAuthority): void {
  const left = Math.floor((expires.getTime() - Date.now()) / DAY_MS);
  if (days <= left) return;
  throw invalidOption({
    location: '--days',
    found: `${days}`,
    expected: `at most ${left}, the days that the CA has left`,
    fix: 'Issue for fewer days, or make the next CA (docs/certs.md, rotation).',
  });
}
