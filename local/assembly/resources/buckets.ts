import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { BucketModel } from '../model.ts';
import type { StackTemplate } from '../stackTemplate.ts';

const EMULATED = ['BucketName'];
/** Access, encryption and billing make no difference on one machine. */
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

/** Every S3 bucket of a stack: its name. Objects have one version and do not expire. */
export function readBuckets(stack: StackTemplate, report: ReportGap): BucketModel[] {
  return stack.ofType('AWS::S3::Bucket').map((resource) => {
    reportUnreadProperties(resource, report, EMULATED, HARMLESS);
    return { logicalId: resource.logicalId, name: resource.ref };
  });
}
