import type { Route } from '../../definition/api.ts';
import type { BodyRules } from '../../definition/requestBody.ts';
import { all, any, routesStatement } from './paths.ts';
import type { RuleDraft, Statement } from './rules.ts';

/**
 * Rules of the managed groups that inspect bodies. Files match them by chance: markup in the metadata of photos, fragments
 * of SQL in compressed bytes.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html
 */
const BODY_RULES: Readonly<Record<string, { readonly namespace: string; readonly rules: readonly string[] }>> = {
  AWSManagedRulesCommonRuleSet: {
    namespace: 'core-rule-set',
    rules: ['EC2MetaDataSSRF', 'GenericLFI', 'GenericRFI', 'CrossSiteScripting'],
  },
  AWSManagedRulesKnownBadInputsRuleSet: {
    namespace: 'known-bad-inputs',
    rules: ['JavaDeserializationRCE', 'Log4JRCE', 'ReactJSRCE'],
  },
  AWSManagedRulesSQLiRuleSet: { namespace: 'sql-database', rules: ['SQLi', 'SQLiExtendedPatterns'] },
};

/** Whether a body consists of bytes that only the handler understands. */
export function takesBytes({ binaryTypes = [] }: BodyRules): boolean {
  return binaryTypes.length > 0;
}

/** The routes that take files, or bytes without a schema. */
export function fileRoutes(routes: readonly Route[]): readonly Route[] {
  return routes.filter(({ upload, body }) => upload !== undefined || (body !== undefined && takesBytes(body)));
}

/** The rules of a managed group that only label a request, so that {@link bodyAttackDraft} decides. */
export function labelledRules(group: string, routes: readonly Route[]): readonly string[] {
  if (fileRoutes(routes).length === 0) return [];
  return (BODY_RULES[group]?.rules ?? []).map((rule) => `${rule}_BODY`);
}

/**
 * Blocks what the managed groups found in a body, but not in a file or in raw bytes: the function inspects files, and the handler
 * bytes. The rule follows the groups. Without such a route the groups block by themselves, and there is no such rule.
 */
export function bodyAttackDraft(
  groups: readonly string[],
  routes: readonly Route[],
  stageName: string,
): RuleDraft | undefined {
  const labels = bodyLabels(groups, routes);
  if (labels.length === 0) return undefined;
  const found = any(labels.map((key) => ({ labelMatchStatement: { scope: 'LABEL', key } })));
  return { name: 'attacks-in-bodies', statement: all([found, outsideOf(fileRoutes(routes), stageName)]) };
}

/** The labels of what these groups found in a body, where they only label it. */
export function bodyLabels(groups: readonly string[], routes: readonly Route[]): readonly string[] {
  if (fileRoutes(routes).length === 0) return [];
  return groups.flatMap((group) => {
    const { namespace, rules } = BODY_RULES[group] ?? { namespace: '', rules: [] };
    return rules.map((rule) => `awswaf:managed:aws:${namespace}:${rule}_Body`);
  });
}

/** Matches every request that is not to one of these routes. */
export function outsideOf(routes: readonly Route[], stageName: string): Statement {
  return { notStatement: { statement: routesStatement(routes, stageName) } };
}
