import type { AwsCall } from '../shared/aws.ts';
import { isRecord } from '../shared/json.ts';
import { cleanName } from './clean.ts';
import { explainDenial, type RouteAccess } from './deniedRoute.ts';
import { shownNumber } from './measured.ts';

/** Who contributes most to what fired an alarm. */
export interface TopContributors {
  /** Such as `Top addresses`. */
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly requests: string }[];
  /** Those that the list leaves out. The service counts them approximately. @default - the list is whole */
  readonly others?: { readonly count: string; readonly requests: string };
}

/** Rows of a list: a person reads them at night, on a phone. */
const ROWS = 5;
const MINUTE_MS = 60_000;
/** Longer ranges are read in parts by the service, and say less about now. */
const MAX_RANGE_MS = 24 * 60 * MINUTE_MS;

/** What is asked of a rule. */
interface Question {
  /** Name of the API, which names of rules begin with. */
  readonly name: string;
  /** Name of the rule, such as `documents-TopAddresses`. */
  readonly rule: string;
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Explains denied routes. */
  readonly access: RouteAccess;
}

/** What keys of a log entry are, where their values do not show it. */
const LABELS: Readonly<Record<string, string>> = { '$.client': 'client', '$.subject': 'subject', '$.tier': 'tier' };
/** The rule whose contributors are method, path, roles and reasons of denied requests. */
const DENIED_ROUTES = 'DeniedRoutes';

/**
 * Asks a Contributor Insights rule who had the most entries within a time. Names are cleaned: clients choose them.
 *
 * @throws {Error} when the service cannot be asked.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetInsightRuleReport.html
 */
export async function topContributors(call: AwsCall, question: Question): Promise<TopContributors> {
  const { name, rule, from, to, access } = question;
  const start = Math.floor(Math.max(from, to - MAX_RANGE_MS) / MINUTE_MS) * MINUTE_MS;
  const end = Math.max(Math.ceil(to / MINUTE_MS) * MINUTE_MS, start + MINUTE_MS);
  const report = await call('GetInsightRuleReport', {
    RuleName: rule,
    StartTime: start / 1000,
    EndTime: end / 1000,
    Period: (end - start) / 1000,
    MaxContributorCount: ROWS,
    OrderBy: 'Sum',
  });
  const { Contributors, KeyLabels, ApproximateUniqueCount: all, AggregateValue: total } = report;
  const labels = Array.isArray(KeyLabels) ? KeyLabels.map((label) => LABELS[String(label)] ?? '') : [];
  const rows = Array.isArray(Contributors) ? Contributors.filter(isRecord).slice(0, ROWS) : [];
  const id = rule.slice(name.length + 1);
  const isDeniedRoutes = id === DENIED_ROUTES;
  const others = othersOf(rows, Number(all), Number(total));
  return {
    title: titleOf(id),
    rows: rows.map((row) =>
      rowOf(row, (keys) => (isDeniedRoutes ? deniedRoute(keys, access) : labelled(keys, labels))),
    ),
    ...(others && { others }),
  };
}

function othersOf(rows: readonly Readonly<Record<string, unknown>>[], all: number, total: number) {
  const count = all - rows.length;
  if (!(count > 0)) return undefined;
  const shown = rows.reduce((sum, row) => sum + (Number(row['ApproximateAggregateValue']) || 0), 0);
  const requests = total - shown;
  return { count: shownNumber(count), requests: requests > 0 ? shownNumber(requests) : '?' };
}

function rowOf(
  { Keys, ApproximateAggregateValue: value }: Readonly<Record<string, unknown>>,
  namesOf: (keys: readonly string[]) => readonly string[],
) {
  const keys = Array.isArray(Keys) ? Keys.filter((key) => typeof key === 'string') : [];
  return { name: namesOf(keys).join(' · '), requests: typeof value === 'number' ? shownNumber(value) : '?' };
}

/** Several keys need their names: `subject u-1 · client web`. One that could be taken for two is quoted. */
function labelled(keys: readonly string[], labels: readonly string[]): readonly string[] {
  return keys.map((key, i) => {
    const name = cleanName(key);
    const shown = /[\s·"]/.test(name) ? `"${name.replaceAll('"', "'")}"` : name;
    return keys.length > 1 && labels[i] ? `${labels[i]} ${shown}` : name;
  });
}

/** Such as `POST /documents`, `needs document:write`, `roles viewer`, `permission-missing`. */
function deniedRoute([method = '', path = '', roles = '', reasons = '']: readonly string[], access: RouteAccess) {
  const denial = explainDenial(access, { method, path, roles, reasons });
  return [
    `${cleanName(method)} ${cleanName(path)}`,
    ...(denial.needs === undefined ? [] : [`needs ${cleanName(denial.needs)}`]),
    ['', '-'].includes(roles) ? 'no role' : `roles ${cleanName(roles)}`,
    denial.reasons.length === 0 ? 'by the handler' : denial.reasons.map(cleanName).join(' or '),
  ];
}

/** `TopAddresses` is "Top addresses". */
function titleOf(rule: string): string {
  const words = rule.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
