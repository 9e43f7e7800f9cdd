import { createHash } from 'node:crypto';
import { Duration, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { CertificateSettings } from '../../definition/bundledTypes.ts';
import type { MtlsSettings, Transport } from '../edge/transport.ts';
import { invalid } from '../invalid.ts';
import { type Removal, statePolicy } from '../removal/removal.ts';
import { explain, explainActions } from '../serviceRole.ts';
import { DENIES_PLAIN_HTTP } from '../uploads/accessLogs.ts';
import { emptyOnRemoval } from '../uploads/emptyBucket.ts';
import { namesOfCode } from './deployedClients.ts';
import type { RevocationSource } from './revokedAtEdge.ts';
import { readTrustStore, type TrustStore } from './trustStore.ts';
import { API_GATEWAY, CLOUD_FRONT } from './trustStoreLimits.ts';

/** Props of `MutualTls`. */
export interface MutualTlsProps {
  readonly trustStore: TrustStore;
  /** Whether lists of revoked certificates are checked. */
  readonly revocation: boolean;
  readonly removal: Removal;
}

/** How long replaced lists are kept, to see what was revoked when. */
const KEPT = Duration.days(90);
/** The rights of the authorizer name each list, in a policy of limited size. */
const MOST_LISTS = 50;

/** What client certificates are checked with: the CAs that are accepted, and their lists of revoked certificates. */
export class MutualTls extends Construct {
  /** The file of CA certificates. A changed file gets another key, so that the domain reads it. */
  readonly trustStore: Asset;
  /** Holds the lists, with `revocation`: `crl/<SHA-256 of the CA certificate in hexadecimal>.pem`. */
  readonly revocationLists?: Bucket;

  readonly #certificates: readonly string[];
  readonly #keys: readonly string[];

  constructor(scope: Construct, id: string, { trustStore, revocation, removal }: MutualTlsProps) {
    super(scope, id);
    this.#certificates = trustStore.certificates;
    this.#keys = trustStore.certificates.map(keyOf);
    if (revocation && this.#keys.length > MOST_LISTS) {
      throw invalid({
        code: 'mtls-invalid',
        location: 'mtls.revocation',
        found: `${this.#keys.length} CAs`,
        expected: `at most ${MOST_LISTS} with revocation`,
        fix: 'Keep the CAs that issue certificates of clients, and remove the others.',
      });
    }
    this.trustStore = new Asset(this, 'TrustStore', { path: trustStore.path });
    if (revocation) this.revocationLists = listsBucket(this, removal);
  }

  /** The lists that CloudFront's copy of revoked certificates is made from. */
  get revocation(): RevocationSource | undefined {
    const { revocationLists: bucket } = this;
    return bucket && { bucket, keys: this.#keys, certificates: this.#certificates };
  }

  /** Lets the authorizer read the lists. */
  grantRead(authorizer: IGrantable): void {
    const { revocationLists: bucket } = this;
    if (bucket === undefined) return;
    explain(authorizer, 'Reads which client certificates are revoked.', () =>
      Grant.addToPrincipal({
        grantee: authorizer,
        actions: ['s3:GetObject'],
        resourceArns: this.#keys.map((key) => bucket.arnForObjects(key)),
      }),
    );
  }
}

function keyOf(certificate: string): string {
  return `crl/${createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex')}.pem`;
}

/** The CAs whose client certificates are accepted, checked for the service that reads them. */
export function trustStoreOf({ mtls, cloudFront }: Transport): TrustStore | undefined {
  if (mtls === undefined) return undefined;
  const limits = cloudFront === undefined ? API_GATEWAY : CLOUD_FRONT;
  return readTrustStore({ location: 'mtls.trustStore', file: mtls.trustStore, limits });
}

/** The construct of an API with mutual TLS. */
export function mutualTlsOf(
  scope: Construct,
  {
    mtls,
    trusted,
    removal,
  }: { readonly mtls?: MtlsSettings; readonly trusted?: TrustStore; readonly removal: Removal },
): MutualTls | undefined {
  if (mtls === undefined || trusted === undefined) return undefined;
  return new MutualTls(scope, 'MutualTls', { trustStore: trusted, revocation: mtls.revocation, removal });
}

/** What the authorizer has in its code. */
export function certificateSettings({ mode, client }: MtlsSettings, { certificates }: TrustStore): CertificateSettings {
  if (client === undefined) return { trustStore: certificates, mode };
  const names = client.names && namesOfCode(client.names);
  return { trustStore: certificates, mode, client: { from: client.from, ...(names && { names }) } };
}

function listsBucket(scope: Construct, removal: Removal): Bucket {
  const bucket = new Bucket(scope, 'RevocationLists', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    lifecycleRules: [{ id: 'replaced', noncurrentVersionExpiration: KEPT }],
    removalPolicy: statePolicy(removal),
  });
  explainActions(bucket, { 's3:*': DENIES_PLAIN_HTTP });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'It holds signed lists, which are public by their nature; CloudTrail records who replaced one.',
  });
  if (removal === 'destroy') emptyOnRemoval(scope, 'EmptyRevocationLists', bucket);
  return bucket;
}
