/**
 * The rules of AWS's managed rule groups that AWS publishes: the sizes in the common group.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
import { isRecord, type Json, list, record, string } from '../../assembly/values.ts';
import type { IncomingRequest } from '../incomingRequest.ts';
import type { StatementTest } from './matchStatements.ts';

const COMMON = 'AWSManagedRulesCommonRuleSet';

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
  const overrides = list(statement['RuleActionOverrides']).map(record);
  const overridden = overrides.filter(
    ({ ActionToUse }) => !(isRecord(ActionToUse) && ActionToUse['Block'] !== undefined),
  );
  const names = [...overridden, ...list(statement['ExcludedRules']).map(record)].map(({ Name }) => string(Name));
  return Object.entries(SIZE_RULES).flatMap(([name, rule]) => (names.includes(name) ? [] : [rule]));
}

/** Whether the group's own actions apply; an override of the group makes them count. */
export function isGroupInForce(rule: Json): boolean {
  return isRecord(rule['OverrideAction']) && rule['OverrideAction']['Count'] === undefined;
}
