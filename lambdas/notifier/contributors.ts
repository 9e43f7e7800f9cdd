import type { AwsCall } from '../shared/aws.ts';
import { isRecord } from '../shared/json.ts';
import { cleanName } from './clean.ts';
import { shownNumber } from './measured.ts';

/** Who contributes most to what fired an alarm. */
export interface TopContributors {
  /** Such as `Top addresses`. */
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly requests: string }[];
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
}

/**
 * Asks a Contributor Insights rule who had the most entries within a time. Names are cleaned: clients choose them.
 *
 * @throws {Error} when the service cannot be asked.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetInsightRuleReport.html
 */
export async function topContributors(call: AwsCall, { name, rule, from, to }: Question): Promise<TopContributors> {
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
  const { Contributors } = report;
  const rows = Array.isArray(Contributors) ? Contributors.filter(isRecord).slice(0, ROWS) : [];
  return { title: titleOf(rule.slice(name.length + 1)), rows: rows.map(rowOf) };
}

function rowOf({ Keys, ApproximateAggregateValue: value }: Readonly<Record<string, unknown>>) {
  const keys = Array.isArray(Keys) ? Keys.filter((key) => typeof key === 'string') : [];
  return { name: keys.map(cleanName).join(' · '), requests: typeof value === 'number' ? shownNumber(value) : '?' };
}

/** `TopAddresses` is "Top addresses". */
function titleOf(rule: string): string {
  const words = rule.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
