/**
 * The rules of AWS's managed rule groups that AWS publishes: the sizes in the common group.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
import { isRecord, type Json, list, record, string } from '../../assembly/values.ts';
import type { IncomingRequest } from '../incomingRequest.ts';
import type { StatementTest } from './matchStatements.ts';

const COMMON = 'AWSManagedRulesCommonRuleSet';

/** Of the labels that its rules add: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html */
const LABELS = 'awswaf:managed:aws:core-rule-set:';
const LABEL_ENDINGS: Readonly<Record<string, string>> = { BODY: 'Body', HEADER: 'Header', QUERYSTRING: 'QueryString' };

/** Bytes above which a rule matches, and how it counts them. */
const SIZE_RULES: Readonly<Record<string, readonly [limit: number, (request: IncomingRequest) => number]>> = {
  SizeRestrictions_QUERYSTRING: [2_048, ({ queryBytes }) => queryBytes],
  SizeRestrictions_URIPATH: [1_024, ({ path }) => Buffer.byteLength(path)],
  SizeRestrictions_Cookie_HEADER: [10_240, ({ headers }) => Buffer.byteLength((headers['cookie'] ?? []).join('; '))],
  SizeRestrictions_BODY: [8_192, ({ body }) => body.length],
};

/**
 * Compiles a managed rule group. A rule that the statement overrides, to count for example, does not match. Whether one of the
 * rules that are not published would match is unknown.
 *
 * @param inScope - the test of the scope-down statement.
 */
export function compileManagedGroup(statement: Json, inScope: StatementTest): StatementTest {
  const rules = string(statement['Name']) === COMMON ? activeRules(statement) : [];
  return (request) => {
    const counts = rules.length === 0 ? undefined : inScope(request);
    if (counts !== true) return counts;
    return rules.some(([limit, size]) => size(request) > limit) ? true : undefined;
  };
}

function activeRules(statement: Json) {
  const names = overriddenRules(statement);
  return Object.entries(SIZE_RULES).flatMap(([name, rule]) => (names.includes(name) ? [] : [rule]));
}

function overriddenRules(statement: Json): readonly (string | undefined)[] {
  const overrides = list(statement['RuleActionOverrides']).map(record);
  const overridden = overrides.filter(
    ({ ActionToUse }) => !(isRecord(ActionToUse) && ActionToUse['Block'] !== undefined),
  );
  return [...overridden, ...list(statement['ExcludedRules']).map(record)].map(({ Name }) => string(Name));
}

/** What the rules of a group find in a request, for its log. */
export interface GroupFindings {
  /** The rule that blocks. */
  readonly terminating?: string;
  /** Rules that count, because the statement overrides them. */
  readonly counted: readonly string[];
  readonly labels: readonly string[];
}

/** Reads what the rules of a group find; those after the one that blocks are not evaluated. */
export function groupFindings(statement: Json): (request: IncomingRequest) => GroupFindings {
  if (string(statement['Name']) !== COMMON) return () => ({ counted: [], labels: [] });
  const overridden = overriddenRules(statement);
  return (request) => {
    const counted: string[] = [];
    for (const [name, [limit, size]] of Object.entries(SIZE_RULES)) {
      if (size(request) <= limit) continue;
      if (!overridden.includes(name)) return { terminating: name, counted, labels: [...counted, name].map(labelOf) };
      counted.push(name);
    }
    return { counted, labels: counted.map(labelOf) };
  };
}

function labelOf(rule: string): string {
  return LABELS + rule.replace(/[A-Z]+$/, (ending) => LABEL_ENDINGS[ending] ?? ending);
}

/** Whether the group's own actions apply; an override of the group makes them count. */
export function isGroupInForce(rule: Json): boolean {
  return isRecord(rule['OverrideAction']) && rule['OverrideAction']['Count'] === undefined;
}
