/** Of CloudFront's certificates, web ACLs, logs and metrics. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html */
export const CLOUDFRONT_REGION = 'us-east-1';

const SUFFIX = '-edge';

/** The name of the stack in us-east-1 that has the distributions of an API in another region. */
export function edgeStackName(stackName: string): string {
  return `${stackName}${SUFFIX}`;
}
