import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { ALLOWED_ORIGIN_HEADER, type CorsPolicy, fixedOrigin } from '../../../lambdas/shared/cors.ts';
import { any } from './paths.ts';
import type { Statement } from './rules.ts';
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
