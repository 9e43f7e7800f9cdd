import type { X509Certificate } from 'node:crypto';
import type { FileFault } from './pemFile.ts';
import { rejectedSignature } from './signatureAlgorithm.ts';
import type { TrustStoreLimits } from './trustStoreLimits.ts';

const MIN_RSA_BITS = 2048;
/** What both services verify signatures with. */
const CURVES = ['prime256v1', 'secp384r1'];
/**
 * CAs from the one that issues to its root. https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
 * and https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#quotas-mtls
 */
const LONGEST_CHAIN = 4;

interface Context {
  /** All certificates of the trust store. */
  readonly all: readonly X509Certificate[];
  readonly limits: TrustStoreLimits;
  readonly now: Date;
}

/** Why a service would not accept client certificates by this one, as the end of "a certificate, which …". */
export function authorityFault(certificate: X509Certificate, { all, limits, now }: Context): FileFault | undefined {
  return authenticityFault(certificate, { limits, now }) ?? chainFault(certificate, all, limits);
}

function authenticityFault(
  certificate: X509Certificate,
  { limits, now }: Pick<Context, 'limits' | 'now'>,
): FileFault | undefined {
  const { validFromDate: from, validToDate: to, raw } = certificate;
  const signature = rejectedSignature(certificate);
  const faults = [
    !certificate.ca && {
      found: 'is of no CA',
      expected: 'CA certificates',
      fix: 'Write the certificate of the CA that issues the clients’ certificates into the file, not those of clients.',
    },
    to <= now && {
      found: `expired on ${day(to)}`,
      expected: 'CA certificates that are valid',
      fix: 'Replace it by the new certificate of the CA, or remove it: nobody below it is accepted.',
    },
    from > now && {
      found: `is not valid before ${day(from)}`,
      expected: 'CA certificates that are valid',
      fix: 'Add it from that day on: nobody below it is accepted earlier.',
    },
    weakKey(certificate, limits),
    signature !== undefined && {
      found: `is signed by ${signature}`,
      expected: 'signatures by SHA-256, SHA-384 or SHA-512 with RSA or ECDSA',
      fix: 'AWS accepts no others in a trust store: issue the certificate of the CA again.',
    },
    raw.length > limits.certificateBytes && {
      found: `has ${raw.length} bytes`,
      expected: `certificates of at most ${limits.certificateBytes} bytes`,
      fix: `${limits.service} accepts no larger ones: issue the certificate of the CA again, with fewer extensions.`,
    },
  ];
  return faults.find((fault): fault is FileFault => typeof fault === 'object');
}

function weakKey({ publicKey }: X509Certificate, { rsaBits, service }: TrustStoreLimits): FileFault | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = publicKey;
  const { modulusLength = 0, namedCurve = '', publicExponent = 0n } = details;
  // With the exponent 1, everybody can sign.
  const isRsa =
    type === 'rsa' && publicExponent > 1n && (rsaBits?.includes(modulusLength) ?? modulusLength >= MIN_RSA_BITS);
  if (isRsa || (type === 'ec' && CURVES.includes(namedCurve))) return undefined;
  const rsa = rsaBits === undefined ? `at least ${MIN_RSA_BITS}` : rsaBits.join(', ');
  return {
    found: `has a key of ${type} ${modulusLength || namedCurve}`.trim(),
    expected: `RSA of ${rsa} bits, or P-256 or P-384`,
    fix: `${service} accepts no other keys in a trust store: create another CA.`,
  };
}

/** Both services need every CA up to the root in the file. */
function chainFault(
  certificate: X509Certificate,
  all: readonly X509Certificate[],
  { service }: TrustStoreLimits,
): FileFault | undefined {
  let current = certificate;
  for (let length = 1; length <= LONGEST_CHAIN; length++) {
    const issued = current;
    if (isIssuedBy(issued, issued)) return undefined;
    const issuer = all.find((one) => one !== issued && isIssuedBy(issued, one));
    if (issuer === undefined) {
      return {
        found: length === 1 ? 'has no issuer in the file' : `leads to ${length} CAs and no root`,
        expected: 'every CA up to its root',
        fix: `Add the certificate of the CA that issued it: ${service} accepts nobody below a CA without its root.`,
      };
    }
    current = issuer;
  }
  return {
    found: `has more than ${LONGEST_CHAIN - 1} CAs above it`,
    expected: `at most ${LONGEST_CHAIN} CAs one above the other`,
    fix: `${service} verifies no longer chain: issue the certificates of clients by a CA nearer to the root.`,
  };
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
