import type { CfnDomainName, DomainName } from 'aws-cdk-lib/aws-apigateway';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { CloudFrontSettings } from '../edge/transport.ts';
import { readTrustStore } from '../mtls/trustStore.ts';
import { API_GATEWAY } from '../mtls/trustStoreLimits.ts';

/**
 * Lets the regional domains accept only connections with the certificate of the distribution, where it has one.
 *
 * @throws {ConfigError} `edge-invalid`.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-mtls-authentication.html
 */
export function trustOrigin(
  scope: Construct,
  settings: CloudFrontSettings | undefined,
  domains: readonly DomainName[],
): void {
  if (settings?.originTrustStore === undefined) return;
  const { path } = readTrustStore({
    code: 'edge-invalid',
    location: 'edge.originTrustStore',
    file: settings.originTrustStore,
    limits: API_GATEWAY,
  });
  const asset = new Asset(scope, 'OriginTrustStore', { path });
  for (const domain of domains) {
    (domain.node.defaultChild as CfnDomainName).mutualTlsAuthentication = { truststoreUri: asset.s3ObjectUrl };
  }
}
