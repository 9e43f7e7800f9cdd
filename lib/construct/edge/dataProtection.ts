import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

/** What a request can hold a secret in, except its path: https://docs.aws.amazon.com/waf/latest/APIReference/API_FieldToProtect.html */
const PROTECTED_FIELDS = ['SINGLE_HEADER', 'SINGLE_COOKIE', 'QUERY_STRING', 'BODY'];

/**
 * WAF replaces headers, cookies, query and body with `REDACTED` in everything that it keeps: its log, what its rules matched, the keys of rate
 * rules (the hash of a token) and sampled requests, which have no other redaction. A field without keys stands for all of them, so a header
 * with an unexpected name is redacted, too. Rules inspect the requests as they are.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/data-protection-masking.html
 */
export function protectedData(): CfnWebACL.DataProtectionConfigProperty {
  return { dataProtections: PROTECTED_FIELDS.map((fieldType) => ({ action: 'SUBSTITUTION', field: { fieldType } })) };
}
