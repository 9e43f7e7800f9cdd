import type { TableModel } from '../../assembly/model.ts';
import { type DynamoDbCall, DynamoDbError } from './call.ts';

/** How long a table may take to become ACTIVE, and how often that is asked. */
const ACTIVE_WITHIN_MS = 2_000;
const POLL_MS = 10;

/** The members of a CreateTable input that dynalite takes; every other property of the template is left out. */
const CREATE_TABLE_MEMBERS = [
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'ProvisionedThroughput',
  'LocalSecondaryIndexes',
  'GlobalSecondaryIndexes',
];

/** The members of an index that it takes (not, for example, ContributorInsightsSpecification). */
const INDEX_MEMBERS = ['IndexName', 'KeySchema', 'Projection', 'ProvisionedThroughput'];

/** Makes a table unless it is there already, and waits until it takes requests. */
export async function ensureTable(call: DynamoDbCall, table: TableModel): Promise<void> {
  try {
    await call('CreateTable', createTableInput(table));
  } catch (error) {
    if (!(error instanceof DynamoDbError && error.code === 'ResourceInUseException')) throw error;
  }
  if (await becomesActive(call, table.name)) return;
  await wake(call, table);
  if (!(await becomesActive(call, table.name))) {
    throw new Error(`the table ${table.name} did not become ACTIVE in ${ACTIVE_WITHIN_MS} ms`);
  }
}

/** A CreateTable input from the properties of `AWS::DynamoDB::Table`; billing is on demand unless it says otherwise. */
export function createTableInput(table: TableModel): Readonly<Record<string, unknown>> {
  const input = numeric(pick(table.properties, CREATE_TABLE_MEMBERS));
  for (const kind of ['LocalSecondaryIndexes', 'GlobalSecondaryIndexes']) {
    const indexes = input[kind];
    if (Array.isArray(indexes)) input[kind] = indexes.map((index) => numeric(pick(index, INDEX_MEMBERS)));
  }
  if (input['ProvisionedThroughput'] === undefined) input['BillingMode'] = 'PAY_PER_REQUEST';
  return { TableName: table.name, ...input };
}

function pick(properties: Readonly<Record<string, unknown>>, members: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(members.filter((name) => name in properties).map((name) => [name, properties[name]]));
}

/** CloudFormation lets numbers be text; the API does not. */
function numeric(properties: Record<string, unknown>): Record<string, unknown> {
  const throughput = properties['ProvisionedThroughput'];
  if (typeof throughput === 'object' && throughput !== null) {
    const numbers = Object.entries(throughput).map(([name, value]) => [name, Number(value)]);
    properties['ProvisionedThroughput'] = Object.fromEntries(numbers);
  }
  return properties;
}

async function becomesActive(call: DynamoDbCall, name: string): Promise<boolean> {
  const deadline = performance.now() + ACTIVE_WITHIN_MS;
  while (performance.now() < deadline) {
    const { Table } = (await call('DescribeTable', { TableName: name })) as { Table?: { TableStatus?: string } };
    if (Table?.TableStatus === 'ACTIVE') return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

/**
 * A process that was killed between the two writes of dynalite's CreateTable leaves the table CREATING for ever. A
 * change of its throughput, there and back, makes dynalite write ACTIVE; it enforces no throughput, so that costs
 * nothing.
 */
async function wake(call: DynamoDbCall, table: TableModel): Promise<void> {
  const once = { ReadCapacityUnits: 7, WriteCapacityUnits: 7 };
  await call('UpdateTable', { TableName: table.name, BillingMode: 'PROVISIONED', ProvisionedThroughput: once });
  await becomesActive(call, table.name);
  await call('UpdateTable', { TableName: table.name, BillingMode: 'PAY_PER_REQUEST' });
}
