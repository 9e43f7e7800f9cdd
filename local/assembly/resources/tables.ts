import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { TableModel } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { type Json, list, record } from '../values.ts';

const EMULATED = [
  'AttributeDefinitions',
  'BillingMode',
  'GlobalSecondaryIndexes',
  'KeySchema',
  'LocalSecondaryIndexes',
  'ProvisionedThroughput',
  'TableName',
  'TimeToLiveSpecification',
];
/** Backups, encryption at rest, storage classes and capacity settings make no difference on one machine. */
const HARMLESS = [
  'ContributorInsightsSpecification',
  'OnDemandThroughput',
  'PointInTimeRecoverySpecification',
  'ResourcePolicy',
  'SSESpecification',
  'TableClass',
  'WarmThroughput',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
];

/** Every DynamoDB table of a stack. A `GlobalTable` becomes one table on demand, its replicas reported. */
export function readTables(stack: StackTemplate, report: ReportGap): TableModel[] {
  return stack.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map((resource) => {
    const global = resource.type === 'AWS::DynamoDB::GlobalTable';
    reportUnreadProperties(resource, report, EMULATED, global ? [...HARMLESS, 'Replicas'] : HARMLESS);
    const properties = { ...resource.properties, TableName: resource.ref };
    if (global) reportReplicas(resource, report);
    const name = resource.ref;
    return { logicalId: resource.logicalId, name, properties: global ? onDemand(properties) : properties };
  });
}

function reportReplicas(resource: Resource, report: ReportGap): void {
  const replicas = list(resource.properties['Replicas']).length;
  if (replicas > 1) report(resource, `Replicas: one table replaces all ${replicas} replicas`);
}

/** A global table sets its capacity for each replica, in other properties than a table. */
function onDemand(properties: Json): Json {
  const dropped = new Set(['Replicas', ...HARMLESS]);
  const kept = Object.entries(properties).filter(([name]) => !dropped.has(name));
  return { ...record(Object.fromEntries(kept)), BillingMode: 'PAY_PER_REQUEST' };
}
