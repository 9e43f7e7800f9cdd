import { CfnResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

type Security = CfnResponseHeadersPolicy.SecurityHeadersConfigProperty;

const MAX_AGE = /max-age=(\d+)/;

/**
 * The headers that CloudFront has settings for; it takes them by no other way.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
 */
const SETTINGS: Readonly<Record<string, (value: string) => Security>> = {
  'strict-transport-security': (value) => ({
    strictTransportSecurity: {
      accessControlMaxAgeSec: Number(MAX_AGE.exec(value)?.[1]),
      includeSubdomains: value.includes('includeSubDomains'),
      preload: value.includes('preload'),
      override: false,
    },
  }),
  'x-content-type-options': () => ({ contentTypeOptions: { override: false } }),
  'referrer-policy': (referrerPolicy) => ({ referrerPolicy: { referrerPolicy, override: false } }),
  'content-security-policy': (contentSecurityPolicy) => ({
    contentSecurityPolicy: { contentSecurityPolicy, override: false },
  }),
};

/**
 * The headers of every response, where it has none yet: those of the API have them already, and a handler can have set another
 * value.
 */
export function responseHeaders(
  scope: Construct,
  name: string,
  headers: Readonly<Record<string, string>>,
): CfnResponseHeadersPolicy {
  const all = Object.entries(headers).map(
    ([header, value]) => [header, value, SETTINGS[header.toLowerCase()]] as const,
  );
  const security = all.flatMap(([, value, setting]) => (setting === undefined ? [] : [setting(value)]));
  const custom = all.flatMap(([header, value, setting]) =>
    setting === undefined ? [{ header, value, override: false }] : [],
  );
  return new CfnResponseHeadersPolicy(scope, 'ResponseHeaders', {
    responseHeadersPolicyConfig: {
      name,
      securityHeadersConfig: Object.assign({}, ...security) as Security,
      ...(custom.length === 0 ? {} : { customHeadersConfig: { items: custom } }),
    },
  });
}
