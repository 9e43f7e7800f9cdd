import { withoutControls } from '../../output.ts';
import type { DeployedDomains } from './deployed.ts';
import type { DnsRecord, StatusFinding } from './finding.ts';

/** The state of the domains of a stack, with what is missing. */
export interface StatusReport extends Pick<DeployedDomains, 'stack' | 'status' | 'region'> {
  readonly findings: readonly StatusFinding[];
}

type Severity = StatusFinding['severity'];
/** How a severity is shown, for example in colour. */
type Highlight = (severity: Severity, text: string) => string;

const ORDER: readonly Severity[] = ['fault', 'waiting', 'ok'];

/** How many findings of each severity there are. */
export function countsOf({ findings }: StatusReport): Readonly<Record<Severity, number>> {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return { fault: count('fault'), waiting: count('waiting'), ok: count('ok') };
}

/** The report for programs. docs/domains.md describes it. */
export function reportJson(report: StatusReport): string {
  return JSON.stringify({ ...report, records: recordsOf(report), counts: countsOf(report) });
}

/** The report for people: problems first, then the records to create as lines of a zone file (RFC 1035, section 5). */
export function reportText(report: StatusReport, highlight: Highlight): string {
  const { stack, status, region, findings } = report;
  const sorted = ORDER.flatMap((severity) => actionFirst(findings.filter((finding) => finding.severity === severity)));
  const records = recordsOf(report).map(({ name, type, value }) => `  ${name}. ${type} ${value}.`);
  const { fault, waiting, ok } = countsOf(report);
  return [
    line(`Domains of ${stack} in ${region} (${status})`),
    ...sorted.flatMap((finding) => block(finding, highlight)),
    ...(records.length === 0 ? [] : ['', 'Create or correct these records at your DNS provider:', ...records]),
    '',
    `${fault} failed, ${waiting} waiting, ${ok} ok`,
  ].join('\n');
}

/** What the reader has to do precedes what only needs time. */
function actionFirst(findings: readonly StatusFinding[]): readonly StatusFinding[] {
  return findings.toSorted((a, b) => Number(a.record === undefined) - Number(b.record === undefined));
}

/** The records to create, each once: two names of a certificate can share one. */
function recordsOf({ findings }: StatusReport): readonly DnsRecord[] {
  // Where the DNS did not respond, the record can be right.
  const known = findings.filter(({ code }) => code !== 'dns-failed');
  const byName = new Map(known.flatMap(({ record }) => (record === undefined ? [] : [[record.name, record]])));
  return [...byName.values()];
}

function block({ severity, code, name, found, expected, fix }: StatusFinding, highlight: Highlight): readonly string[] {
  if (severity === 'ok') return [line(`  ${highlight(severity, 'ok')} ${name}: ${found}`)];
  const rows = [
    ['found    ', found],
    ['expected ', expected],
    ['fix      ', fix],
  ].map(([label, text]) => line(`    ${label} ${text}`));
  return [`  ${highlight(severity, `${severity} ${code}`)} ${line(name)}`, ...rows];
}

/** One line without controls: names in the DNS are what a stranger wrote. */
function line(text: string): string {
  return withoutControls(text.replaceAll(/[\t\r\n]+/g, ' '));
}
