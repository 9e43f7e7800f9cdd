import { DEFAULT_DATA } from '../../options.ts';
import type { Check, CheckSettings, EndpointFacts, Finding, TrustPath } from '../observe/facts.ts';
import { isSelfSigned } from '../observe/trustPath.ts';
import { certificateAt, fault, hostAndPort, issuerOf, nameOf } from './finding.ts';

/** What OpenSSL says of faults that other checks name more exactly. */
const NAMED_ELSEWHERE = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);
const FULL_CHAIN = 'the certificate of each CA between the server and a trusted root';
const SERVE_CHAIN = 'Let the server send the full chain: its certificate, then those of the intermediate CAs.';
const OTHERWISE_SERVE_CHAIN =
  'Otherwise, let the server send the full chain: its certificate, then those of the intermediate CAs.';
/** The local gateway names its CA so. */
const LOCAL_CA = 'CN=secure-api local CA';

/** The certificates that the server sends lead to one that is trusted. */
export const trust: Check = (facts, settings) => {
  const { path } = facts;
  const last = path?.certificates.at(-1);
  if (path === undefined || last === undefined) return [];
  return [...notSent(facts), ...endOf(path, last, facts, settings)];
};

/** Intermediates that were found by their address: that they exist shows that the server should send them. */
function notSent({ fetched, url }: EndpointFacts): readonly Finding[] {
  const names = fetched.filter((one) => !isSelfSigned(one)).map(nameOf);
  if (names.length === 0) return [];
  const found = `${hostAndPort(url)} does not send the intermediate certificate ${names.join(' and ')}`;
  return [fault('chain-incomplete', { found, expected: FULL_CHAIN, fix: SERVE_CHAIN })];
}

function endOf(
  path: TrustPath,
  last: EndpointFacts['sent'][number],
  facts: EndpointFacts,
  settings: CheckSettings,
): readonly Finding[] {
  const { url, openssl, fetched } = facts;
  const server = hostAndPort(url);
  if (path.end === 'self-signed') {
    return [
      fault('self-signed', {
        found: `${certificateAt(facts, last)} is self-signed: no CA vouches for it`,
        expected: 'a certificate that a trusted CA has signed',
        fix: 'Get a certificate of a CA, such as ACM or Let’s Encrypt. To trust this certificate alone, name it with --ca FILE.',
      }),
    ];
  }
  if (path.end === 'untrusted')
    return [untrusted(`${server} has a chain that ends in the root ${nameOf(last)}`, path, settings)];
  if (path.end === 'incomplete') {
    const issuer = issuerOf(last);
    // An intermediate has an address in the certificate below it. So the root is what is missing, unless the user gave one of another name.
    if (path.namesake !== undefined || !settings.ownCa || fetched.length > 0) {
      return [
        untrusted(
          `${certificateAt(facts, last)} was signed by ${issuer}, which the server does not send`,
          path,
          settings,
        ),
      ];
    }
    return [
      fault('chain-incomplete', {
        found: `${certificateAt(facts, last)} was signed by ${issuer}, which is neither sent by the server nor in the file of trusted CAs`,
        expected: FULL_CHAIN,
        fix: `${SERVE_CHAIN} If ${issuer} is a root, name its certificate with --ca FILE instead.`,
      }),
    ];
  }
  if (openssl === undefined || NAMED_ELSEWHERE.has(openssl.cause ?? '')) return [];
  return [
    fault('certificate-rejected', {
      found: `clients reject the certificates of ${server}: ${openssl.reason}`,
      expected: 'certificates that clients accept for a server',
      fix: 'Issue the certificate for the purpose serverAuth, within the names and lengths that its CA allows.',
    }),
  ];
}

/** A root that nobody here trusts, sent or not. */
function untrusted(found: string, { end, namesake, certificates }: TrustPath, { ownCa }: CheckSettings): Finding {
  const trusted = ownCa ? 'the file of trusted CAs' : 'the trust store of Node.js';
  const why =
    namesake === undefined ? `that CA is not in ${trusted}` : `${trusted} has a CA of this name, with another key`;
  const own = ownCa
    ? 'Name the file of the CA that signed the chain: --ca FILE.'
    : 'For a CA of your own, name its certificate: --ca FILE.';
  const isLocal = certificates.slice(-1).some((last) => issuerOf(last).includes(LOCAL_CA));
  const other = end === 'incomplete' ? OTHERWISE_SERVE_CHAIN : 'Otherwise, get a certificate of a public CA.';
  return fault('untrusted-issuer', {
    found: `${found}; ${why}`,
    expected: 'a chain that ends in a trusted root',
    fix: isLocal
      ? `For the local gateway, name its ready file: --ready-file ${DEFAULT_DATA}/ready.json. ${own}`
      : `${own} ${other}`,
  });
}
