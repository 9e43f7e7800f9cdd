import { type Finding, printable, type Severity } from './finding.ts';
import type { PreflightReport } from './preflight.ts';

/** Most important first. */
const ORDER: readonly Severity[] = ['error', 'unchecked', 'warning', 'ok'];
const WIDTH = 9;

/** How a severity is shown, for example in colour. */
export type Highlight = (severity: Severity, text: string) => string;

/** How many findings of each severity a report has. */
export function countFindings({ findings }: PreflightReport): Readonly<Record<Severity, number>> {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return { error: count('error'), warning: count('warning'), unchecked: count('unchecked'), ok: count('ok') };
}

/** A report for people. Whatever names of the account contain, it cannot control a terminal. */
export function reportText(report: PreflightReport, highlight: Highlight = (_, text) => text): string {
  const { stack, account, region, findings } = report;
  const sorted = ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  const { error, warning, unchecked, ok } = countFindings(report);
  const conclusion =
    error > 0
      ? 'The deployment would fail, or the API would not work.'
      : unchecked > 0
        ? 'Nothing was found that would fail, but not everything could be checked.'
        : 'Nothing was found that would fail.';
  return [
    `Preflight of ${printable(stack)} in account ${printable(account)}, ${printable(region)}`,
    '',
    ...sorted.flatMap((finding) => lines(finding, highlight)),
    '',
    `${plural(error, 'error')}, ${plural(warning, 'warning')}, ${unchecked} unchecked, ${ok} ok. ${conclusion}`,
  ].join('\n');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function lines({ severity, code, check, found, expected, fix }: Finding, highlight: Highlight): readonly string[] {
  const head = highlight(severity, severity.padEnd(WIDTH));
  const inLine = (text: string) => printable(text).replaceAll('\n', ' ');
  if (severity === 'ok') return [`${head} ${inLine(check)}: ${inLine(found)}`];
  const name = code === severity ? inLine(check) : `${code}: ${inLine(check)}`;
  const row = (label: string, text: string | undefined) =>
    (text ?? '').split('\n').flatMap((line, i) => {
      const label9 = (i === 0 ? label : '').padEnd(WIDTH);
      return line === '' ? [] : [`  ${label9} ${printable(line)}`];
    });
  return [
    `${head} ${name}`,
    ...row('found', inLine(found)),
    ...row('expected', inLine(expected ?? '')),
    ...row('fix', fix),
  ];
}

/** A report for programs, in ASCII where JSON could hold characters that control a terminal. */
export function reportJson(report: PreflightReport): string {
  const escaped = (characters: string) =>
    [...Array(characters.length).keys()]
      .map((i) => `\\u${characters.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join('');
  const json = JSON.stringify({ ...report, counts: countFindings(report) }, null, 2);
  return json.replaceAll(/[^\P{C}\n]|[\u2028\u2029]/gu, escaped);
}
