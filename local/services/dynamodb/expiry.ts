import type { TableModel } from '../../assembly/model.ts';
import type { DynamoDbCall } from './call.ts';

/** Often enough to see it happen; DynamoDB itself deletes within a few days of the expiry. */
const SWEEP_EVERY_MS = 60_000;

/** The attribute that holds an item's expiry in epoch seconds, when the table has TTL switched on. */
function expiryAttribute(table: TableModel): string | undefined {
  const specification = table.properties['TimeToLiveSpecification'];
  if (typeof specification !== 'object' || specification === null) return undefined;
  const { Enabled, AttributeName } = specification as { Enabled?: unknown; AttributeName?: unknown };
  return (Enabled === true || Enabled === 'true') && typeof AttributeName === 'string' ? AttributeName : undefined;
}

/**
 * Deletes the expired items of a table, as DynamoDB does in the background. dynalite has no TTL. Expiry is
 * in real time, because handlers write it from their own clock.
 *
 * @returns how many items were deleted
 */
export async function sweepExpired(call: DynamoDbCall, table: TableModel, now = Date.now()): Promise<number> {
  const attribute = expiryAttribute(table);
  if (attribute === undefined) return 0;
  const keys = keyAttributes(table);
  const condition = {
    ExpressionAttributeNames: { '#expiry': attribute },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(now / 1000)) } },
  };
  let deleted = 0;
  let ExclusiveStartKey: unknown;
  do {
    const page = await call('Scan', {
      TableName: table.name,
      FilterExpression: '#expiry < :now',
      ...condition,
      ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
    });
    for (const item of page['Items'] as Readonly<Record<string, unknown>>[]) {
      const Key = Object.fromEntries(keys.map((name) => [name, item[name]]));
      // The condition again: the item may have been renewed since the scan read it.
      const removal = { TableName: table.name, Key, ConditionExpression: '#expiry < :now', ...condition };
      await call('DeleteItem', removal).then(() => deleted++, ignoreRenewed);
    }
    ExclusiveStartKey = page['LastEvaluatedKey'];
  } while (ExclusiveStartKey !== undefined);
  return deleted;
}

/** Sweeps the tables of that time once a minute, those that have TTL, until the returned function is called. */
export function startSweeping(call: DynamoDbCall, tables: () => readonly TableModel[]): () => void {
  const timer = setInterval(async () => {
    // A sweep that fails, for example while the store closes, is repeated by the next one.
    for (const table of tables()) await sweepExpired(call, table).catch(() => 0);
  }, SWEEP_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function keyAttributes(table: TableModel): string[] {
  const schema = table.properties['KeySchema'];
  return Array.isArray(schema) ? schema.map((element) => String(element.AttributeName)) : [];
}

function ignoreRenewed(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ConditionalCheckFailedException')) throw error;
}
