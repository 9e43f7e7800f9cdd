import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type CfnRegexPatternSet, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { CorsPolicy } from '../../../lambdas/shared/cors.ts';
import type { Api } from '../../definition/api.ts';
import { formatValue } from '../../definition/checks/check.ts';
import { rateRules } from '../../limits/index.ts';
import { originDraft } from '../cloudfront/originRule.ts';
import { invalid } from '../invalid.ts';
import type { LogSettings } from '../logs.ts';
import { blockHeaders } from './blockHeaders.ts';
import { bodyDraft, bodyInspection } from './bodyRule.ts';
import { protectedData } from './dataProtection.ts';
import { bodyAttackDraft, bodyLabels, labelledRules } from './fileRules.ts';
import { type AddressLists, type CountryList, listDrafts } from './listRules.ts';
import { originRules } from './originRules.ts';
import { rateDraft } from './rateRules.ts';
import { blockingRule, COUNTED_LABELS, managedRule, responseBodies, visibility } from './rules.ts';
import { logBlocked } from './webAclLogs.ts';

/** The managed rule groups that a web ACL starts with. */
export type ManagedGroup = 'common' | 'knownBadInputs' | 'sqlInjection';

/** How the web ACL differs from its defaults. */
export interface WafProps {
  /**
   * Requests in five minutes that one address is allowed to send, 10–2,000,000,000.
   * @default - twice what the fastest tier allows in that time and at least 2,000, so that no client within its tier counts
   * as a flood
   */
  readonly ipLimit?: number;
  /**
   * Requests in five minutes that are allowed with one token from all addresses together, 10–2,000,000,000; `false` for no
   * limit. It limits a stolen token that many clients use. Requests without a token count by address alone.
   * @default - the same number as the default of `ipLimit`
   */
  readonly tokenLimit?: number | false;
  /** Addresses that are allowed to call. @default - all */
  readonly addresses?: AddressLists;
  /** Countries that are allowed to call. @default - all */
  readonly countries?: CountryList;
  /**
   * Managed groups to leave out, each with a reason of at least 8 characters for the template.
   * @default - none is left out
   */
  readonly without?: { readonly [Group in ManagedGroup]?: string };
  /**
   * `false` for no log of blocked and counted requests. The log has rule, address, method and path, and `REDACTED` in place of headers,
   * cookies, query and body. Alarms then name neither rules nor their addresses. The log takes one of the ten resource policies of
   * CloudWatch Logs that a region holds.
   * @default - logs them, as long as the other logs are kept
   */
  readonly logs?: boolean;
}

/** What a web ACL is made for. */
export interface WebAclParts {
  readonly api: Api;
  readonly stage: Stage;
  /** The name itself: that of the stage is a token, whose length is unknown. */
  readonly stageName: string;
  readonly logs: LogSettings;
  /** Which pages of other origins can read its responses. @default - none */
  readonly cors?: CorsPolicy;
  /** Adds `preload` to Strict-Transport-Security. */
  readonly hstsPreload: boolean;
  readonly problemTypeBase?: string;
  /** What it accepts from CloudFront, whose own web ACL has the rules by address. @default - clients reach the API directly */
  readonly secrets?: CfnRegexPatternSet;
}

/** A web ACL, and what it logs. */
export interface CreatedWebAcl {
  readonly webAcl: CfnWebACL;
  /** What it blocked and counted. @default - nothing is logged */
  readonly log?: LogGroup;
}

/** AWS managed groups in the order in which they are evaluated; 700, 200 and 200 capacity units of 1,500. */
const MANAGED: Readonly<Record<ManagedGroup, string>> = {
  common: 'AWSManagedRulesCommonRuleSet',
  knownBadInputs: 'AWSManagedRulesKnownBadInputsRuleSet',
  sqlInjection: 'AWSManagedRulesSQLiRuleSet',
};
const SHORTEST_REASON = 8;

/**
 * The web ACL of an API, associated with its stage: lists first, then the rules that count, the one for bodies, and the
 * managed groups, so that cheap checks run first, and last the rule for what the groups found in bodies that are not files.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function createWebAcl(
  scope: Construct,
  { api, stage, stageName, logs, cors, hstsPreload, problemTypeBase, secrets }: WebAclParts,
  props: WafProps,
): CreatedWebAcl {
  const name = stage.restApi.restApiName;
  const without = props.without ?? {};
  for (const [group, reason] of Object.entries(without)) if (reason !== undefined) requireReason(group, reason);
  const groups = (Object.keys(MANAGED) as ManagedGroup[]).filter((group) => without[group] === undefined);
  const drafts = [
    ...(secrets === undefined ? listDrafts(scope, props) : [originDraft(secrets)]),
    ...rateRules(api, props)
      .filter(({ by }) => secrets === undefined || by !== 'address')
      .map((rule) => rateDraft(rule, stageName)),
    bodyDraft(api, stageName),
  ];
  const responses = drafts.filter(({ response }) => response !== undefined).length;
  const context = { apiName: name, headers: blockHeaders({ cors, hstsPreload }, responses) };
  const origins = originRules(name, cors);
  const own = [...origins, ...drafts.map((draft, i) => blockingRule(context, draft, origins.length + i))];
  const routes = Object.values(api.routes);
  const managed = groups.map((group, i) => {
    const options = { priority: own.length + i, labelled: labelledRules(MANAGED[group], routes) };
    return managedRule(name, MANAGED[group], options);
  });
  const managedNames = groups.map((group) => MANAGED[group]);
  const attacks = bodyAttackDraft(managedNames, routes, stageName);
  const last = attacks === undefined ? [] : [blockingRule(context, attacks, own.length + managed.length)];
  const webAcl = new CfnWebACL(scope, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    description: `Floods and known attacks against ${api.name}`,
    visibilityConfig: visibility(name),
    customResponseBodies: responseBodies(drafts, problemTypeBase),
    associationConfig: bodyInspection(api),
    dataProtectionConfig: protectedData(),
    rules: [...own, ...managed, ...last],
  });
  if (Object.keys(without).length > 0) webAcl.addMetadata('secure-api', { without });
  new CfnWebACLAssociation(scope, 'WebAclAssociation', { resourceArn: stage.stageArn, webAclArn: webAcl.attrArn });
  if (props.logs === false) return { webAcl };
  const labels = [...COUNTED_LABELS, ...bodyLabels(managedNames, routes)];
  // The rules of origins count every request.
  const counted = origins.length === 0 ? undefined : labels;
  return { webAcl, log: logBlocked(scope, webAcl, { settings: logs, name, counted }) };
}

function requireReason(group: string, reason: string): void {
  if (group in MANAGED && reason.trim().length >= SHORTEST_REASON) return;
  throw invalid({
    location: `waf.without.${group}`,
    found: formatValue(reason),
    expected: `one of ${Object.keys(MANAGED).join(', ')}, with a reason of at least ${SHORTEST_REASON} characters`,
    fix: 'Write why the group is not needed, for the reviewers of the stack.',
  });
}
