import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { BucketModel } from '../model.ts';
import type { StackTemplate } from '../stackTemplate.ts';

const EMULATED = ['BucketName'];
/** Who may see it, how it is encrypted, who is charged: on one machine it makes no difference. */
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

/** Every S3 bucket of a stack: its name. Its objects are kept in one version, and for ever. */
export function readBuckets(stack: StackTemplate, report: ReportGap): BucketModel[] {
  return stack.ofType('AWS::S3::Bucket').map((resource) => {
    reportUnreadProperties(resource, report, EMULATED, HARMLESS);
    return { logicalId: resource.logicalId, name: resource.ref };
  });
}
