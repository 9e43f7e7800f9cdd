import { Names } from 'aws-cdk-lib';
import { CfnRegexPatternSet } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { ORIGIN_HEADER } from '../../../lambdas/shared/edgeHeaders.ts';
import type { RuleDraft } from '../edge/rules.ts';

/** No header has this value (RFC 9110, section 5.5): nothing is accepted until the function has written the first one. */
const NOTHING = '^\\x00$';

/** With its ending 128. https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateRegexPatternSet.html */
const LONGEST_NAME = 120;

/** What the web ACL of an API behind CloudFront accepts. The function of the secret writes its values, so the template has none. */
export function acceptedSecrets(scope: Construct): CfnRegexPatternSet {
  return new CfnRegexPatternSet(scope, 'OriginSecrets', {
    name: `${Names.uniqueResourceName(scope, { maxLength: LONGEST_NAME, separator: '-' })}-origin`,
    scope: 'REGIONAL',
    regularExpressionList: [NOTHING],
  });
}

/** Blocks what did not come through the distribution, with 403 `waf-blocked`: it names neither the header nor the distribution. */
export function originDraft(secrets: CfnRegexPatternSet): RuleDraft {
  const regexPatternSetReferenceStatement = {
    arn: secrets.attrArn,
    fieldToMatch: { singleHeader: { Name: ORIGIN_HEADER } },
    textTransformations: [{ priority: 0, type: 'NONE' }],
  };
  return { name: 'origin', statement: { notStatement: { statement: { regexPatternSetReferenceStatement } } } };
}
