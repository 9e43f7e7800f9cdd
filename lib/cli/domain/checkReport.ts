import type { X509Certificate } from 'node:crypto';
import { withoutControls } from '../output.ts';
import { issuerOf, momentOf, nameOf } from './checks/finding.ts';
import type { EndpointFacts, Finding } from './observe/facts.ts';

/** What was found at one address of a URL. */
export interface AddressReport {
  readonly facts: EndpointFacts;
  readonly findings: readonly Finding[];
}

/** The result for one URL. */
export interface UrlReport {
  readonly url: URL;
  readonly addresses: readonly AddressReport[];
  /** What concerns the URL as a whole, such as a name that does not resolve. */
  readonly findings: readonly Finding[];
}

type Counts = Readonly<Record<Finding['severity'], number>>;
type Colour = (severity: Finding['severity'] | 'good', text: string) => string;

const LABELS = { fault: 'fault', unchecked: 'unchecked', warning: 'warning' } as const;

/** How many findings of each severity there are. */
export function countsOf(reports: readonly UrlReport[]): Counts {
  const all = reports.flatMap(({ findings, addresses }) => [...findings, ...addresses.flatMap((one) => one.findings)]);
  const count = (severity: Finding['severity']) => all.filter((one) => one.severity === severity).length;
  return { fault: count('fault'), warning: count('warning'), unchecked: count('unchecked') };
}

/** The document of `--json`. docs/certificates.md describes it. */
export function reportJson(reports: readonly UrlReport[]): string {
  const endpoints = reports.map(({ url, addresses, findings }) => ({
    url: url.href,
    findings,
    addresses: addresses.map(({ facts, findings: own }) => ({
      address: facts.address,
      tls: { versions: facts.versions, ...facts.negotiated },
      certificates: facts.sent.map(certificateJson),
      findings: own,
    })),
  }));
  const { fault, warning, unchecked } = countsOf(reports);
  return JSON.stringify({ endpoints, counts: { faults: fault, warnings: warning, unchecked } });
}

function certificateJson(certificate: X509Certificate) {
  const { validFromDate, validToDate, fingerprint256, serialNumber, subjectAltName } = certificate;
  return {
    subject: nameOf(certificate),
    issuer: issuerOf(certificate),
    names: subjectAltName ?? '',
    serialNumber,
    notBefore: momentOf(validFromDate),
    notAfter: momentOf(validToDate),
    sha256: fingerprint256,
  };
}

/** The result for people. What several addresses have in common is written once. */
export function reportText(reports: readonly UrlReport[], colour: Colour): string {
  const counts = countsOf(reports);
  const summary = `${plural(counts.fault, 'fault')}, ${plural(counts.warning, 'warning')}, ${counts.unchecked} unchecked`;
  return [...reports.map((report) => urlText(report, colour)), summary].join('\n\n');
}

function urlText({ url, addresses, findings }: UrlReport, colour: Colour): string {
  const groups = new Map<string, { finding: Finding; at: string[] }>();
  for (const { facts, findings: own } of addresses) {
    for (const finding of own) {
      const key = JSON.stringify(finding);
      const group = groups.get(key) ?? { finding, at: [] };
      group.at.push(facts.address);
      groups.set(key, group);
    }
  }
  const blocks = [
    ...findings.map((finding) => block(finding, '', colour)),
    ...[...groups.values()].map(({ finding, at }) =>
      block(finding, at.length < addresses.length ? ` at ${at.join(', ')}` : '', colour),
    ),
  ];
  const good = blocks.length === 0 ? [`  ${colour('good', 'no fault')}`] : [];
  return [line(url.href), ...addresses.map(addressLine), ...good, ...blocks].join('\n');
}

function addressLine({ facts }: AddressReport): string {
  const { address, versions, negotiated, sent } = facts;
  const [leaf] = sent;
  const tls = versions.length === 0 ? 'no TLS' : versions.join(', ');
  const until = leaf === undefined ? '' : `, ${nameOf(leaf)} until ${momentOf(leaf.validToDate)}`;
  return `  ${line(`${address}: ${tls}${negotiated === undefined ? '' : ` (${negotiated.cipher})`}${until}`)}`;
}

function block({ code, severity, found, expected, fix }: Finding, where: string, colour: Colour): string {
  const facts = [`found     ${found}`, `expected  ${expected}`, `fix       ${fix}`].map((text) => `    ${line(text)}`);
  return [`  ${colour(severity, `${LABELS[severity]} ${code}`)}${where}`, ...facts].join('\n');
}

/** One line without controls: names in certificates are what a stranger wrote. */
function line(text: string): string {
  return withoutControls(text.replaceAll(/[\t\r\n]+/g, ' '));
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
