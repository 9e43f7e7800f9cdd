/**
 * What each security policy of API Gateway accepts: versions and cipher suites.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
 *
 * AWS publishes no curves. Policies without `PQ` have those of Mozilla's modern profile (https://wiki.mozilla.org/Security/Server_Side_TLS);
 * those with `PQ` prefer hybrid key exchange (draft-ietf-tls-ecdhe-mlkem); those with `FIPS` leave out what is not in SP 800-56A.
 */

/** What Node's TLS servers take. */
export interface TlsPolicy {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Names of OpenSSL, separated by colons. */
  readonly ciphers: string;
  readonly ecdhCurve: string;
}

const TLS13_FIPS = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'];
const TLS13 = [...TLS13_FIPS, 'TLS_CHACHA20_POLY1305_SHA256'];
/** Forward secrecy and authenticated encryption. */
const GCM = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];
const CHACHA = ['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'];
const CBC = [
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
];
const CBC_SHA1 = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA'];
/** Without forward secrecy. They need an RSA certificate, so nothing negotiates them with the local one. */
const RSA = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256'];
const RSA_SHA1 = ['AES128-SHA', 'AES256-SHA'];
const LEGACY = [...GCM, ...CBC, ...RSA];

const CURVES = 'X25519:P-256:P-384';
const FIPS_CURVES = 'P-256:P-384';
const PQ_CURVES = `X25519MLKEM768:SecP256r1MLKEM768:SecP384r1MLKEM1024:${CURVES}`;
const PQ_FIPS_CURVES = `SecP256r1MLKEM768:SecP384r1MLKEM1024:${FIPS_CURVES}`;

const POLICIES: Readonly<Record<string, TlsPolicy>> = {
  SecurityPolicy_TLS13_1_3_2025_09: only13(TLS13, CURVES),
  SecurityPolicy_TLS13_1_3_FIPS_2025_09: only13(TLS13_FIPS, FIPS_CURVES),
  SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09: from12([...TLS13_FIPS, ...GCM], PQ_FIPS_CURVES),
  SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09: from12([...TLS13, ...GCM], PQ_CURVES),
  // The list of AWS names it without its ciphers: those of the policy without FIPS, in the FIPS suites of TLS 1.3.
  SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09: from12([...TLS13_FIPS, ...LEGACY], PQ_FIPS_CURVES),
  SecurityPolicy_TLS13_1_2_PQ_2025_09: from12([...TLS13, ...LEGACY], PQ_CURVES),
  SecurityPolicy_TLS13_1_2_2021_06: from12([...TLS13, ...LEGACY], CURVES),
  SecurityPolicy_TLS13_2025_EDGE: only13(TLS13, CURVES),
  SecurityPolicy_TLS12_PFS_2025_EDGE: from12([...TLS13, ...GCM, ...CHACHA], CURVES),
  SecurityPolicy_TLS12_2018_EDGE: from12([...TLS13, ...GCM, ...CHACHA, ...CBC], CURVES),
  TLS_1_2: from12([...TLS13, ...LEGACY], CURVES),
  // Node offers TLS 1.0 only with weaker security levels, so the local minimum is 1.2.
  TLS_1_0: from12([...TLS13, ...LEGACY, ...CBC_SHA1, ...RSA_SHA1], CURVES),
};

/** The names of all policies. */
export const POLICY_NAMES: readonly string[] = Object.keys(POLICIES);

/**
 * The settings of a policy. The default of a regional API is `TLS_1_0`. A policy that is not in the list is read by its name: 1.3 alone where
 * the name says so, else 1.2 with forward secrecy.
 */
export function tlsPolicy(name = 'TLS_1_0'): TlsPolicy {
  const known = Object.hasOwn(POLICIES, name) ? POLICIES[name] : undefined;
  if (known !== undefined) return known;
  return /^SecurityPolicy_TLS13_1_3_/.test(name) ? only13(TLS13, CURVES) : from12([...TLS13, ...GCM], CURVES);
}

function only13(ciphers: readonly string[], ecdhCurve: string): TlsPolicy {
  return { minVersion: 'TLSv1.3', ciphers: ciphers.join(':'), ecdhCurve };
}

function from12(ciphers: readonly string[], ecdhCurve: string): TlsPolicy {
  return { minVersion: 'TLSv1.2', ciphers: ciphers.join(':'), ecdhCurve };
}
