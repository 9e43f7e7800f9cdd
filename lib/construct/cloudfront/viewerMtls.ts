import { resolve } from 'node:path';
import { CfnTrustStore } from 'aws-cdk-lib/aws-cloudfront';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { CLOUDFRONT_REGION } from '../../definition/edgeStack.ts';
import type { MtlsSettings } from '../edge/transport.ts';
import type { RevocationAtEdge } from '../mtls/connectionFunction.ts';
import type { DistributionParts } from './distribution.ts';

/**
 * Asks viewers for certificates, and accepts those of the trust store that have not expired. The connection function denies revoked ones, where
 * there is one. The authorizer decides which client a certificate belongs to.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/mtls-authentication.html
 */
export function viewerMtls(
  scope: Construct,
  name: string,
  { trustStore: file, mode }: MtlsSettings,
  revocation: RevocationAtEdge | undefined,
): DistributionParts['viewerMtls'] {
  const asset = new Asset(scope, 'TrustedCas', { path: resolve(file) });
  const { s3BucketName: bucket, s3ObjectKey: key } = asset;
  const trustStore = new CfnTrustStore(scope, 'TrustStore', {
    name,
    caCertificatesBundleSource: { caCertificatesBundleS3Location: { bucket, key, region: CLOUDFRONT_REGION } },
  });
  return {
    ...(revocation && { connectionFunctionAssociation: { id: revocation.connectionFunction.attrId } }),
    viewerMtlsConfig: {
      mode,
      trustStoreConfig: {
        trustStoreId: trustStore.attrId,
        advertiseTrustStoreCaNames: true,
        ignoreCertificateExpiry: false,
      },
    },
  };
}
