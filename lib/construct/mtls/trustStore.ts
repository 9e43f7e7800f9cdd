import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { readCertificate } from '../../../lambdas/shared/x509/certificate.ts';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigErrorCode } from '../../definition/errors.ts';
import { readRegularFile } from '../../definition/regularFile.ts';
import { invalid } from '../invalid.ts';
import { authorityFault } from './authority.ts';
import { certificatesIn, type FileFault } from './pemFile.ts';
import type { TrustStoreLimits } from './trustStoreLimits.ts';

/** A checked file of CA certificates. */
export interface TrustStore {
  /** Absolute. */
  readonly path: string;
  /** Each certificate: DER in base64. */
  readonly certificates: readonly string[];
}

/** A prop with the path of a trust store. */
export interface TrustStoreProp {
  readonly code?: ConfigErrorCode;
  readonly location: string;
  readonly file: string;
  readonly limits: TrustStoreLimits;
}

/**
 * Reads and checks a trust store.
 *
 * @throws {ConfigError} `mtls-invalid`, or the code of the prop.
 */
export function readTrustStore(
  { code = 'mtls-invalid', location, file, limits }: TrustStoreProp,
  now = new Date(),
): TrustStore {
  const path = resolve(file);
  const content = contentOf(path, file, limits);
  const found = Buffer.isBuffer(content) ? storeOf(content, { file, limits, now }) : content;
  if (Array.isArray(found)) return { path, certificates: found };
  throw invalid({ code, location, ...(found as FileFault) });
}

interface Source {
  readonly file: string;
  readonly limits: TrustStoreLimits;
  readonly now: Date;
}

function storeOf(content: Buffer, { file, limits, now }: Source): string[] | FileFault {
  const { certificates: most, blankLines } = limits;
  const blocks = certificatesIn(content, blankLines);
  if ('found' in blocks) return { ...blocks, found: `${blocks.found} of ${file}` };
  if (blocks.length === 0 || blocks.length > most) {
    return { found: `${blocks.length} certificates in ${file}`, expected: expectedOf(limits), fix: FIX };
  }
  const certificates: X509Certificate[] = [];
  for (const { pem, line } of blocks) {
    const certificate = parsed(pem);
    const name = `the certificate in line ${line} of ${file}`;
    if (certificate === undefined) {
      return {
        found: `${name}, which cannot be read`,
        expected: 'certificates in PEM',
        fix: 'Export it again from the CA.',
      };
    }
    if (certificates.some(({ fingerprint256: one }) => one === certificate.fingerprint256)) {
      return { found: `${name} twice`, expected: 'each certificate once', fix: 'Remove one.' };
    }
    certificates.push(certificate);
  }
  for (const [i, certificate] of certificates.entries()) {
    const fault = authorityFault(certificate, { all: certificates, limits, now });
    if (fault === undefined) continue;
    return { ...fault, found: `the certificate in line ${blocks[i]?.line} of ${file}, which ${fault.found}` };
  }
  return certificates.map(({ raw }) => raw.toString('base64'));
}

const FIX = 'Write the certificates of the CAs that are accepted into the file, one after the other, and no others.';

function expectedOf({ service, certificates, bytes }: TrustStoreLimits): string {
  return `1 to ${certificates} certificates in PEM, at most ${bytes} bytes: the limits of ${service}`;
}

function contentOf(path: string, file: string, limits: TrustStoreLimits): Buffer | FileFault {
  // The file keeps its ending in S3. API Gateway reads no others, and one rule for both services is easier to remember.
  if (!path.endsWith('.pem')) {
    return { found: formatValue(file), expected: 'a file whose name ends with .pem', fix: 'Rename the file.' };
  }
  const content = readRegularFile(path, limits.bytes);
  if (Buffer.isBuffer(content)) return content;
  const { problem } = content;
  const fix = problem.startsWith('has ')
    ? FIX
    : 'Give the path of the file relative to the folder in which the app runs.';
  return { found: `${formatValue(file)}, which ${problem}`, expected: expectedOf(limits), fix };
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    // As the functions read it, more strictly than Node.js.
    readCertificate(certificate.raw);
    return certificate;
  } catch {
    return undefined;
  }
}
