/**
 * AWS's common rules block requests without one.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
export const USER_AGENT = 'secure-api-canary';
