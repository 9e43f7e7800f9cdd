import type { InsightFilter, InsightRuleModel } from '../../../assembly/insightRuleModel.ts';
import { select } from '../pattern/filterPattern.ts';
import { parseSelector, type Selector } from '../pattern/json.ts';

/** What an event adds to a rule: the JSON of the values of its keys, and a number. */
export interface Match {
  readonly key: string;
  readonly value: number;
}

/** Returns what an event adds, or `undefined` when it does not count. */
export type Matcher = (event: unknown) => Match | undefined;

/**
 * An event counts when all filters hold, and each key (and the value that is added up) is there as a string, a number or a boolean.
 * Letters are compared with their case.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
 *
 * @throws for a selector that is not understood
 */
export function insightMatcher(rule: InsightRuleModel): Matcher {
  const filters = rule.filters.map(compileFilter);
  const keys = rule.keys.map(parseSelector);
  const summed = rule.sumOf === undefined ? undefined : parseSelector(rule.sumOf);
  return (event) => {
    for (const holds of filters) if (!holds(event)) return undefined;
    const values: string[] = [];
    for (const selector of keys) {
      const found = leaf(selector, event);
      if (found === undefined) return undefined;
      values.push(String(found));
    }
    const value = summed === undefined ? 1 : numberAt(summed, event);
    return Number.isFinite(value) ? { key: JSON.stringify(values), value } : undefined;
  };
}

/** Whether a rule is about a log group. */
export function coversGroup({ logGroups }: InsightRuleModel, logGroup: string): boolean {
  return logGroups.some((name) => (name.endsWith('*') ? logGroup.startsWith(name.slice(0, -1)) : name === logGroup));
}

function compileFilter(filter: InsightFilter): (event: unknown) => boolean {
  const selector = parseSelector(filter.match);
  const text = (event: unknown) => {
    const found = leaf(selector, event);
    return found === undefined ? undefined : String(found);
  };
  switch (filter.operator) {
    case 'In':
      return (event) => filter.values.includes(text(event) ?? '\0');
    case 'NotIn':
      return (event) => !filter.values.includes(text(event) ?? '\0');
    case 'StartsWith':
      return (event) => filter.values.some((start) => text(event)?.startsWith(start));
    case 'GreaterThan':
      return (event) => numberAt(selector, event) > filter.value;
    case 'LessThan':
      return (event) => numberAt(selector, event) < filter.value;
    case 'EqualTo':
      return (event) => numberAt(selector, event) === filter.value;
    case 'NotEqualTo':
      return (event) => {
        const found = numberAt(selector, event);
        return !Number.isNaN(found) && found !== filter.value;
      };
    case 'IsPresent':
      return (event) => (leaf(selector, event) !== undefined) === filter.present;
  }
}

function leaf(selector: Selector, event: unknown): string | number | boolean | undefined {
  const found = select(selector, event);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? found : undefined;
}

/** Access-log formats write numbers as text, so such text counts as the number it reads as. */
function numberAt(selector: Selector, event: unknown): number {
  const found = leaf(selector, event);
  return found === undefined || found === '' || typeof found === 'boolean' ? Number.NaN : Number(found);
}
