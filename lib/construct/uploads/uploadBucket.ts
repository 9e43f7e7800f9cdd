import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable, type IRole } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { isRecord, kind, type Members, object } from '../../definition/shape.ts';
import { requireShape, resource } from '../invalid.ts';
import { keepState } from '../removal/keepState.ts';
import { type Removal, removalShape, statePolicy } from '../removal/removal.ts';
import { explain, explainActions } from '../serviceRole.ts';
import { accessLogs, DENIES_PLAIN_HTTP } from './accessLogs.ts';
import { deleteOnRollback, emptyOnRemoval } from './emptyBucket.ts';
import { guardDutyRole, PROOF, scanByGuardDuty } from './guardDuty.ts';
import { quarantine, REJECTED_STATUSES, SCAN_TAG } from './quarantine.ts';

/** Props of `UploadBucket`. */
export interface UploadBucketProps {
  /**
   * Prefix of the keys of files, which are scanned; it ends with a slash.
   * @default - `uploads/`
   */
  readonly prefix?: string;
  /**
   * The role of your own scanner. It reads every file and sets the tag `GuardDutyMalwareScanStatus` to
   * `NO_THREATS_FOUND` or to one of the other results of GuardDuty; only it is allowed to set tags.
   * @default - GuardDuty Malware Protection scans each new file, at a price per gigabyte
   */
  readonly scanner?: IRole;
  /** How long a file is kept when its scan found a threat or failed. @default - one week */
  readonly keepRejected?: Duration;
  /** How long replaced and deleted files can be restored. @default - 30 days */
  readonly keepReplaced?: Duration;
  /** How long the log of requests for files is kept. @default - 90 days */
  readonly keepAccessLogs?: Duration;
  /**
   * What happens to the buckets and files when the stack is deleted. What protects the files stays as long as they do: the
   * policies of the buckets, and the scan. S3 itself rejects the deletion of a bucket with files, so `protect` adds nothing.
   * @default - `retain`: they stay
   */
  readonly removal?: Removal;
}

const duration = kind('a Duration', (value) => isRecord(value) && typeof value['toSeconds'] === 'function');
const PROPS: Members<UploadBucketProps> = {
  prefix: kind('a prefix that ends with a slash', (value) => typeof value === 'string' && /^[^/].*\/$/.test(value)),
  scanner: resource('a role', 'roleArn'),
  keepRejected: duration,
  keepReplaced: duration,
  keepAccessLogs: duration,
  removal: removalShape,
};

/**
 * A bucket for files that clients send: private, encrypted, versioned, over TLS 1.2 and newer alone. Every file is in
 * quarantine: only the scanner can read it until a scan has found no threat (tag-based access control), and only the scanner
 * can set the tag that releases it.
 *
 * @throws {ConfigError} `option-invalid`.
 * @see https://docs.aws.amazon.com/guardduty/latest/ug/tag-based-access-s3-malware-protection.html
 * @example
 * ```ts
 * const uploads = new UploadBucket(stack, 'Uploads');
 * uploads.grantPut(api.handler('addPhoto'));
 * api.handler('addPhoto').addEnvironment('BUCKET_NAME', uploads.bucket.bucketName);
 * ```
 */
export class UploadBucket extends Construct {
  readonly bucket: Bucket;
  /** Prefix of the keys of files. */
  readonly prefix: string;
  /** With `destroy`: makes writers of files go before the bucket is emptied. */
  private readonly goesBefore: (writer: IConstruct) => void = () => {};

