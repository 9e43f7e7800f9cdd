import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Api } from '../../definition/api.ts';
import { ADDRESS_WINDOW_SECONDS, defaultAddressLimit } from '../../limits/index.ts';
import { invalid, within } from '../invalid.ts';
import type { LogSettings } from '../logs.ts';
import { managedRule, rateRule, visibility } from './rules.ts';
import { logBlocked } from './wafLogs.ts';

/** The managed rule groups that a web ACL starts with. */
export type ManagedGroup = 'common' | 'knownBadInputs' | 'sqlInjection';

/** How the web ACL differs from its defaults. */
export interface WafProps {
  /**
   * Requests that one address may send in five minutes, 10–2,000,000,000.
   * @default - twice what the fastest tier may send in that time and at least 2,000, so that no client is taken for a
   * flood while it keeps to its tier
   */
  readonly ipLimit?: number;
  /** Managed groups to leave out, each with the reason, which is kept in the template. @default - none is left out */
  readonly without?: { readonly [Group in ManagedGroup]?: string };
  /** Keeps a log of what was blocked or counted, without the `Authorization` header. @default - metrics alone */
  readonly logs?: boolean;
}

/** What the web ACL needs to know. */
export interface WafParts {
  readonly api: Api;
  readonly stage: Stage;
  readonly logs: LogSettings;
}

/** AWS managed groups in the order in which they are evaluated; 700, 200 and 200 capacity units of 1,500. */
const MANAGED: Readonly<Record<ManagedGroup, string>> = {
  common: 'AWSManagedRulesCommonRuleSet',
  knownBadInputs: 'AWSManagedRulesKnownBadInputsRuleSet',
  sqlInjection: 'AWSManagedRulesSQLiRuleSet',
};
/** WAF quotas: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html */
const LIMIT_BOUNDS = { min: 10, max: 2_000_000_000, mend: 'It is a number of requests in five minutes.' };
const SHORTEST_REASON = 8;

/**
 * The web ACL of an API, associated with its stage.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function createWebAcl(scope: Construct, { api, stage, logs }: WafParts, props: WafProps): CfnWebACL {
  const name = stage.restApi.restApiName;
  const without = props.without ?? {};
  for (const [group, reason] of Object.entries(without)) requireReason(group, reason);
  const groups = (Object.keys(MANAGED) as ManagedGroup[]).filter((group) => without[group] === undefined);
  const limit = within('waf.ipLimit', props.ipLimit ?? defaultAddressLimit(api), LIMIT_BOUNDS);
  const rate = rateRule(name, limit, ADDRESS_WINDOW_SECONDS);
  const acl = new CfnWebACL(scope, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    description: `Floods and known attacks against ${api.name}`,
    visibilityConfig: visibility(name),
    customResponseBodies: rate.bodies,
    rules: [rate.rule, ...groups.map((group, i) => managedRule(name, MANAGED[group], i + 1))],
  });
  if (Object.keys(without).length > 0) acl.addMetadata('secure-api', { without });
  new CfnWebACLAssociation(scope, 'WebAclAssociation', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  if (props.logs === true) logBlocked(scope, acl, logs);
  return acl;
}

function requireReason(group: string, reason: string): void {
  if (group in MANAGED && reason.trim().length >= SHORTEST_REASON) return;
  throw invalid({
    place: `waf.without.${group}`,
    found: JSON.stringify(reason),
    expected: `one of ${Object.keys(MANAGED).join(', ')}, with a reason of at least ${SHORTEST_REASON} characters`,
    mend: 'Write why the group is not needed, for whoever reviews the stack.',
  });
}
