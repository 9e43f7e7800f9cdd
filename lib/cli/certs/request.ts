import { createPublicKey, type KeyObject } from 'node:crypto';
import { X509Invalid } from '../../../lambdas/shared/x509/der.ts';
import { derOfFile } from '../../../lambdas/shared/x509/pem.ts';
import { readSignedData } from '../../../lambdas/shared/x509/signedData.ts';
import { ConfigError } from '../../definition/errors.ts';
import { readRegularFile } from '../../definition/regularFile.ts';
import { unreadable } from '../options.ts';
import { loadX509 } from './x509.ts';

const MIN_RSA_BITS = 2_048;
const CURVES = ['prime256v1', 'secp384r1'];
/** A request with many names has a few kilobytes. */
const MAX_BYTES = 64 * 1_024;
/** RFC 7468, section 7; OpenSSL 0.9 and Java write the second. */
const LABELS = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'];
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

/** What a CA takes from a certificate signing request: the key. Names come from the person who runs the CA. */
export interface SigningRequest {
  readonly publicKey: KeyObject;
  /** The subject that the partner wrote, which the certificate gets only if options give it too. */
  readonly subject: string;
  readonly hasNames: boolean;
}

/**
 * Reads a certificate signing request (PKCS #10) in PEM or DER, and checks that its sender has the private key.
 *
 * @throws {ConfigError} `certificate-invalid`.
 */
export async function readSigningRequest(file: string): Promise<SigningRequest> {
  const bytes = readRegularFile(file, MAX_BYTES);
  if (!Buffer.isBuffer(bytes)) throw unreadRequest(file, bytes.problem);
  const { Pkcs10CertificateRequest } = loadX509();
  const der = derOf(file, bytes);
  let request: InstanceType<typeof Pkcs10CertificateRequest>;
  let publicKey: KeyObject;
  try {
    request = new Pkcs10CertificateRequest(new Uint8Array(der));
    publicKey = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
  } catch {
    throw invalidRequest(file, 'no request');
  }
  const weakness = weaknessOf(publicKey);
  if (weakness !== undefined) throw invalidRequest(file, weakness);
  if (!(await request.verify().catch(() => false)))
    throw invalidRequest(file, 'a signature that its key does not verify');
  const asked =
    request.getAttribute(EXTENSION_REQUEST) === null ? null : request.getExtension(SUBJECT_ALTERNATIVE_NAME);
  return { publicKey, subject: request.subject, hasNames: asked !== null };
}

/** The whole file is one request: what another reader could take from it in another way is rejected. */
function derOf(file: string, bytes: Buffer): Buffer {
  try {
    const der = derOfFile(bytes, LABELS);
    if (readSignedData(der).attached.length > 0) throw new X509Invalid('has more than a request has');
    return der;
  } catch (error) {
    if (error instanceof X509Invalid) throw invalidRequest(file, `a file that ${error.message}`);
    throw error;
  }
}

/** What is too weak about a key, or of another kind than TLS clients and API Gateway take. */
function weaknessOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails;
  if (asymmetricKeyType === 'rsa')
    return modulusLength < MIN_RSA_BITS ? `an RSA key of ${modulusLength} bits` : undefined;
  if (asymmetricKeyType === 'ec') return CURVES.includes(namedCurve) ? undefined : `a key of the curve ${namedCurve}`;
  return `a key of the type ${asymmetricKeyType}`;
}

function unreadRequest(location: string, problem: string): ConfigError {
  if (!problem.startsWith('cannot')) return invalidRequest(location, `a file that ${problem}`);
  const fix = 'Check the path.';
  return unreadable({ location, found: `a file that ${problem}`, expected: 'a signing request', fix });
}

function invalidRequest(location: string, found: string): ConfigError {
  return new ConfigError({
    code: 'certificate-invalid',
    location,
    found,
    expected: `one certificate signing request (PKCS #10) in PEM or DER and nothing else, signed by its key: RSA of at least ${MIN_RSA_BITS} bits, P-256 or P-384`,
    fix: 'Let the partner make one: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout acme.key -out acme.csr -subj /CN=acme',
  });
}
