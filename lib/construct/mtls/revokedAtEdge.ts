import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type {
  RevokedCertificatesEnvironment,
  RevokedCertificatesSettings,
} from '../../../lambdas/shared/wireContract.ts';
import type { Placement } from '../cloudfront/placement.ts';
import type { MtlsSettings } from '../edge/transport.ts';
import type { FunctionProps } from '../functions/function.ts';
import { scheduledFunction } from '../functions/scheduledFunction.ts';
import { type RevocationAtEdge, revocationAtEdge } from './connectionFunction.ts';
import type { TrustStore } from './trustStore.ts';

/** Which certificates are revoked. */
export interface RevocationSource extends Pick<TrustStore, 'certificates'> {
  readonly bucket: Bucket;
  /** The keys of the lists in it. */
  readonly keys: readonly string[];
}

const MEMORY_MB = 256;
const TIMEOUT_SECONDS = 55;
/** The shortest of EventBridge. A revocation works at the edge within this time and some seconds. */
const PERIOD = Duration.minutes(1);
const NEXT_RUN_REPEATS = 'A lost run does no harm: the next one, a minute later, copies the same lists.';

/** The connection function that denies revoked certificates, and the function that copies the lists of the API's stack to its store. */
export function revokedAtEdge(
  placement: Placement,
  {
    revocation,
    mode,
    ...props
  }: FunctionProps & { readonly revocation?: RevocationSource; readonly mode: MtlsSettings['mode'] },
): (RevocationAtEdge & { readonly copies: LambdaFunction }) | undefined {
  if (revocation === undefined) return undefined;
  const { bucket, keys, certificates } = revocation;
  const scope = new Construct(placement.scope, 'Revocation');
  const atEdge = revocationAtEdge(scope, placement.name, mode);
  const settings: RevokedCertificatesSettings = {
    storeArn: atEdge.store.attrArn,
    bucket: placement.crossStackValue('RevocationBucket', bucket.bucketName),
    region: Stack.of(bucket).region,
  };
  const environment: RevokedCertificatesEnvironment = {
    SECURE_API_REVOKED_CERTIFICATES: Stack.of(scope).toJsonString(settings),
  };
  const arn = placement.crossStackValue('RevocationBucketArn', bucket.bucketArn);
  const actions = ['DescribeKeyValueStore', 'GetKey', 'ListKeys', 'UpdateKeys'];
  const copies = scheduledFunction(scope, props, {
    code: { module: 'certificateRevocation/copyRevoked', arguments: JSON.stringify(certificates) },
    does: 'copies which client certificates are revoked to CloudFront',
    every: PERIOD,
    notRepeatedBecause: NEXT_RUN_REPEATS,
    environment,
    memoryMb: MEMORY_MB,
    timeoutSeconds: TIMEOUT_SECONDS,
    permissions: {
      'Reads which client certificates are revoked.': new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: keys.map((key) => `${arn}/${key}`),
      }),
      'Distinguishes a missing list from one that it is not allowed to read: S3 returns 403 for both without it.':
        new PolicyStatement({
          actions: ['s3:ListBucket'],
          resources: [arn],
        }),
      'Writes the serial numbers of revoked certificates for the connection function.': new PolicyStatement({
        actions: actions.map((action) => `cloudfront-keyvaluestore:${action}`),
        resources: [atEdge.store.attrArn],
      }),
    },
  });
  return { ...atEdge, copies };
}