  constructor(scope: Construct, id: string, props: UploadBucketProps = {}) {
    super(scope, id);
    requireShape(object(PROPS), props);
    const { removal = 'retain' } = props;
    const removalPolicy = statePolicy(removal);
    this.prefix = props.prefix ?? 'uploads/';
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: lifecycle(props),
      removalPolicy,
    });
    const logs = accessLogs(this, this.bucket, { keep: props.keepAccessLogs ?? Duration.days(90), removalPolicy });
    const scanner = props.scanner ?? guardDutyRole(this, this.bucket);
    explainActions(this.bucket, { 's3:*': DENIES_PLAIN_HTTP });
    quarantine(this.bucket, scanner);
    if (removal === 'destroy') {
      const emptied = emptyOnRemoval(this, 'Empty', this.bucket);
      // The policy of the bucket exempts the scanner, so it cannot depend on the bucket.
      this.goesBefore = (writer) => writer !== scanner && writer.node.addDependency(emptied);
      // S3 delivers logs for hours. Without the policy it cannot, so the bucket stays empty.
      logs.policy?.node.addDependency(emptyOnRemoval(this, 'EmptyAccessLogs', logs));
    }
    if (props.scanner === undefined) {
      const plan = scanByGuardDuty(this, { bucket: this.bucket, prefix: this.prefix, role: scanner });
      if (removal === 'destroy') this.goesBefore(plan);
      else plan.node.addDependency(deleteOnRollback(this, 'RemoveTestFile', this.bucket, PROOF));
    }
    keepState(this, removal === 'destroy' && logs.policy !== undefined ? [logs.policy] : []);
  }

  /** Lets a function put files, or sign forms that let clients put them. It cannot read, list, tag or delete any. */
  grantPut(grantee: IGrantable): Grant {
    const { grantPrincipal } = grantee;
    if (Construct.isConstruct(grantPrincipal)) this.goesBefore(grantPrincipal);
    return this.grant(grantee, ['s3:PutObject'], 'puts files under keys that are made for each');
  }

  /** Lets a function read released files; access to others is denied. */
  grantRead(grantee: IGrantable): Grant {
    return this.grant(grantee, ['s3:GetObject'], 'reads files that were released');
  }

  /** Lets a function read the result of a scan, and see that a file is missing (which requires the right to list). */
  grantStatus(grantee: IGrantable): Grant {
    const reason = 'Sees that a file is missing: without this right S3 returns 403 instead of 404.';
    const list = explain(grantee, reason, () =>
      Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] }),
    );
    return list.combine(this.grant(grantee, ['s3:GetObjectTagging'], 'sees what a scan found in files'));
  }

  /** Lets a function list the keys of files, with sizes and times, such as a sweep that compares them with a table. */
  grantList(grantee: IGrantable): Grant {
    return explain(grantee, 'Lists the keys of files, with sizes and times.', () =>
      Grant.addToPrincipal({
        grantee,
        actions: ['s3:ListBucket'],
        resourceArns: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': `${this.prefix}*` } },
      }),
    );
  }

  /** Lets a function delete files; they can be restored until `keepReplaced` ends. */
  grantDelete(grantee: IGrantable): Grant {
    return this.grant(grantee, ['s3:DeleteObject'], 'deletes files');
  }

  private grant(grantee: IGrantable, actions: string[], does: string): Grant {
    const { grantPrincipal } = grantee;
    const reason = `The function ${does}; the wildcard stands for what is in the bucket under ${this.prefix}.`;
    if (Construct.isConstruct(grantPrincipal)) {
      const bucketId = Stack.of(this).getLogicalId(resourceOf(this.bucket));
      Validations.of(grantPrincipal).acknowledge({
        id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/${this.prefix}*]`,
        reason,
      });
    }
    const resourceArns = [this.bucket.arnForObjects(`${this.prefix}*`)];
    return explain(grantee, reason, () => Grant.addToPrincipal({ grantee, actions, resourceArns }));
  }
}

/** S3 expires by prefix, age and tag. A file that was not scanned yet has no tag, so it stays. */
function lifecycle({ keepRejected, keepReplaced }: UploadBucketProps): LifecycleRule[] {
  const rejected = keepRejected ?? Duration.days(7);
  return [
    { id: 'unfinished', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    {
      id: 'replaced',
      noncurrentVersionExpiration: keepReplaced ?? Duration.days(30),
      expiredObjectDeleteMarker: true,
    },
    ...REJECTED_STATUSES.map((status) => ({
      id: `rejected-${status.toLowerCase().replaceAll('_', '-')}`,
      tagFilters: { [SCAN_TAG]: status },
      expiration: rejected,
    })),
  ];
}

function resourceOf(bucket: Bucket): CfnBucket {
  const resource = bucket.node.defaultChild;
  if (resource instanceof CfnBucket) return resource;
  throw new Error('Bucket without a CfnBucket');
}
