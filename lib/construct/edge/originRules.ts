import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import {
  ALLOW_ORIGIN,
  ALLOWED_ORIGIN_HEADER,
  type CorsPolicy,
  commonCorsHeaders,
  fixedOrigin,
} from '../../../lambdas/shared/cors.ts';
import { any } from './paths.ts';
import type { ResponseHeader, Statement } from './rules.ts';
import { visibility } from './rules.ts';

/**
 * Rules that pass on the origin that gateway responses allow, where there are several: a gateway response sends a fixed value or
 * a header of the request, and the web ACL is the only part before it that compares strings.
 *
 * Exactly one rule matches a request, and WAF overwrites a header that the client sends under this name, so no gateway response
 * can have an origin that is not listed. A request without a listed origin gets the first one, which no other page can use.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-incoming-request.html
 */
export function originRules(apiName: string, cors: CorsPolicy | undefined): readonly CfnWebACL.RuleProperty[] {
  if (cors === undefined || fixedOrigin(cors) !== undefined) return [];
  const [first = '', ...others] = cors.origins;
  const passOn = (origin: string, statement: Statement, priority: number): CfnWebACL.RuleProperty => ({
    name: `origin-${priority}`,
    priority,
    statement,
    action: {
      count: { customRequestHandling: { insertHeaders: [{ name: ALLOWED_ORIGIN_HEADER.name, value: origin }] } },
    },
    visibilityConfig: visibility(`${apiName}-origin-${priority}`),
  });
  return [
    passOn(first, { notStatement: { statement: any(others.map(isFrom)) } }, 0),
    ...others.map((origin, i) => passOn(origin, isFrom(origin), i + 1)),
  ];
}

/**
 * The headers of the web ACL's own responses. They are fixed: with several origins only pages of the first can read them. A value
 * has at most 255 characters, so they expose what they send and nothing else.
 */
export function blockHeaders(cors: CorsPolicy | undefined): readonly ResponseHeader[] {
  const [origin] = cors?.origins ?? [];
  if (cors === undefined || origin === undefined) return [];
  const headers = { [ALLOW_ORIGIN]: origin, ...commonCorsHeaders({ ...cors, exposeHeaders: ['Retry-After'] }) };
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

function isFrom(origin: string): Statement {
  return {
    byteMatchStatement: {
      searchString: origin,
      fieldToMatch: { singleHeader: { Name: 'origin' } },
      positionalConstraint: 'EXACTLY',
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}
