import type { EmulationGap, TableModel } from '../../assembly/model.ts';
import { type DynamoDbCall, DynamoDbError } from './call.ts';

/** How long a table may take to become ACTIVE, and the interval between checks. */
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

/** A table that takes requests. */
export interface EnsuredTable {
  readonly table: TableModel;
  readonly isNew: boolean;
  readonly gap?: EmulationGap;
}

/**
 * Makes a table unless it is there already, and waits until it takes requests. A table is never changed or replaced,
 * because it holds the developer's data.
 *
 * @returns whether the table is new, and a gap when the existing one has other keys or indexes than the template
 */
export async function ensureTable(call: DynamoDbCall, table: TableModel): Promise<EnsuredTable> {
  const wanted = createTableInput(table);
  const isNew = await call('CreateTable', wanted).then(
    () => true,
    (error: unknown) => {
      if (error instanceof DynamoDbError && error.code === 'ResourceInUseException') return false;
      throw error;
    },
  );
  const kept = await untilActive(call, table.name);
  if (layoutOf(kept) === layoutOf(wanted)) return { table, isNew };
  const detail = `the existing table ${table.name} has other keys or indexes than the template; it is served as it is`;
  return { table, isNew, gap: { resource: table.logicalId, type: 'AWS::DynamoDB::Table', detail } };
}

/** Keys of a table and of its indexes, in a form that can be compared. */
function layoutOf(table: Readonly<Record<string, unknown>>): string {
  const indexes = ['LocalSecondaryIndexes', 'GlobalSecondaryIndexes'].flatMap((kind) => {
    const list = table[kind];
    return Array.isArray(list) ? list.map(({ IndexName, KeySchema }) => `${kind} ${IndexName} ${keys(KeySchema)}`) : [];
  });
  return [keys(table['KeySchema']), ...indexes.sort()].join('; ');
}

function keys(schema: unknown): string {
  const elements = Array.isArray(schema)
    ? schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`)
    : [];
  return elements.sort().join(', ');
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

/** CloudFormation accepts numbers as strings; the API does not. */
function numeric(properties: Record<string, unknown>): Record<string, unknown> {
  const throughput = properties['ProvisionedThroughput'];
  if (typeof throughput === 'object' && throughput !== null) {
    const numbers = Object.entries(throughput).map(([name, value]) => [name, Number(value)]);
    properties['ProvisionedThroughput'] = Object.fromEntries(numbers);
  }
  return properties;
}

async function untilActive(call: DynamoDbCall, name: string): Promise<Readonly<Record<string, unknown>>> {
  const deadline = performance.now() + ACTIVE_WITHIN_MS;
  while (performance.now() < deadline) {
    const { Table } = (await call('DescribeTable', { TableName: name })) as { Table?: Record<string, unknown> };
    if (Table?.['TableStatus'] === 'ACTIVE') return Table;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`the table ${name} did not become ACTIVE in ${ACTIVE_WITHIN_MS} ms`);
}
