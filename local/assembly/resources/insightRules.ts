import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { InsightFilter, InsightRuleModel } from '../insightRuleModel.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { flag, type Json, list, number, record, string, strings } from '../values.ts';

/**
 * Every Contributor Insights rule over JSON logs of a stack. A rule that is not understood is left out and reported.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
 */
export function readInsightRules(stack: StackTemplate, report: ReportGap): InsightRuleModel[] {
  return stack.ofType('AWS::CloudWatch::InsightRule').flatMap((resource) => {
    reportUnreadProperties(resource, report, ['RuleBody', 'RuleName', 'RuleState'], ['ApplyOnTransformedLogs']);
    const rule = readRule(resource);
    if (typeof rule !== 'string') return [rule];
    report(resource, `the rule is not evaluated: ${rule}`);
    return [];
  });
}

/** The rule, or why it is not evaluated. */
function readRule(resource: Resource): InsightRuleModel | string {
  const { properties } = resource;
  const body = parse(string(properties['RuleBody']) ?? '');
  if (body === undefined) return 'its body is not JSON';
  const contribution = record(body['Contribution']);
  const aggregateOn = string(body['AggregateOn']) ?? 'Count';
  const sumOf = string(contribution['ValueOf']);
  const filters = list(contribution['Filters']).map(readFilter);
  const wrong = filters.find((filter) => typeof filter === 'string');
  if (string(record(body['Schema'])['Name']) !== 'CloudWatchLogRule') return 'it is not about log events';
  if (string(body['LogFormat']) !== 'JSON') return `its format is ${string(body['LogFormat'])}, not JSON`;
  if (aggregateOn !== 'Count' && aggregateOn !== 'Sum') return `it aggregates on ${aggregateOn}`;
  if (aggregateOn === 'Sum' && sumOf === undefined) return 'it aggregates on Sum without ValueOf';
  if (wrong !== undefined) return wrong;
  return {
    name: resource.attribute('RuleName'),
    enabled: string(properties['RuleState']) !== 'DISABLED',
    logGroups: strings(body['LogGroupNames']),
    keys: strings(contribution['Keys']),
    ...(aggregateOn === 'Sum' && sumOf !== undefined ? { sumOf } : {}),
    filters: filters.filter((filter) => typeof filter !== 'string'),
  };
}

/** The filter, or why it is not understood. */
function readFilter(value: unknown): InsightFilter | string {
  const { Match, ...operators } = record(value);
  const match = string(Match) ?? '';
  const [operator = '', ...others] = Object.keys(operators);
  if (others.length > 0) return `a filter of ${match} has several operators`;
  const operand = operators[operator];
  switch (operator) {
    case 'In':
    case 'NotIn':
    case 'StartsWith':
      return { match, operator, values: strings(operand) };
    case 'GreaterThan':
    case 'LessThan':
    case 'EqualTo':
    case 'NotEqualTo': {
      const limit = number(operand);
      return limit === undefined ? `${operator} of ${match} has no number` : { match, operator, value: limit };
    }
    case 'IsPresent':
      return { match, operator, present: flag(operand) };
    default:
      return `the operator ${operator} of ${match} is not known`;
  }
}

function parse(text: string): Json | undefined {
  try {
    return record(JSON.parse(text));
  } catch {
    return undefined;
  }
}
