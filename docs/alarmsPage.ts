import { THRESHOLDS } from '../lib/construct/monitoring/thresholdTable.ts';
import { describeAmount } from '../lib/definition/shape.ts';
import { type AlarmRow, rowsOf } from './alarmRows.ts';
import { noticesOf } from './noticeRows.ts';

const INTRODUCTION = `# Alarms

Every alarm that an API can have, read from synthesized stacks (\`npm run docs\`). An alarm is named after its API, such as
\`Documents-Api-92B63649-failed-logins\`, and its notification links to the runbook of this name; the slow form of an alarm shares that of the fast one. [monitoring.md](monitoring.md) says who is notified, and
[ADR 49](adr/0049-alarms-at-any-size.md) why the alarms are made so.

**Severity** says how soon a person has to act: \`page\` at once, also at night; \`ticket\` within a working day; \`info\` when it suits.
**Window** is the length of a period, and how many of the last periods have to breach. Periods slide: an alarm looks at its window each minute.
The thresholds are those of the sample; the [props](#thresholds) \`alarms\` change them, and \`slo\` in the definition changes those of error
budgets.

**Missing data** says what an alarm does in a period without a value:

| in the table | why |
| --- | --- |
| ends | No value means that nothing happened: nobody was rejected, nothing was throttled. Counts are filled with 0, so a period without requests never repeats an old alarm |
| keeps its state | No value means that nobody knows. An alarm on errors stays until a request succeeds, not until traffic stops |
| is reported | A value is due: the certificate, or the canary, no longer reports |
`;

const SLO = `
## Error budgets
\`slo: { availability: 99.9, p99: 300 }\` in the definition says what clients may expect: 99.9 percent of requests do not end with 5xx, and 99 of 100 take at
most 300 ms. Without it, the API as a whole has 99.9 percent and 3,000 ms; with it, each group of routes has its own alarms, such as
\`server-errors-of-documents\`, which name the group and silence those of the API. With more than 15 groups only the API has them.

An alarm fires when the budget burns too fast in two windows at the same time
([Google's workbook](https://sre.google/workbook/alerting-on-slos/)): the long one says that it matters, the short one that it still happens.

| alarms | burn rate | long window | short window | severity |
| --- | --- | --- | --- | --- |
| \`server-errors\`, \`latency\` | 14.4: two percent of a month's budget in an hour | 1 hour, at least 5 bad requests | one of the last three times 5 minutes | page |
| \`server-errors-slow\`, \`latency-slow\` | 6: five percent in six hours | 6 hours, at least 10 bad requests | one of the last four times 30 minutes | ticket |

## One cause, one page
Alarms that name a cause, such as \`deny-list-unreachable\`, silence \`server-errors\` while they fire and for twenty minutes after. Conditions of an alarm,
such as \`server-errors-hour\`, notify nobody. Where an API is behind CloudFront, \`edge-errors\` fires beside \`server-errors\`: CloudWatch cannot
join alarms of two regions.

Alarms with the same source are not joined. A burst of one address with 401, 403, 404 and malformed requests sends at most two pages, \`failed-logins\` and \`probing\`, and a
ticket for each of the others; each message names the source, so a person sees that it is one. CloudWatch can silence an alarm while another one fires, but not by who caused it: a second
attacker would then wake nobody. To join alarms by source, the notifier would have to compare the addresses of both at the time of each; callers with 403 have no rule by address, which
would cost 0.50 USD a month and a share of each line. PagerDuty can group what arrives together for one API: its events have the name of the API as \`component\`.

`;

const THRESHOLD_INTRODUCTION = `A threshold that would always or never fire is rejected at synth; the message says why. The synth warns of a threshold whose alarm the API does not
have, such as \`webhookErrors\` without a webhook; of a count above what the \`throttle\` of all routes together allows in five minutes; and of a \`p99Ms\`, or \`slo.p99\`, that no route
reaches before its \`timeoutSeconds\`. Beside \`slo\`, \`p99Ms\` replaces \`slo.p99\` everywhere, and \`serverErrorPercent\` the objective of \`server-errors\` of the whole API alone: the
synth warns of both.
`;

const NOTICES = `
## What is no alarm
Messages of other services, which notify the same recipients and do not end. [monitoring.md](monitoring.md#findings-and-costs) has the props; the rules on the certificate are there
with each domain.

| from | notifies | severity |
| --- | --- | --- |
`;

/** The page of all alarms, of the templates of assemblies that together have them. */
export function alarmsPage(assemblies: readonly (readonly string[])[], thresholds: string): string {
  const rows = new Map(assemblies.flatMap(rowsOf).map((row) => [row.name, row]));
  const header = [
    '| alarm | fires when | metric and statistic | window | threshold | missing data | severity |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  ];
  return `${[INTRODUCTION, ...header, ...[...rows.values()].map(line)].join('\n')}\n${SLO.trimEnd()}\n${NOTICES}${noticeTable(assemblies)}\n\n## Thresholds\n${thresholdTable(thresholds)}`;
}

function line({ name, meaning, metric, window, threshold, missing, severity }: AlarmRow): string {
  return `| \`${name}\` | ${[meaning, metric, window, threshold, missing, severity].map(cell).join(' | ')} |`;
}

function noticeTable(assemblies: readonly (readonly string[])[]): string {
  const lines = assemblies
    .flatMap(noticesOf)
    .map(({ from, when, severity }) => `| ${[from, when, severity].map(cell).join(' | ')} |`);
  return [...new Set(lines)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** The members of `AlarmThresholds`, from their comments. */
function thresholdTable(source: string): string {
  const members = [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly (\w+)\?:/g)].map(
    ([, comment = '', name]) => {
      const text = comment.replaceAll(/\s*\n?\s*\*\s|\s*\n\s*/g, ' ').trim();
      const [meaning = '', fallback = ''] = text.split(/\s*@default - /);
      const bounds = Object.entries(THRESHOLDS).find(([known]) => known === name)?.[1];
      const range = bounds === undefined ? '' : describeAmount(bounds);
      return `| \`${name}\` | ${cell(meaning)} | ${range} | ${cell(fallback)} |`;
    },
  );
  const header = ['| prop of `alarms` | meaning | what it can be | default |', '| --- | --- | --- | --- |'];
  return [THRESHOLD_INTRODUCTION, ...header, ...members, ''].join('\n');
}
