import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { allowBy } from '../serviceRole.ts';

/** The tag in which GuardDuty writes the result of a scan, and the only value that releases a file. */
export const SCAN_TAG = 'GuardDutyMalwareScanStatus';
const CLEAN = 'NO_THREATS_FOUND';
/**
 * The other values: a threat, a file that cannot be scanned (too large, password), no right to read it, a failure.
 * https://docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html
 */
export const REJECTED_STATUSES = ['THREATS_FOUND', 'UNSUPPORTED', 'ACCESS_DENIED', 'FAILED'];

/** Each way to set or remove tags; replicas bring their tags along. */
const TAGGING = [
  'PutObjectTagging',
  'PutObjectVersionTagging',
  'DeleteObjectTagging',
  'DeleteObjectVersionTagging',
  'ReplicateTags',
];

/** Reads to which the condition on a tag does not apply, so they are denied always. Nothing here uses them. */
const COPIES = ['GetObjectVersionForReplication', 'GetObjectTorrent', 'GetObjectVersionTorrent'];

/**
 * Denies reading to all except the scanner until the tag releases a file, and tagging to all except the scanner at all times.
 * Replication is denied to all. A denial overrides what other policies allow.
 *
 * @see https://docs.aws.amazon.com/guardduty/latest/ug/tag-based-access-s3-malware-protection.html
 */
export function quarantine(bucket: Bucket, scanner: IRole): void {
  const notScanner = { ArnNotEquals: { 'aws:PrincipalArn': scanner.roleArn } };
  const deny = (reason: string, sid: string, actions: string[], conditions: Record<string, Record<string, string>>) =>
    allowBy(
      bucket,
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions,
        resources: [bucket.arnForObjects('*')],
        conditions,
      }),
      reason,
    );
  deny(
    'Nobody but the scanner reads a file before its scan released it.',
    'NoReadUnlessClean',
    ['s3:GetObject', 's3:GetObjectVersion'],
    {
      ...notScanner,
      StringNotEquals: { [`s3:ExistingObjectTag/${SCAN_TAG}`]: CLEAN },
    },
  );
  deny(
    'Replication and torrents would read files past the condition on the tag.',
    'NoReplication',
    COPIES.map((action) => `s3:${action}`),
    {},
  );
  deny(
    'Only the scanner sets the tag that releases a file.',
    'OnlyTheScannerTags',
    TAGGING.map((action) => `s3:${action}`),
    notScanner,
  );
}
