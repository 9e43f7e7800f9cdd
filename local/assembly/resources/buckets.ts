import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { BucketDenial, BucketModel } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { record, string, strings } from '../values.ts';
import { readBucketPolicy, SCAN_TAG_KEY } from './bucketPolicies.ts';

const EMULATED = ['BucketName'];
/** Encryption and billing make no difference on one machine. */
const HARMLESS = [
  'AccelerateConfiguration',
  'AccessControl',
  'AnalyticsConfigurations',
  'BucketEncryption',
  'IntelligentTieringConfigurations',
  'InventoryConfigurations',
  'LoggingConfiguration',
  'MetricsConfigurations',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
];
const PLAN = 'AWS::GuardDuty::MalwareProtectionPlan';

/** Every S3 bucket of a stack: its name, what its policy denies, what is scanned. Objects have one version and do not expire. */
export function readBuckets(stack: StackTemplate, report: ReportGap): BucketModel[] {
  const buckets = stack.ofType('AWS::S3::Bucket');
  const names = new Set(buckets.map(({ ref }) => ref));
  const policies = stack.ofType('AWS::S3::BucketPolicy').map((resource) => {
    const policy = readBucketPolicy(stack, resource.logicalId, (detail) => report(resource, detail));
    return { ...policy, resource };
  });
  const plans = stack.ofType(PLAN).map((resource) => ({ bucket: bucketOf(resource), resource }));
  for (const { bucket, resource } of [...policies, ...plans]) {
    if (bucket === undefined || !names.has(bucket)) report(resource, 'it is for a bucket outside of its stack');
  }
  return buckets.map((resource) => {
    reportUnreadProperties(resource, report, EMULATED, HARMLESS);
    const name = resource.ref;
    const denials = policies.filter(({ bucket }) => bucket === name).flatMap((policy) => policy.denials);
    const scanned = plans.filter(({ bucket }) => bucket === name).flatMap((plan) => prefixesOf(plan.resource, report));
    const isVersioned = record(resource.properties['VersioningConfiguration'])['Status'] === 'Enabled';
    const { logicalId } = resource;
    return { logicalId, name, isVersioned, denials, scannedPrefixes: scannedPrefixes(scanned, denials) };
  });
}

/** The bucket of a plan. */
function bucketOf({ properties }: Resource): string | undefined {
  return string(record(record(properties['ProtectedResource'])['S3Bucket'])['BucketName']);
}

/** The prefixes of a plan that writes the results of its scans into tags. No prefix means every object. */
function prefixesOf(plan: Resource, report: ReportGap): readonly string[] {
  const tagging = record(record(plan.properties['Actions'])['Tagging']);
  if (tagging['Status'] !== 'ENABLED') {
    report(plan, 'it writes no tags, and results of scans are not sent as events');
    return [];
  }
  report(plan, 'scans are emulated: they find only the EICAR test file');
  const prefixes = strings(record(record(plan.properties['ProtectedResource'])['S3Bucket'])['ObjectPrefixes']);
  return prefixes.length === 0 ? [''] : prefixes;
}

/** A bucket whose policy waits for the tag, and that no plan scans, has another scanner, which does not run here. */
function scannedPrefixes(planned: readonly string[], denials: readonly BucketDenial[]): readonly string[] {
  if (planned.length > 0) return planned;
  return denials.some(({ conditions }) => conditions.some(({ key }) => key === SCAN_TAG_KEY)) ? [''] : [];
}
