/**
 * What each viewer policy of CloudFront accepts.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
 */

/** What Node's TLS servers take. */
export interface ViewerPolicy {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Names of OpenSSL, separated by colons. */
  readonly ciphers: string;
  readonly ecdhCurve: string;
}

const TLS13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'];
const CHACHA13 = 'TLS_CHACHA20_POLY1305_SHA256';
const ECDSA = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'];
const RSA = ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'];
const CHACHA = ['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'];
const CBC = [
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-RSA-AES256-SHA384',
];
/** CloudFront has hybrid key exchange in every policy (https://aws.amazon.com/security/post-quantum-cryptography/). */
const CURVES = 'X25519MLKEM768:X25519:P-256:P-384';

const POLICIES: Readonly<Record<string, readonly string[]>> = {
  'TLSv1.3_2025': [...TLS13, CHACHA13],
  'TLSv1.2_2025': [...TLS13, ...ECDSA, ...RSA],
  'TLSv1.2_2021': [...TLS13, CHACHA13, ...ECDSA, ...RSA, ...CHACHA],
};

/** The settings of a policy. An older one accepts CBC suites too; Node has nothing before TLS 1.2. */
export function viewerPolicy(name: string): ViewerPolicy {
  const ciphers = Object.hasOwn(POLICIES, name) ? POLICIES[name] : undefined;
  return {
    minVersion: name.startsWith('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
    ciphers: (ciphers ?? [...TLS13, CHACHA13, ...ECDSA, ...RSA, ...CHACHA, ...CBC]).join(':'),
    ecdhCurve: CURVES,
  };
}
