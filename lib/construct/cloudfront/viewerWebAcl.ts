import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { CorsPolicy } from '../../../lambdas/shared/cors.ts';
import type { Api } from '../../definition/api.ts';
import { rateRules } from '../../limits/index.ts';
import { blockHeaders } from '../edge/blockHeaders.ts';
import { protectedData } from '../edge/dataProtection.ts';
import { listDrafts } from '../edge/listRules.ts';
import { rateDraft } from '../edge/rateRules.ts';
import { blockingRule, responseBodies, visibility } from '../edge/rules.ts';
import type { WafProps } from '../edge/webAcl.ts';

/** What the web ACL of a distribution is made for. */
export interface ViewerWebAclParts {
  readonly api: Api;
  /** Unique in the region. */
  readonly name: string;
  readonly stageName: string;
  readonly cors?: CorsPolicy;
  /** Adds `preload` to Strict-Transport-Security. */
  readonly hstsPreload: boolean;
  readonly problemTypeBase?: string;
  readonly waf?: WafProps;
}

/**
 * The web ACL of a distribution: what counts or compares addresses of clients, because the API sees those of CloudFront. What counts tokens or
 * reads bodies is in the web ACL of the API.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function viewerWebAcl(scope: Construct, parts: ViewerWebAclParts): CfnWebACL {
  const { api, stageName, cors, hstsPreload, problemTypeBase, waf = {} } = parts;
  const name = `${parts.name}-viewer`;
  const byAddress = rateRules(api, waf).filter(({ by }) => by === 'address');
  const drafts = [...listDrafts(scope, waf, 'CLOUDFRONT'), ...byAddress.map((rule) => rateDraft(rule, stageName))];
  const responses = drafts.filter(({ response }) => response !== undefined).length;
  const context = { apiName: name, headers: blockHeaders({ cors, hstsPreload }, responses) };
  return new CfnWebACL(scope, 'WebAcl', {
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    description: `Floods against ${api.name} by address`,
    visibilityConfig: visibility(name),
    customResponseBodies: responseBodies(drafts, problemTypeBase),
    dataProtectionConfig: protectedData(),
    rules: drafts.map((draft, priority) => blockingRule(context, draft, priority)),
  });
}
