/** What a service accepts as a trust store. */
export interface TrustStoreLimits {
  readonly service: string;
  readonly certificates: number;
  readonly bytes: number;
  /** Of one certificate. */
  readonly certificateBytes: number;
  /** Of RSA keys; undefined: at least 2048. */
  readonly rsaBits?: readonly number[];
  /** Whether blank lines are allowed between certificates. */
  readonly blankLines: boolean;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html */
export const API_GATEWAY: TrustStoreLimits = {
  service: 'API Gateway',
  certificates: 1000,
  bytes: 1_048_576,
  certificateBytes: 1_048_576,
  blankLines: true,
};
/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#quotas-mtls and
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/trust-stores-certificate-management.html
 */
export const CLOUD_FRONT: TrustStoreLimits = {
  service: 'CloudFront',
  certificates: 25,
  bytes: 65_536,
  certificateBytes: 16_384,
  rsaBits: [2048, 3072, 4096],
  blankLines: false,
};
