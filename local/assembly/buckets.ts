import type { BucketModel } from './model.ts';
import { type Note, noteUnread } from './notices.ts';
import type { Scope } from './scope.ts';

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
export function readBuckets(scope: Scope, note: Note): BucketModel[] {
  return scope.ofType('AWS::S3::Bucket').map((resource) => {
    noteUnread(resource, note, EMULATED, HARMLESS);
    return { logicalId: resource.logicalId, name: resource.ref };
  });
}
