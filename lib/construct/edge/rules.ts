import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { PROBLEMS, problemType, WEB_ACL_BODIES } from '../../../lambdas/shared/problems.ts';

/** A statement of the web ACL. */
export type Statement = CfnWebACL.StatementProperty;

/** A header of a response that WAF sends itself; its value has at most 255 characters. */
export interface ResponseHeader {
  readonly name: string;
  readonly value: string;
}

/** What all rules of a web ACL have in common. */
export interface RuleContext {
  readonly apiName: string;
  /** Of every response, besides its own. */
  readonly headers: readonly ResponseHeader[];
}

/** A rule before it has a priority in the web ACL. */
export interface RuleDraft {
  readonly name: string;
  readonly statement: Statement;
  /** Returned in place of WAF's 403, which the gateway response `WAF_FILTERED` turns into a problem document. */
  readonly response?: CustomResponse;
}

/** A problem document that WAF returns itself. WAF fixes the media type of JSON responses to `application/json`. */
export interface CustomResponse {
  /** Key of the body in the catalogue of problems. */
  readonly key: keyof typeof WEB_ACL_BODIES;
  readonly retryAfterSeconds?: number;
}

/** https://docs.aws.amazon.com/waf/latest/APIReference/API_VisibilityConfig.html */
const LONGEST_METRIC_NAME = 128;
/**
 * Counted, not blocked: they reject bodies above 8,192 bytes, queries above 2,048 and paths above 1,024, which a definition can
 * allow. Each route declares its maximum (`maxBodyBytes`, `maxUrlBytes`), and the handler rejects what is larger with 413 or
 * 414. All other common rules block.
 */
const COUNTED_RULES = ['SizeRestrictions_BODY', 'SizeRestrictions_QUERYSTRING', 'SizeRestrictions_URIPATH'];
const COMMON = 'AWSManagedRulesCommonRuleSet';
/** The labels of requests that they counted. */
export const COUNTED_LABELS = ['Body', 'QueryString', 'URIPath'].map(
  (part) => `awswaf:managed:aws:core-rule-set:SizeRestrictions_${part}`,
);

/** A rule of the construct, which blocks what it matches. */
export function blockingRule(
  { apiName, headers }: RuleContext,
  draft: RuleDraft,
  priority: number,
): CfnWebACL.RuleProperty {
  const { name, statement, response } = draft;
  return {
    name,
    priority,
    statement,
    action: { block: response === undefined ? {} : { customResponse: responseOf(response, headers) } },
    visibilityConfig: visibility(`${apiName}-${name}`.slice(0, LONGEST_METRIC_NAME)),
  };
}

/** The bodies of all custom responses, by their keys. */
export function responseBodies(
  drafts: readonly RuleDraft[],
  problemTypeBase?: string,
): Record<string, CfnWebACL.CustomResponseBodyProperty> {
  return Object.fromEntries(
    drafts.flatMap(({ response }) => {
      if (response === undefined) return [];
      const { code, detail } = WEB_ACL_BODIES[response.key];
      const { title, status } = PROBLEMS[code];
      const content = JSON.stringify({ type: problemType(code, problemTypeBase), title, status, detail, code });
      return [[response.key, { contentType: 'APPLICATION_JSON', content }] as const];
    }),
  );
}

/**
 * A rule group that AWS maintains. What it matches is blocked with 403 (`waf-blocked`), except by the rules that are
 * `labelled`: a later rule decides on those.
 */
export function managedRule(
  apiName: string,
  name: string,
  { priority, labelled }: { readonly priority: number; readonly labelled: readonly string[] },
): CfnWebACL.RuleProperty {
  const counted = [...(name === COMMON ? COUNTED_RULES : []), ...labelled];
  const ruleActionOverrides = counted.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ...(ruleActionOverrides.length === 0 ? {} : { ruleActionOverrides }),
      },
    },
    visibilityConfig: visibility(`${apiName}-${name}`),
  };
}

/** Metrics, and samples of requests: WAF keeps them for three hours, and redacts them as `protectedData` says. */
export function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}

function responseOf(
  { key, retryAfterSeconds }: CustomResponse,
  common: readonly ResponseHeader[],
): CfnWebACL.CustomResponseProperty {
  const retry = retryAfterSeconds === undefined ? [] : [{ name: 'Retry-After', value: String(retryAfterSeconds) }];
  const headers = [...retry, ...common];
  return {
    responseCode: PROBLEMS[WEB_ACL_BODIES[key].code].status,
    customResponseBodyKey: key,
    responseHeaders: headers,
  };
}
